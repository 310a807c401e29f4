import process from 'node:process';
import { type ExitCode, exitCodes } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';

/** Resolves with the exit code after the first SIGTERM or Ctrl-C, which begins the shutdown; a second one ends the process at once. */
export function untilSignal(stop: AbortController, log: Log): Promise<ExitCode> {
	return new Promise((resolve) => {
		const on = (signal: NodeJS.Signals, code: ExitCode): void => {
			process.on(signal, () => {
				if (stop.signal.aborted) process.exit(exitCodes.interrupted);
				log('info', 'stopping', { signal });
				resolve(code);
				stop.abort();
			});
		};
		on('SIGTERM', exitCodes.ok);
		on('SIGINT', exitCodes.interrupted);
	});
}
