/**
 * Does `name` match the glob? `*` is any run of characters, `?` is one; everything else, brackets and slashes too, stands
 * for itself, because product names hold them. Linear in both, so a hostile pattern costs nothing.
 */
export function matchesNamePattern(pattern: string, name: string): boolean {
	let p = 0;
	let n = 0;
	let star = -1;
	let retry = 0;
	while (n < name.length) {
		if (pattern[p] === '*') {
			star = p++;
			retry = n;
		} else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
			p++;
			n++;
		} else if (star >= 0) {
			p = star + 1;
			n = ++retry;
		} else {
			return false;
		}
	}
	while (pattern[p] === '*') p++;
	return p === pattern.length;
}
