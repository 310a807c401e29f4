import process from 'node:process';
import { NvmlLibrary } from './bindings.ts';
import { receive, reply } from './child-channel.ts';
import { dieWithParent } from './die-with-parent.ts';
import { DriverFailure } from './errors.ts';
import type { ChildOptions, Failure, Reply, Request } from './protocol.ts';
import { NvmlSession } from './session.ts';

/**
 * The process that NVML runs in. A driver call that hangs blocks a thread that nothing can cancel, so the parent must be
 * able to end it from outside. Requests come one at a time.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
dieWithParent(options.parent);

let session: NvmlSession | null = null;
let library = '';
let timer: NodeJS.Timeout | undefined;

receive(
	(request: Request) => {
		if (request.kind === 'snapshot') reply(answer(request.id));
		else watch(request.everyMs);
	},
	() => process.exit(0),
);

function answer(id: number): Reply {
	try {
		const opened = session ?? open();
		if (!(opened instanceof NvmlSession)) return { kind: 'failed', id, failure: opened };
		session = opened;
		const started = process.hrtime.bigint();
		const snapshot = session.snapshot();
		const micros = Number(process.hrtime.bigint() - started) / 1000;
		return { kind: 'snapshot', id, snapshot, at: new Date().toISOString(), micros, library };
	} catch (error) {
		return { kind: 'failed', id, failure: toFailure(error) };
	}
}

/** A library that appears later (a driver installed meanwhile) is found at the next request. */
function open(): NvmlSession | Failure {
	const opened = NvmlLibrary.open(options.libraries);
	if (!(opened instanceof NvmlLibrary)) return { kind: 'no-library', errors: opened.errors };
	library = opened.path;
	return new NvmlSession(opened, options.procRoot);
}

function toFailure(error: unknown): Failure {
	if (error instanceof DriverFailure) return { kind: 'driver', call: error.call, code: error.code };
	return { kind: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function watch(everyMs: number): void {
	clearInterval(timer);
	if (everyMs > 0) timer = setInterval(() => session !== null && session.drainXids() > 0 && reply({ kind: 'event' }), everyMs);
}
