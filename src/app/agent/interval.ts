import { durationMs } from '../../core/duration.ts';
import { CodedError, exitCodes } from '../../runtime/errors.ts';

/** `--interval` in milliseconds. Throws where it is no duration, or a shorter one than a second. */
export function intervalOf(text: string): number {
	const milliseconds = durationMs(text);
	if (milliseconds >= 1_000) return milliseconds;
	throw new CodedError('GP4402', `--interval: ${JSON.stringify(text)} is not a duration of at least 1s`, {
		hint: 'write 15s or 1m',
		exit: exitCodes.usage,
	});
}
