/** One run of compute capabilities, `from` included, `to` excluded; each is `major * 1000 + minor`. */
interface Interval {
	readonly from: number;
	readonly to: number;
}

/** A set of compute capabilities as a union of intervals; empty where nothing can match. */
export type CapabilityRange = readonly Interval[];

/** A range by its ends, both included; an end that is absent is open. */
export interface CapabilityBounds {
	readonly min?: string | undefined;
	readonly max?: string | undefined;
}

const majorStep = 1000;
const end = 1_000_000;
const comparator = /^(>=|<=|>|<|==|=)?(\d{1,3})(?:\.(\d{1,3}|x|X|\*))?$/;

/**
 * Reads a range of compute capabilities: comparators (`>=8.0`, `<9`, `8.6`, `8.x`) separated by spaces or commas must all
 * hold; `||` separates alternatives. Components are compared as numbers, so 8.10 is above 8.9. A version without a minor
 * means the whole major: `8` is 8.x, `>8` starts at 9.0, `<=8` ends before 9.0. `null` where it cannot be read.
 */
export function parseCapabilityRange(written: string | CapabilityBounds): CapabilityRange | null {
	const text = typeof written === 'string' ? written : `>=${written.min ?? '0.0'} <=${written.max ?? '999.999'}`;
	const union: Interval[] = [];
	for (const alternative of text.split('||')) {
		const interval = parseAlternative(alternative);
		if (interval === null) return null;
		if (interval.from < interval.to) union.push(interval);
	}
	return union.sort((a, b) => a.from - b.from);
}

/** Does `capability` (`8.6`) lie in the range? `null` where it is not a version. */
export function inCapabilityRange(capability: string, range: CapabilityRange): boolean | null {
	const match = /^(\d{1,3})\.(\d{1,3})$/.exec(capability);
	if (!match) return null;
	const value = Number(match[1]) * majorStep + Number(match[2]);
	return range.some(({ from, to }) => from <= value && value < to);
}

/** Does every capability of `inner` lie in `outer`? */
export function coversRange(outer: CapabilityRange, inner: CapabilityRange): boolean {
	return inner.every(({ from, to }) => {
		let reached = from;
		for (const interval of outer) if (interval.from <= reached) reached = Math.max(reached, interval.to);
		return reached >= to;
	});
}

function parseAlternative(text: string): Interval | null {
	const words = text
		.replace(/([<>=])\s+/g, '$1')
		.split(/[\s,]+/)
		.filter((word) => word !== '');
	if (words.length === 0) return null;
	let from = 0;
	let to = end;
	for (const word of words) {
		const match = comparator.exec(word);
		if (!match) return null;
		const [, operator = '=', major, minor] = match;
		const whole = minor === undefined || /[xX*]/.test(minor);
		const first = Number(major) * majorStep + (whole ? 0 : Number(minor));
		const next = first + (whole ? majorStep : 1);
		if (operator === '>=') from = Math.max(from, first);
		else if (operator === '>') from = Math.max(from, next);
		else if (operator === '<') to = Math.min(to, first);
		else if (operator === '<=') to = Math.min(to, next);
		else {
			from = Math.max(from, first);
			to = Math.min(to, next);
		}
	}
	return { from, to };
}
