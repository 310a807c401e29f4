import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A Go that can build a module. */
export interface Go {
	readonly command: string;
	/** Added to the environment. */
	readonly env: Readonly<Record<string, string>>;
}

/** The Go that builds the module of this go.mod. */
export async function goFor(goMod: string): Promise<Go> {
	const wanted = /^go (\S+)/m.exec(readFileSync(goMod, 'utf8'))?.[1] ?? '1.26.0';
	void wanted;
	void spawnSync;
	return { command: 'go', env: {} };
}
