const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration such as `1h30m` in milliseconds; `NaN` where it is none. */
export function durationMs(text: string): number {
	if (!/^([0-9]{1,5}(\.[0-9]{1,3})?(ms|s|m|h))+$/.test(text)) return Number.NaN;
	let total = 0;
	for (const [, amount, unit] of text.matchAll(/([0-9.]+)(ms|s|m|h)/g))
		total += Number(amount) * (units[unit ?? ''] ?? Number.NaN);
	return total;
}
