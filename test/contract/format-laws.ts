import assert from 'node:assert/strict';
import { applyEdits } from '../../src/core/plan/apply-edits.ts';
import type { FilePlan } from '../../src/core/plan/plan-file.ts';
import type { Change, Format, Interest, Scan, Setting, Source, Span } from '../../src/core/ports/format.ts';

/** Every span of a scan lies in the source, inside the span that holds it, and lists are in source order. */
export function assertSound(scan: Scan, source: Source): void {
	const within = (span: Span, outer: Span, what: string): void => {
		assert.ok(span.start <= span.end, `${what}: ends before it starts`);
		assert.ok(outer.start <= span.start && span.end <= outer.end, `${what}: ${span.start}..${span.end} lies outside`);
	};
	const file = { start: 0, end: source.bytes.length };
	const ids = new Set<string>();
	for (const carrier of scan.carriers) {
		assert.ok(!ids.has(carrier.id), `carrier ${carrier.id} is there twice`);
		ids.add(carrier.id);
		if (carrier.gpuSpan) within(carrier.gpuSpan, file, `evidence of ${carrier.id}`);
		assert.ok(carrier.gpu !== 'yes' || carrier.gpuEvidence, `${carrier.id} is said to run GPU code without evidence`);
		let last = 0;
		for (const setting of carrier.settings) {
			within(setting.span, file, `${setting.variable} of ${carrier.id}`);
			if (setting.valueSpan) within(setting.valueSpan, setting.span, `value of ${setting.variable}`);
			assert.ok(last <= setting.span.start, `settings of ${carrier.id} are out of order`);
			last = setting.span.start;
		}
	}
	for (const device of scan.devices) {
		within(device.span, file, device.text);
		within(device.ordinalSpan, device.span, `ordinal of ${device.text}`);
		const digits = Buffer.from(source.bytes.subarray(device.ordinalSpan.start, device.ordinalSpan.end)).toString();
		assert.equal(Number(digits), device.ordinal, `the ordinal of ${device.text} is not what its span holds`);
	}
	for (const block of scan.blocks) within(block.span, file, `block of ${block.policy}`);
	for (const diagnostic of scan.diagnostics) within(diagnostic.span, file, diagnostic.message);
	for (const ignore of scan.ignores) {
		within(ignore.span, file, 'ignore comment');
		within(ignore.covers, file, 'line of an ignore comment');
	}
}

/** What the prefilter holds back has nothing to say. */
export function assertPrefilter(format: Format, source: Source, interest: Interest): void {
	if (format.mayConcern(source.bytes, interest, false)) return;
	const scan = format.scan(source, interest);
	const quiet = scan.carriers.every(({ gpu, settings }) => gpu !== 'yes' && settings.length === 0);
	assert.ok(quiet && scan.devices.length === 0 && scan.blocks.length === 0, 'the prefilter hides something');
}

/** The plan changed only bytes inside its edits: what is outside them stands in the result in the same order. */
export function assertKeepsTheRest(
	format: Format,
	source: Source,
	interest: Interest,
	changes: readonly Change[],
): Uint8Array | null {
	const result = format.edit(source, format.scan(source, interest), changes);
	if (!result.ok) return null;
	const after = applyEdits(source.bytes, result.edits);
	let from = 0;
	let to = 0;
	for (const { span, text } of result.edits) {
		const kept = source.bytes.subarray(from, span.start);
		assert.ok(Buffer.compare(after.subarray(to, to + kept.length), kept) === 0, `bytes from ${from} to ${span.start} changed`);
		to += kept.length + text.length;
		from = span.end;
	}
	assert.ok(Buffer.compare(after.subarray(to), source.bytes.subarray(from)) === 0, `bytes from ${from} changed`);
	return after;
}

/** Settings whose literal may be replaced. */
export function rewritable(scan: Scan): Setting[] {
	return scan.carriers
		.flatMap(({ settings }) => settings)
		.filter(
			({ value, valueSpan, notRewritable, forbidden }) =>
				value.kind === 'literal' && valueSpan !== undefined && notRewritable === undefined && forbidden === undefined,
		);
}

/** Settings as fixtures spell them. */
export function spelled(scan: Scan): string[] {
	return scan.carriers
		.flatMap((carrier) => carrier.settings.map((setting) => ({ carrier, setting })))
		.sort((a, b) => a.setting.span.start - b.setting.span.start)
		.map(({ carrier, setting: { variable, effect, value } }) => {
			const text = value.kind === 'literal' ? JSON.stringify(value.text) : `<${value.why}>`;
			return `${carrier.id} ${variable} ${effect} ${text}`;
		});
}

/** Findings as fixtures spell them: `env/value@3`, in source order. */
export function findingsOf(plan: FilePlan): string[] {
	return plan.findings
		.filter(({ disposition }) => disposition !== 'ignored')
		.sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0))
		.map(({ rule, place }) => (place === null ? rule : `${rule}@${place.line}`));
}
