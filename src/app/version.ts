import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Version of this package, from its package.json. */
export function packageVersion(): string {
	const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
	return manifest.version;
}

/** What `gpupolicy --version` prints. */
export function versionLine(): string {
	return `gpupolicy ${packageVersion()} node ${process.version} ${process.platform}-${process.arch}`;
}
