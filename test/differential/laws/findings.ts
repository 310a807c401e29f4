import type { DeviceLiteral, Scan, Setting } from '../../../src/core/ports/format.ts';
import type { Reference, ReferenceDevice, ReferenceSetting } from '../oracle/cpython.ts';

/** Where the engine and the reference disagree about what sets a variable, one sentence each. */
export function settingDisagreements(bytes: Uint8Array, scan: Scan, reference: Reference): string[] {
	const engine = scan.carriers.flatMap((carrier) => carrier.settings).filter((setting) => !inBlock(setting, scan));
	const left = [...engine];
	const found: string[] = [];
	for (const expected of reference.settings) {
		const index = left.findIndex((setting) => isSame(setting, expected));
		const [setting] = index < 0 ? [] : left.splice(index, 1);
		const value = expected.value === null ? 'a value that is no literal' : JSON.stringify(expected.value.text);
		const what = `${expected.variable} = ${value} at line ${lineOf(bytes, expected.start)}`;
		if (setting === undefined) found.push(`not found by the engine: ${what} (${expected.effects.join(' or ')})`);
		else if (!expected.effects.includes(setting.effect)) {
			found.push(`${what} is ${expected.effects.join(' or ')}, the engine says ${setting.effect}`);
		}
	}
	for (const setting of left.filter((setting) => !isBeyondReference(setting, reference))) {
		const value = setting.value.kind === 'literal' ? JSON.stringify(setting.value.text) : `dynamic (${setting.value.why})`;
		found.push(
			`only the engine finds ${setting.variable} = ${value} at line ${lineOf(bytes, setting.span.start)} (${setting.effect})`,
		);
	}
	return found;
}

/** Device literals that the engine misses although they must be one, or finds where there can be none. */
export function deviceDisagreements(
	bytes: Uint8Array,
	devices: readonly DeviceLiteral[],
	reference: readonly ReferenceDevice[],
): string[] {
	const holds = (outer: ReferenceDevice, device: DeviceLiteral): boolean =>
		outer.start <= device.ordinalSpan.start && device.ordinalSpan.end <= outer.end && outer.ordinal === device.ordinal;
	return [
		...reference
			.filter((expected) => expected.sure && !devices.some((device) => holds(expected, device)))
			.map((expected) => `device literal not found by the engine: ordinal ${expected.ordinal} at line ${expected.line}`),
		...devices
			.filter((device) => !reference.some((expected) => holds(expected, device)))
			.map((device) => `no device: ${device.text} at line ${lineOf(bytes, device.span.start)}`),
	];
}

/** Line (from 1) of a byte offset; CRLF, CR and LF end lines. */
export function lineOf(bytes: Uint8Array, offset: number): number {
	return Buffer.from(bytes.subarray(0, offset))
		.toString('latin1')
		.split(/\r\n|\r|\n/).length;
}

function isSame(setting: Setting, expected: ReferenceSetting): boolean {
	if (setting.variable !== expected.variable) return false;
	if (setting.span.start >= expected.end || setting.span.end <= expected.start) return false;
	if (expected.value === null) return setting.value.kind === 'dynamic' || setting.effect === 'unset';
	if (setting.value.kind !== 'literal' || setting.value.text !== expected.value.text) return false;
	const { valueSpan } = setting;
	return valueSpan === undefined || (valueSpan.start === expected.value.start && valueSpan.end === expected.value.end);
}

/** A dict that reaches a child process under another name never counts as compliant; a computed name may be any. */
function isBeyondReference({ effect, value, span }: Setting, { opaque }: Reference): boolean {
	if (effect === 'child') return true;
	return value.kind === 'dynamic' && opaque.some(([start, end]) => start < span.end && span.start < end);
}

function inBlock(setting: Setting, scan: Scan): boolean {
	return scan.blocks.some(({ span }) => span.start <= setting.span.start && setting.span.end <= span.end);
}
