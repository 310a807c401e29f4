import { renderTable } from './table.ts';
import { paint, type Terminal } from './terminal.ts';

/** What `init` prints; the fields of its result that are shown. */
export interface InitView {
	readonly policy: { readonly metadata: { readonly name: string }; readonly spec: { readonly mode: string } };
	readonly files: readonly { readonly path: string }[];
	readonly devices:
		| {
				readonly state: 'known';
				readonly source: string;
				readonly list: readonly {
					readonly index: number;
					readonly productName: string;
					readonly verdict: 'allowed' | 'forbidden' | 'unknown';
					readonly reason: string;
				}[];
		  }
		| { readonly state: 'unknown' };
	readonly choice: string | null;
}

const tones = { allowed: 'good', forbidden: 'bad', unknown: 'warn' } as const;

/** What was written and why, and what to type next. */
export function renderInit({ policy, files, devices, choice }: InitView, terminal: Terminal): string {
	const { mode } = policy.spec;
	const lines = files.map(({ path }) => `${paint(terminal, 'good', '+')} ${path}\n`);
	if (devices.state === 'known') {
		const rows = devices.list.map(({ index, productName, verdict, reason }) => [
			`  ${index}`,
			productName,
			paint(terminal, tones[verdict], verdict),
			reason,
		]);
		lines.push(
			`\n${policy.metadata.name}  ${mode}  ${devices.source}\n`,
			renderTable(['  INDEX', 'NAME', 'VERDICT', 'WHY'], rows),
		);
	} else lines.push(`\n${policy.metadata.name}  ${mode}  devices unknown\n`);
	if (choice !== null) lines.push(`${choice}.\n`);
	lines.push(
		'\nNext:\n  gpupolicy plan --diff\n',
		mode === 'Audit' ? '  set mode: Enforce in gpupolicy.yaml, then gpupolicy reconcile\n' : '  gpupolicy reconcile\n',
	);
	return lines.join('');
}
