import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import process from 'node:process';
import type { WebhookAddress } from '../../controller/admission/webhook/configuration.ts';
import { WebhookReplica } from '../../controller/admission/webhook/replica.ts';
import { type Connection, connect, findAccount } from '../../kube/index.ts';
import { CodedError, type ExitCode, exitCodes } from '../../runtime/errors.ts';
import { jsonLog, type Log } from '../../runtime/log.ts';
import { type ListenAddress, serveProbes } from '../process/serve-probes.ts';
import { untilSignal } from '../process/until-signal.ts';
import { packageVersion } from '../version.ts';
import { cleanUpCluster } from './clean-up.ts';
import { controllerMetrics } from './controller-metrics.ts';
import { type AdmissionMode, type DutyChoice, reservedFor } from './duties.ts';
import { leadTerm, type RunningTerm } from './lead-term.ts';
import { leaseName } from './lease-name.ts';
import { printDryRun } from './print-dry-run.ts';

export interface ControllerOptions {
	readonly kubeconfig: string | undefined;
	readonly context: string | undefined;
	/** Where we run: of the lease and of the history. Default: that of our pod, else `gpupolicy-system`. */
	readonly namespace: string | undefined;
	readonly admission: AdmissionMode;
	/** `null`: none. */
	readonly bindAddress: ListenAddress | null;
	readonly webhook: {
		/** Where reviews are answered; `null`: nowhere, and there is no webhook. */
		readonly bindAddress: ListenAddress | null;
		/** Name of the Service in our namespace by which API servers reach us in a cluster. */
		readonly service: string;
		/** How API servers reach us instead. */
		readonly url: string | undefined;
	};
	readonly dryRun: boolean;
	/** Label and taint nodes, keep DeviceClasses and DeviceTaintRules; false: nodes are reported and left alone. */
	readonly manageNodes: boolean;
	/** Stop the controller of the cluster, take back what it put in place, and end. */
	readonly cleanUp: boolean;
}

/** After a signal, API servers that do not know yet that we go are answered for this time. */
const lingerMs = 10_000;
/** The same trouble with the lease is said again after this time. */
const repeatTroubleMs = 60_000;

/** Runs the controller until SIGTERM or Ctrl-C. Rejects with a CodedError where it cannot start. */
export async function runController(options: ControllerOptions): Promise<ExitCode> {
	const { admission, manageNodes } = options;
	const version = packageVersion();
	const account = findAccount(options);
	const namespace = options.namespace ?? (account.context === 'in-cluster' ? account.namespace : null) ?? 'gpupolicy-system';
	const connection = connect(account, { userAgent: `gpupolicy/${version} (controller)` });
	const webhook = webhookAddress(options.webhook, account.context === 'in-cluster' ? namespace : null);
	if (admission === 'webhook' && webhook === null)
		throw new CodedError('GP4201', 'API servers have no way to the webhook', {
			hint: 'outside of a cluster name it with --webhook-url, and leave --webhook-bind-address at an address; or use --admission policy',
			exit: exitCodes.usage,
		});
	const duties = { namespace, admission, manageNodes, webhook };
	try {
		if (options.dryRun) return await printDryRun(connection, duties);
		const log = jsonLog((line) => void process.stderr.write(line));
		if (options.cleanUp) return await cleanUp(connection, duties, log);
		log('info', 'started', { version, server: account.server.origin, context: account.context, namespace, admission });
		return await new ControllerProcess(connection, duties, version, log).run(options.bindAddress, options.webhook.bindAddress);
	} finally {
		await connection.close();
	}
}

/** How API servers reach the webhook; `null` where they cannot. */
function webhookAddress(
	{ bindAddress, service, url }: ControllerOptions['webhook'],
	ownNamespace: string | null,
): WebhookAddress | null {
	if (bindAddress === null) return null;
	if (url !== undefined) return { url };
	return ownNamespace === null ? null : { service, namespace: ownNamespace };
}

/** One process: candidate for the lease, and the controller while it holds it. Its webhook answers without the lease too. */
class ControllerProcess {
	readonly #connection: Connection;
	readonly #choice: DutyChoice;
	readonly #log: Log;
	readonly #metrics: ReturnType<typeof controllerMetrics>;
	readonly #identity = newIdentity();
	#term: RunningTerm | null = null;
	#replica: WebhookReplica | null = null;
	#leading = false;
	#holder: string | null = null;
	#leaseTrouble: { readonly message: string; readonly at: number } | null = null;

