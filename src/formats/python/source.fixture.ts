import assert from 'node:assert/strict';
import { applyEdits } from '../../core/plan/apply-edits.ts';
import type { Change, DeviceLiteral, Interest, Refusal, Scan, Setting, Source, Span } from '../../core/ports/format.ts';
import { defaultGpuLibraries } from './gpu-libraries.ts';
import { python } from './index.ts';

/** The interest of the tests: the three variables of the mission and every known library. */
export const interest: Interest = {
	variables: new Set(['CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'PYTORCH_CUDA_ALLOC_CONF']),
	gpuLibraries: new Set(defaultGpuLibraries),
	ordinals: true,
};

/** A Python file under test, with what a scan finds in it. */
export interface Case {
	readonly source: Source;
	readonly scan: Scan;
	readonly settings: readonly Setting[];
	text(span: Span): string;
}

/** Scans a text, or bytes. Fails where the format says that the prefilter is needless and the scan finds something. */
export function scanned(content: string | Uint8Array, options: Partial<Interest> & { readonly path?: string } = {}): Case {
	const { path = 'src/train.py', ...rest } = options;
	const source = { path, bytes: typeof content === 'string' ? Buffer.from(content) : content };
	const scan = python.scan(source, { ...interest, ...rest });
	return {
		source,
		scan,
		settings: scan.carriers.flatMap((carrier) => carrier.settings),
		text: (span) => Buffer.from(source.bytes.subarray(span.start, span.end)).toString('utf8'),
	};
}

/** `VARIABLE effect value`, one for each setting; a dynamic value as `<why>`. */
export function said(content: string): string[] {
	const { scan, settings } = scanned(content);
	assert.deepEqual(
		scan.diagnostics.map((diagnostic) => diagnostic.message),
		[],
	);
	return settings.map(
		({ variable, effect, value }) => `${variable} ${effect} ${value.kind === 'literal' ? value.text : `<${value.why}>`}`,
	);
}

/** Texts of the device literals; those that must not be rewritten end with `!`. */
export function devices(content: string, options: Partial<Interest> = {}): string[] {
	return scanned(content, options).scan.devices.map((device: DeviceLiteral) => device.text + (device.notRewritable ? '!' : ''));
}

/** The bytes after the changes; fails on a refusal. */
export function edited(content: string | Uint8Array, changes: (found: Case) => readonly Change[]): Buffer {
	const found = scanned(content);
	const result = python.edit(found.source, found.scan, changes(found));
	assert.ok(result.ok, `refused: ${result.ok ? '' : result.refusal.message}`);
	return Buffer.from(applyEdits(found.source.bytes, result.edits));
}

/** The refusal of the changes; fails where they are made. */
export function refused(content: string | Uint8Array, changes: (found: Case) => readonly Change[]): Refusal {
	const found = scanned(content);
	const result = python.edit(found.source, found.scan, changes(found));
	assert.ok(!result.ok, 'the change was made');
	return result.refusal;
}

export const entries = [
	{ name: 'CUDA_DEVICE_ORDER', value: 'PCI_BUS_ID' },
	{ name: 'CUDA_VISIBLE_DEVICES', value: '1' },
];

/** The change that puts a block. */
export function block(policy = 'rtx3090-only', with_ = entries): Change {
	return { kind: 'put-block', policy, entries: with_ };
}

/** The changes that remove every block of a scan. */
export function noBlocks({ scan }: Case): Change[] {
	return scan.blocks.map((standing) => ({ kind: 'remove-block', block: standing }));
}
