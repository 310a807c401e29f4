import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fetchToolchain, toolchainVersion } from './toolchain.ts';

/** A Go that can build the tools. */
export interface Go {
	readonly command: string;
	/** Added to the environment. */
	readonly env: Readonly<Record<string, string>>;
}

/** How the Go on PATH is used: as it is, to fetch a newer one itself (as it can since 1.21), or not at all. */
export type GoUse = 'as it is' | 'switches' | 'is no use';

/** `version` is what `go version` prints; undefined where there is no Go. */
export function useOf(version: string | undefined): GoUse {
	const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(version ?? '') ?? [];
	const [, wantedMajor, wantedMinor] = /^go(\d+)\.(\d+)/.exec(toolchainVersion) ?? [];
	if (major !== wantedMajor) return Number(major) > Number(wantedMajor) ? 'as it is' : 'is no use';
	if (Number(minor) >= Number(wantedMinor)) return 'as it is';
	return Number(minor) >= 21 ? 'switches' : 'is no use';
}

/** The Go that the tools are built with; fetched where the one on PATH cannot. Rejects with what to do. */
export async function findGo(): Promise<Go> {
	const use = useOf(installed());
	if (use === 'as it is') return { command: 'go', env: { GOTOOLCHAIN: 'local' } };
	if (use === 'switches') return { command: 'go', env: { GOTOOLCHAIN: toolchainVersion } };
	try {
		return { command: await fetchToolchain(), env: { GOTOOLCHAIN: 'local', GOROOT: '' } };
	} catch (cause) {
		const { message, cause: deeper } = cause as Error;
		const why = deeper instanceof Error ? `${message}: ${deeper.message}` : message;
		throw new Error(
			`there is no Go from 1.21 on, and ${toolchainVersion} could not be fetched (${why}); install Go from https://go.dev/dl`,
			{
				cause,
			},
		);
	}
}

/** Asked outside every module, or a go.mod nearby would change the answer. */
function installed(): string | undefined {
	const { status, stdout } = spawnSync('go', ['version'], {
		cwd: tmpdir(),
		encoding: 'utf8',
		env: { ...process.env, GOTOOLCHAIN: 'local' },
	});
	return status === 0 ? stdout : undefined;
}
