import fs from 'node:fs';

/** What tells a file from others however it is named; `null` where there is none. */
export function fileIdentity(name: string | number): string | null {
	try {
		const stat = typeof name === 'number' ? fs.fstatSync(name, { bigint: true }) : fs.lstatSync(name, { bigint: true });
		return stat.isFile() ? `${stat.dev}:${stat.ino}` : null;
	} catch {
		return null;
	}
}

/** The files that standard output and standard error of this process were redirected to. */
export function ownOutputs(): ReadonlySet<string> {
	return new Set([1, 2].flatMap((descriptor) => fileIdentity(descriptor) ?? []));
}