	constructor(connection: Connection, choice: DutyChoice, version: string, log: Log) {
		this.#connection = connection;
		this.#choice = choice;
		this.#log = log;
		this.#metrics = controllerMetrics(version, log, () => ({
			leading: this.#leading,
			controller: this.#term?.controller ?? null,
			eventsDropped: this.#term?.events.dropped ?? 0,
			followed: this.#term?.watcher.followed ?? [],
			webhookCertificateEnds: this.#replica?.certificateEnds ?? null,
		}));
	}

	async run(bindAddress: ListenAddress | null, webhookAddress: ListenAddress | null): Promise<ExitCode> {
		const stop = new AbortController();
		const exit = untilSignal(stop, this.#log);
		const endpoints = { healthz: () => null, readyz: () => this.#unready(), metrics: () => this.#metrics.metrics.text() };
		const served = bindAddress ? await serveProbes(endpoints, bindAddress, this.#log) : null;
		if (this.#choice.webhook && this.#choice.admission !== 'off' && webhookAddress) this.#replica = this.#answer(webhookAddress);
		const answered = ended(stop.signal).then(() => this.#replica?.stop(lingerMs));
		const election = this.#connection.elect({
			namespace: this.#choice.namespace,
			name: leaseName,
			identity: this.#identity,
			onChange: ({ holder, leading }) => this.#elected(holder, leading),
			onTrouble: (error) => this.#leaseFailed(error.message),
		});
		try {
			const onRunning = (running: RunningTerm | null): void => {
				this.#term = running;
			};
			const options = { connection: this.#connection, choice: this.#choice, identity: this.#identity, onRunning };
			await election.run((term) => leadTerm({ ...options, telemetry: this.#metrics.telemetry }, term, stop.signal), stop.signal);
		} finally {
			stop.abort();
			await answered;
			await served?.close();
		}
		const code = await exit;
		this.#log('info', 'stopped', { exit: code });
		return code;
	}

	#answer(listen: ListenAddress): WebhookReplica {
		const { cluster, watcher } = this.#connection;
		const { namespace } = this.#choice;
		const reviewed = this.#metrics.reviewed;
		return new WebhookReplica({
			cluster,
			watcher,
			namespace,
			listen,
			reserved: reservedFor(namespace),
			log: this.#log,
			reviewed,
		});
	}

	#elected(holder: string | null, leading: boolean): void {
		this.#holder = holder;
		this.#leaseTrouble = null;
		if (leading !== this.#leading) this.#log('info', leading ? 'leading' : 'no longer leading');
		else if (!leading && holder !== null && holder !== this.#identity) this.#log('info', 'standing by', { leader: holder });
		this.#leading = leading;
	}

	#leaseFailed(message: string): void {
		const told = this.#leaseTrouble;
		if (told?.message === message && performance.now() - told.at < repeatTroubleMs) return;
		this.#leaseTrouble = { message, at: performance.now() };
		this.#log('warn', message, { lease: `${this.#choice.namespace}/${leaseName}` });
	}

	/** Why this process neither works nor stands by; `null` where it does. */
	#unready(): string | null {
		if (this.#replica?.trouble) return this.#replica.trouble;
		if (this.#leading) {
			const controller = this.#term?.controller;
			if (controller?.synced) return null;
			return controller?.trouble ?? 'the first list of policies is not complete';
		}
		if (this.#leaseTrouble) return this.#leaseTrouble.message;
		return this.#holder === null ? 'the lease has not been read yet' : null;
	}
}

/** Ends by itself; a signal gives it up, and the next one goes on where it stopped. */
async function cleanUp(connection: Connection, choice: DutyChoice, log: Log): Promise<ExitCode> {
	const stop = new AbortController();
	const interrupted = untilSignal(stop, log);
	const done = await cleanUpCluster({ connection, choice, name: leaseName, identity: newIdentity(), log, stop: stop.signal });
	return done ?? interrupted;
}

/** Of a candidate for the lease: of this process and no other. */
function newIdentity(): string {
	return `${process.env.POD_NAME ?? hostname()}_${randomUUID()}`;
}

function ended(signal: AbortSignal): Promise<void> {
	if (signal.aborted) return Promise.resolve();
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
