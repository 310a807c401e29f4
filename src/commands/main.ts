import process from 'node:process';
import { flush, run } from '@oclif/core';
import { exitCodes } from '../runtime/errors.ts';
import { reportError } from './base.ts';

/** Runs the command line through oclif. `root` is the URL of a module inside the package. */
export async function main(argv: readonly string[], root: string): Promise<void> {
	try {
		await run([...argv], root);
		await flush();
	} catch (error) {
		if (error instanceof Error && 'oclif' in error) {
			const exit = (error.oclif as { exit?: number | false }).exit;
			if (exit === 0) return;
			process.stderr.write(`error: ${error.message.trim()}\n`);
			process.exitCode = exitCodes.usage;
			return;
		}
		reportError(error);
	}
}
