import { applyEdits } from '../../core/plan/apply-edits.ts';
import type { Carrier, Change, Interest, Scan, Source } from '../../core/ports/format.ts';
import { yaml } from './index.ts';

/** The variables of the example policy, with device literals. */
export const interest: Interest = {
	variables: new Set(['CUDA_DEVICE_ORDER', 'CUDA_VISIBLE_DEVICES', 'PYTORCH_CUDA_ALLOC_CONF']),
	gpuLibraries: new Set(),
	ordinals: true,
};

/** A text as the source of a YAML file. */
export function sourceOf(text: string): Source {
	return { path: 'file.yaml', bytes: Buffer.from(text) };
}

/** The scan of a text. */
export function scanOf(text: string): Scan {
	return yaml.scan(sourceOf(text), interest);
}

/** The carrier of that id; throws where there is none. */
export function carrierOf(scan: Scan, id: string): Carrier {
	const found = scan.carriers.find((carrier) => carrier.id === id);
	if (found === undefined) throw new Error(`no carrier ${id}: ${scan.carriers.map((carrier) => carrier.id).join(', ')}`);
	return found;
}

/** The text after the changes, or the refusal's rule and message. */
export function edited(text: string, changes: (scan: Scan) => readonly Change[]): string {
	const source = sourceOf(text);
	const scan = yaml.scan(source, interest);
	const result = yaml.edit(source, scan, changes(scan));
	if (!result.ok) return `refused ${result.refusal.rule}: ${result.refusal.message}`;
	return Buffer.from(applyEdits(source.bytes, result.edits)).toString();
}

/** Sets every literal of a variable to `value`. */
export function setAll(variable: string, value: string): (scan: Scan) => Change[] {
	return (scan) =>
		scan.carriers
			.flatMap((carrier) => carrier.settings)
			.filter((setting) => setting.variable === variable)
			.map((setting) => ({ kind: 'set-value', setting, value }));
}

/** Adds one entry to the carrier of that id. */
export function add(id: string, name: string, value: string): (scan: Scan) => Change[] {
	return (scan) => [{ kind: 'add-entries', carrier: carrierOf(scan, id), entries: [{ name, value }] }];
}
