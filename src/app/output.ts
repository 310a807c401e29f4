import fs from 'node:fs';
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

/**
 * Writes to standard output without making Node's stream of it, which takes a tenth of a bare start. What cannot be written that way (a pipe that is full
 * and does not block, a disk that is full) is left to the stream, and reported as it reports it.
 */
export function writeOutput(text: string): void {
	const bytes = Buffer.from(text);
	let written = 0;
	try {
		// A console of Windows shows bytes in its own code page: only the stream turns text into what it shows.
		if (process.platform !== 'win32') while (written < bytes.length) written += fs.writeSync(1, bytes, written);
	} catch {
		// The stream meets the same error, if it lasts.
	}
	if (written === bytes.length) return;
	guardOutput();
	process.stdout.write(bytes.subarray(written));
}
