const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const syntax = /^([+-]?)(\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:([KMGTPE]i)|([eE])([+-]?\d{1,2})|([numkMGTPE]?))$/;

/**
 * Reads a Kubernetes quantity (an int, or a string such as `20Gi`, `1.5G`, `24576Mi`, `2e10`) as a whole number of bytes,
 * rounded up as resource.Quantity.Value does. Exact: no floating point. `null` where it is not a quantity.
 */
export function parseQuantity(value: string | number): bigint | null {
	if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
	const match = syntax.exec(value);
	if (!match) return null;
	const [, sign, number = '', binary, , exponent, decimal = ''] = match;
	const [whole = '', fraction = ''] = number.split('.');
	let numerator = BigInt(`${whole}${fraction}`);
	let power = -fraction.length;
	if (binary) numerator <<= BigInt(10 * (binarySuffixes.indexOf(binary as (typeof binarySuffixes)[number]) + 1));
	else power += exponent === undefined ? (decimalExponents[decimal] ?? 0) : Number(exponent);
	if (sign === '-') numerator = -numerator;
	return power >= 0 ? numerator * 10n ** BigInt(power) : divideUp(numerator, 10n ** BigInt(-power));
}

/** Prints bytes as a quantity: in Mi where that is exact, else as a plain number. */
export function formatQuantity(bytes: number): string {
	return bytes > 0 && bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}Mi` : String(bytes);
}

function divideUp(numerator: bigint, denominator: bigint): bigint {
	const quotient = numerator / denominator;
	return numerator > 0n && quotient * denominator !== numerator ? quotient + 1n : quotient;
}
