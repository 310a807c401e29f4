import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** One entry of the audit log (audit.k8s.io/v1 Event), as far as tests read it. */
export interface AuditEntry {
	readonly auditID: string;
	/** `RequestReceived` is written before a request is handled, so it is there also for one that was never answered. */
	readonly stage: 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';
	readonly verb: string;
	readonly requestURI: string;
	readonly user: { readonly username: string; readonly groups?: readonly string[] };
	readonly userAgent?: string;
	readonly objectRef?: {
		readonly resource: string;
		readonly apiGroup?: string;
		readonly apiVersion?: string;
		readonly namespace?: string;
		readonly name?: string;
		readonly subresource?: string;
	};
	readonly responseStatus?: { readonly code?: number; readonly reason?: string; readonly message?: string };
	/** With `audit: 'Request'` or more. */
	readonly requestObject?: unknown;
	readonly responseObject?: unknown;
	readonly requestReceivedTimestamp: string;
	readonly stageTimestamp: string;
	/** Holds `authorization.k8s.io/decision`, and what admission policies with action Audit say. */
	readonly annotations?: Readonly<Record<string, string>>;
}

/** A place in the audit log. */
export type AuditMark = number & { readonly auditMark: true };

/** Verbs that may change something. */
const writes = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** Whether an entry is of a request that may change something; a dry run cannot. */
export function isWrite({ verb, requestURI }: AuditEntry): boolean {
	return writes.has(verb) && !/[?&]dryRun=All/.test(requestURI);
}

/** The audit log of an API server, which writes each stage of a request before it goes on. */
export class AuditLog {
	readonly #file: string;

	constructor(file: string) {
		this.#file = file;
	}

	/** The place where the log ends now. */
	mark(): AuditMark {
		return this.#read((_, size) => size) as AuditMark;
	}

	/**
	 * The entries of one stage since a mark, by default one for each answered request. Waits, up to two seconds, for the entry of each request
	 * that was received and is still being answered, watches aside, because the last stage is written after the client has its answer.
	 */
	async since(mark: AuditMark, stage: AuditEntry['stage'] = 'ResponseComplete'): Promise<AuditEntry[]> {
		const limit = performance.now() + 2_000;
		for (;;) {
			const entries = this.#entries(mark);
			const open = new Set<string>();
			for (const { auditID, stage: at, verb } of entries) {
				if (at === 'RequestReceived' && verb !== 'watch') open.add(auditID);
				else if (at === 'ResponseComplete' || at === 'Panic') open.delete(auditID);
			}
			if (open.size === 0 || performance.now() > limit) return entries.filter((entry) => entry.stage === stage);
			await pause(20);
		}
	}

	/** The entries of one stage since a mark that are there now. */
	soFar(mark: AuditMark, stage: AuditEntry['stage']): AuditEntry[] {
		return this.#entries(mark).filter((entry) => entry.stage === stage);
	}

	#entries(mark: AuditMark): AuditEntry[] {
		// From the byte before the mark, which tells whether a line was being written there: that one is of before.
		const from = Math.max(0, mark - 1);
		const text = this.#read((handle, size) => {
			const bytes = Buffer.alloc(Math.max(0, size - from));
			return bytes.toString('latin1', 0, readSync(handle, bytes, 0, bytes.length, from));
		});
		const begin = mark === 0 ? 0 : text.indexOf('\n') + 1;
		const complete = text.slice(begin, Math.max(begin, text.lastIndexOf('\n') + 1));
		return complete.split('\n').flatMap((line) => (line === '' ? [] : [entryOf(line)]));
	}

	#read<T>(use: (handle: number, size: number) => T): T {
		const handle = openSync(this.#file, 'r');
		try {
			return use(handle, fstatSync(handle).size);
		} finally {
			closeSync(handle);
		}
	}
}

const lineStart = '{"kind":"Event","apiVersion":"audit.k8s.io/v1",';

/** A server that is killed leaves half a line, to which the next one appends. Lines are read as bytes: a place in the file may cut a character in two. */
function entryOf(line: string): AuditEntry {
	return JSON.parse(Buffer.from(line.slice(Math.max(0, line.lastIndexOf(lineStart))), 'latin1').toString()) as AuditEntry;
}
