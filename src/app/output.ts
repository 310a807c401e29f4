import process from 'node:process';
import { outputFailed, systemError } from '../host/errors.ts';
import { CodedError, errorCode } from '../runtime/errors.ts';

/** The text of an error on stderr: what is wrong with its code, and what to do. */
export function errorText(error: CodedError): string {
	return `error: ${error.message} [${error.code}]\n${error.hint ? `  ${error.hint}\n` : ''}`;
}

/** The error as one made for a person; `null` for a programming error. */
export function asCoded(error: unknown): CodedError | null {
	return error instanceof CodedError ? error : systemError(error);
}

/**
 * Says in one line that standard output cannot be written (a full disk) and exits with 1. A reader that has enough and goes
 * away (`| head`) is no error. Call before the first output, and before a library that listens for the same.
 */
export function guardOutput(): void {
	process.stdout.on('error', (cause) => {
		if (errorCode(cause) === 'EPIPE') return;
		const error = outputFailed(cause);
		process.stderr.write(errorText(error));
		process.exit(error.exit);
	});
	// There is nobody left to tell; the exit code stands.
	process.stderr.on('error', () => {});
}
