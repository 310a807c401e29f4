import type { LockHolder } from '../core/ports/journal.ts';
import { CodedError } from '../runtime/errors.ts';

/** The error of whoever finds the root locked; it names the holder where that is known. */
export function lockHeld(holder: LockHolder | null): CodedError {
	const who = holder ? `pid ${holder.pid} (${holder.command}) since ${holder.since}` : 'another process';
	return new CodedError('GP2001', `another pass is running in this root: ${who}`, {
		hint: 'wait until it ends; a pass holds the lock only while it works',
	});
}
