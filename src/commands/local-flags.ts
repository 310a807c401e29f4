import { Flags } from '@oclif/core';
import type { ProgressListener } from '../app/local.ts';

/** Flags of every command that runs a pass over the repo. */
export const localFlags = {
	inventory: Flags.string({
		helpValue: 'FILE',
		summary: 'Recorded inventory to rest values on; default: gpupolicy.inventory.yaml beside the policy, where there is one.',
	}),
	timeout: Flags.string({ default: '5s', helpValue: 'DURATION', summary: 'Time limit for reading the devices, e.g. 5s or 500ms.' }),
};

/** Progress on stderr: only on a terminal, and only after 300 ms. */
export function progressTo(stream: NodeJS.WriteStream): ProgressListener | undefined {
	if (!stream.isTTY || process.env.CI) return undefined;
	const started = performance.now();
	let shown = 0;
	const names = { listing: 'listing', reading: 'reading', writing: 'writing' } as const;
	return (phase, done, total) => {
		const now = performance.now();
		if (phase === 'end') {
			if (shown > 0) stream.write('\r\u001b[K');
			return;
		}
		if (now - started < 300 || now - shown < 100) return;
		shown = now;
		const left = done > 0 && total > 0 ? Math.ceil(((now - started) / done) * (total - done) / 1000) : 0;
		const of = total > 0 ? ` of ${total.toLocaleString('en')} files${left > 0 ? `  ETA ${left} s` : ''}` : ' files';
		stream.write(`\r\u001b[K${names[phase]} ${done.toLocaleString('en')}${of}`);
	};
}
