import type { PassFigures } from '../../src/engine/result.ts';
import { once, type Run } from './measure.ts';

/** Runs the real command in `cwd`; throws when it ends with a code that `expected` does not hold. */
export async function gpupolicy(
	command: string,
	args: readonly string[],
	cwd: string,
	expected: readonly number[],
	discard = false,
): Promise<Run> {
	const run = await once(process.execPath, [command, ...args], { cwd, discard });
	if (run.exit === null || !expected.includes(run.exit)) {
		throw new Error(
			`gpupolicy ${args.join(' ')} exited with ${run.exit}, not ${expected.join(' or ')}: ${run.stderr.slice(0, 2000)}`,
		);
	}
	return run;
}

/** The figures that `-o json` carries for a pass. */
export function figures(run: Run): PassFigures {
	return (JSON.parse(run.stdout) as { figures: PassFigures }).figures;
}
