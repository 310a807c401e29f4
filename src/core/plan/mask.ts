/** `NAME=value`, `name: value`, `"name":value`; `cuda:1` is a value and no pair. */
const pair =
	/([A-Za-z_][A-Za-z0-9_.-]*)(["']?\s*=\s*|["']\s*:\s*|\s*:\s+)("(?:[^"\\]|\\.)*"|'[^']*'|["'][^,{}[\]\n]*|[^\s,{}[\]"'][^,{}[\]\n]*)/g;

const formatsOfValues = new Set(['dotenv', 'yaml']);

/** True for formats in which values of others stand beside those of a policy: no line of such a file is shown as it is. */
export function holdsOtherValues(format: string): boolean {
	return formatsOfValues.has(format);
}

/**
 * Masks every value of a dotenv or YAML line but those of the named variables: a neighbour on the same line may be a secret
 * that no policy knows.
 */
export function maskOtherValues(line: string, variables: ReadonlySet<string>): string {
	return line.replace(pair, (whole, name: string, separator: string, value: string) =>
		isNamed(name, value, variables) ? whole : `${name}${separator}***`,
	);
}

/**
 * A dotenv or YAML line as a finding may show it: the marked part and the named variables as they stand, every other value
 * masked. Empty where a value before the mark has to be masked, because the mark would then no longer stand where it says.
 */
export function maskAround(
	line: string,
	mark: { readonly from: number; readonly to: number },
	variables: ReadonlySet<string>,
): string {
	let moved = false;
	const masked = line.replace(pair, (whole, name: string, separator: string, value: string, at: number) => {
		const from = at + name.length + separator.length;
		const marked = from >= mark.from && from < mark.to;
		if (marked || isNamed(name, value, variables)) return whole;
		moved ||= from < mark.from;
		return `${name}${separator}***`;
	});
	return moved ? '' : masked;
}

/** `CUDA_VISIBLE_DEVICES: "0"`, and `name: CUDA_VISIBLE_DEVICES`. */
function isNamed(name: string, value: string, variables: ReadonlySet<string>): boolean {
	return variables.has(name) || variables.has(value.replace(/^(["'])(.*)\1$/, '$2').trim());
}
