import type { ApiObject, Cluster, ObjectCache, Resource, Watcher } from '../../../core/ports/cluster.ts';
import type { PodNamespace } from '../../../core/workloads/pod.ts';
import type { ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import { type PostAnswer, type ServedHttps, serveHttps, type TlsIdentity } from '../../../runtime/https-endpoint.ts';
import type { DutyContext } from '../../duty.ts';
import { admissionResource } from '../objects.ts';
import { readCertificates, secretName, secrets } from './certificate-secret.ts';
import { endOf } from './certificates.ts';
import { reviewPath } from './configuration.ts';
import { answerReview, readReview } from './review.ts';
import { demandSelector, readWebhookDemand, type WebhookDemand } from './webhook-demand.ts';

const namespaces: Resource = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false };

/** An API server takes an object of 3 MiB at most; a review holds a pod twice, escaped. */
const bodyLimit = 8 << 20;

/** An address that is taken may be free again. */
const retryMs = 10_000;

/** How a review ended: `changed`, `unchanged`, `malformed` (400), `unready` (503) or `failed` (500). */
export type ReviewResult = 'changed' | 'unchanged' | 'malformed' | 'unready' | 'failed';

export interface ReplicaOptions {
	readonly cluster: Cluster;
	readonly watcher: Watcher;
	/** Where demands and certificates lie. */
	readonly namespace: string;
	readonly listen: { readonly host: string; readonly port: number };
	readonly reserved: ReservedNamespaces;
	readonly log: DutyContext['log'];
	/** Called for each review with the milliseconds that it took. */
	readonly reviewed?: (result: ReviewResult, tookMs: number) => void;
}

/**
 * Answers API servers, in every replica and without a leader: certificates, demands and the labels of namespaces come from watches of
 * its own. Until there is a certificate it watches for one, and does nothing else.
 */
export class WebhookReplica {
	readonly #options: ReplicaOptions;
	readonly #certificates: ObjectCache<TlsIdentity | null>;
	#demands: ObjectCache<WebhookDemand | null> | null = null;
	#namespaces: ObjectCache<Readonly<Record<string, string>>> | null = null;
	#served: ServedHttps | null = null;
	#identity: TlsIdentity | null = null;
	#steps: Promise<void> = Promise.resolve();
	#trouble: string | null = null;
	#retry: NodeJS.Timeout | null = null;
	#stopped = false;
	#wereSynced = false;
	#lookUps = 0;

	constructor(options: ReplicaOptions) {
		this.#options = options;
		const { watcher, namespace } = options;
		this.#certificates = watcher.watch<TlsIdentity | null>(secrets, {
			namespace,
			fieldSelector: `metadata.name=${secretName}`,
			project: (object) => readCertificates(object)?.serving ?? null,
			differs: (before, after) => before?.certificate !== after?.certificate,
			onChange: (_, __, after) => {
				if (after) this.#steps = this.#steps.then(() => this.#serve(after));
			},
		});
	}

	/** The port that is listened on; `null` while there is nothing to serve with. */
	get port(): number | null {
		return this.#served?.port ?? null;
	}

	/** When the certificate ends, in milliseconds of the day; `null` without one. */
	get certificateEnds(): number | null {
		return this.#identity ? endOf(this.#identity.certificate) : null;
	}

	/** Why reviews cannot be answered although API servers may send some; `null` where they can, and where none is sent. */
	get trouble(): string | null {
		if (this.#trouble !== null) return this.#trouble;
		return !this.#served || this.#isReady() ? null : 'the webhook does not know every policy yet';
	}

	/** Sends API servers elsewhere for so many milliseconds, then finishes what it has begun. */
	async stop(lingerMs: number): Promise<void> {
		this.#stopped = true;
		if (this.#retry) clearTimeout(this.#retry);
		await this.#certificates.stop();
		await this.#steps;
		await this.#served?.close(lingerMs);
		await Promise.all([this.#demands?.stop(), this.#namespaces?.stop()]);
	}

	async #serve(identity: TlsIdentity): Promise<void> {
		if (this.#retry) clearTimeout(this.#retry);
		if (this.#stopped) return;
		const { listen, log } = this.#options;
		try {
			if (this.#served) this.#served.use(identity);
			else {
				this.#follow();
				this.#served = await serveHttps(
					{ path: reviewPath, bodyLimit, answer: (body) => this.#answer(body), failed: (error) => this.#failed(error) },
					listen,
					identity,
				);
			}
			this.#identity = identity;
			this.#trouble = null;
			log('info', 'serving the webhook', {
				host: listen.host,
				webhookPort: this.#served.port,
				certificateUntil: new Date(endOf(identity.certificate)).toISOString(),
			});
		} catch (error) {
			// Never what a certificate or its key says, only what is wrong with it.
			const code = (error as { readonly code?: unknown }).code;
			this.#trouble = `the webhook cannot serve on ${listen.host}:${listen.port}: ${typeof code === 'string' ? code : (error as Error).name}`;
			log('error', this.#trouble);
			this.#retry = setTimeout(() => {
				this.#steps = this.#steps.then(() => this.#serve(identity));
			}, retryMs);
		}
	}

	#follow(): void {
		if (this.#demands) return;
		const { watcher, namespace } = this.#options;
		this.#demands = watcher.watch<WebhookDemand | null>(admissionResource('ConfigMap', 'v1'), {
			namespace,
			labelSelector: demandSelector,
			project: readWebhookDemand,
			onChange: () => undefined,
		});
		this.#namespaces = watcher.watch<Readonly<Record<string, string>>>(namespaces, {
			project: labelsOf,
			onChange: () => undefined,
		});
	}

	/** What was known once stays in force while the API server is away: it asks about no pod meanwhile. */
	#isReady(): boolean {
		this.#wereSynced ||= this.#demands?.synced === true && this.#namespaces?.synced === true;
		return this.#wereSynced;
	}

	async #answer(body: string): Promise<PostAnswer> {
		const began = performance.now();
		const ended = (result: ReviewResult, answer: PostAnswer): PostAnswer => {
			this.#options.reviewed?.(result, performance.now() - began);
			return answer;
		};
		let review: ReturnType<typeof readReview>;
		try {
			review = readReview(JSON.parse(body));
		} catch {
			review = null;
		}
		if (!review) return ended('malformed', { status: 400, body: 'not a review of a pod in admission.k8s.io/v1\n' });
		if (!this.#isReady()) return ended('unready', { status: 503, body: 'not every policy is known yet\n' });
		const demands = [...(this.#demands?.values() ?? [])].filter((one) => one !== null);
		const { changes, answer } = answerReview(review, await this.#namespace(review.namespace), demands, this.#options.reserved);
		return ended(changes ? 'changed' : 'unchanged', { status: 200, body: JSON.stringify(answer) });
	}

	/** One that was made a moment ago is asked for. */
	async #namespace(name: string): Promise<PodNamespace> {
		const known = this.#namespaces?.get({ name });
		if (known) return { name, labels: known };
		// Whoever reaches our port can name namespaces that are not there.
		if (this.#lookUps >= lookUpsAtOnce) throw new Error('too many unknown namespaces at once');
		this.#lookUps++;
		try {
			return { name, labels: await this.#labelsOf(name) };
		} finally {
			this.#lookUps--;
		}
	}

	async #labelsOf(name: string): Promise<Readonly<Record<string, string>>> {
		const [asked] = await this.#options.cluster.list(namespaces, {
			fieldSelector: `metadata.name=${name}`,
			signal: AbortSignal.timeout(lookUpMs),
		});
		return asked ? labelsOf(asked) : {};
	}

	#failed(error: unknown): void {
		this.#options.reviewed?.('failed', 0);
		this.#options.log('error', 'a review failed', { error: error instanceof Error ? error.message : typeof error });
	}
}

/** Less than an API server waits for us. */
const lookUpMs = 1_000;
const lookUpsAtOnce = 8;

function labelsOf({ metadata }: ApiObject): Readonly<Record<string, string>> {
	return { ...metadata.labels };
}
