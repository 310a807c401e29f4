import {
	type ApiObject,
	type Cluster,
	ClusterError,
	type ObjectCache,
	type OwnerReference,
	type Resource,
	type Watcher,
} from '../../../core/ports/cluster.ts';
import type { EventRecorder } from '../../../core/ports/events.ts';
import type { ReservedNamespaces } from '../../../core/workloads/pod-scope.ts';
import type { DutyContext } from '../../duty.ts';
import { admissionResource } from '../objects.ts';
import { isAsCompiled, putObject } from '../put-object.ts';
import { certificateSecret, readCertificates, secretName, secrets } from './certificate-secret.ts';
import { advanced, type Certificates, nextStepAt, type RotationSettings, trustedOf } from './certificates.ts';
import { configurationName, namesOf, type WebhookAddress, webhookConfiguration } from './configuration.ts';
import { demandSelector, readWebhookDemand } from './webhook-demand.ts';

const configMaps = admissionResource('ConfigMap', 'v1');
const configurations = admissionResource('MutatingWebhookConfiguration', 'v1');

export interface RegistrationOptions {
	readonly cluster: Cluster;
	/** Where demands and certificates lie. */
	readonly namespace: string;
	/** `null`: API servers have no way to it, so that it is taken away at most. */
	readonly address: WebhookAddress | null;
	readonly reserved: ReservedNamespaces;
	readonly events?: EventRecorder;
	readonly log?: DutyContext['log'];
	/** Time of day, by which certificates are renewed. */
	readonly now?: () => number;
	/** How long a certificate is valid, in milliseconds; default 90 days. */
	readonly lifeMs?: number;
	/** How long API servers and replicas may take to pick a certificate up, in milliseconds; default one minute. */
	readonly overlapMs?: number;
}

const day = 86_400_000;
/** Looked at so often although nothing is due. */
const idleMs = 3_600_000;
const retryMs = 10_000;
/** Our own writes come back as changes: looked at once for several. */
const gatherMs = 250;
/** Somebody who undoes each repair is answered ever more slowly: after a minute at last. */
const mostRepairs = 8;
const forgetRepairsMs = 600_000;

/**
 * Has API servers call the webhook for exactly the demands that lie there, with certificates that they trust. All that it does follows
 * from what the cluster holds: without a demand there is neither a registration nor a certificate.
 */
export class WebhookRegistration {
	readonly #options: RegistrationOptions;
	readonly #rotation: RotationSettings;
	/** What we last had the server hold. */
	#put: ApiObject | null = null;
	#running: Promise<unknown> = Promise.resolve();
	#waiting: Promise<void> | null = null;
	#timer: NodeJS.Timeout | null = null;
	/** When to look again, in milliseconds of the day. */
	#due = 0;
	/** Repairs of late, and when the last one was, on the monotonic clock. */
	#repairs = { count: 0, at: 0 };
	/** The trouble that was logged last. */
	#told: string | null = null;
	#watched: readonly ObjectCache<unknown>[] | null = null;

	constructor(options: RegistrationOptions) {
		this.#options = options;
		const { address, lifeMs = 90 * day, overlapMs = 60_000 } = options;
		this.#rotation = { names: address ? namesOf(address) : [], lifeMs, overlapMs };
	}

	get address(): WebhookAddress | null {
		return this.#options.address;
	}

	/** Resolves when API servers are told of the demands that lay there when it was called, or later ones. */
	ensure(): Promise<void> {
		if (this.#waiting) return this.#waiting;
		const begun = this.#running
			.catch(() => undefined)
			.then(() => {
				this.#waiting = null;
				return this.#converge();
			});
		this.#waiting = begun;
		this.#running = begun;
		return begun;
	}

	/** Keeps it so: renews certificates before they end, and puts back what somebody changes. */
	start(watcher: Watcher): void {
		const { namespace } = this.#options;
		const watch = (resource: Resource, name: string, where: { readonly namespace?: string }): ObjectCache<unknown> =>
			watcher.watch<string>(resource, {
				...where,
				fieldSelector: `metadata.name=${name}`,
				project: ({ metadata }) => metadata.resourceVersion ?? '',
				onChange: () => this.#wake(gatherMs * 2 ** this.#repairs.count),
			});
		this.#watched = [watch(configurations, configurationName, {}), watch(secrets, secretName, { namespace })];
		this.#wake(0);
	}

	async stop(): Promise<void> {
		const watched = this.#watched ?? [];
		this.#watched = null;
		if (this.#timer) clearTimeout(this.#timer);
		await Promise.all(watched.map((cache) => cache.stop()));
		await this.#running.catch(() => undefined);
	}

	#wake(inMs: number): void {
		if (!this.#watched) return;
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#keep(), inMs);
	}

	async #keep(): Promise<void> {
		try {
			await this.ensure();
			this.#told = null;
			this.#wake(Math.min(Math.max(this.#due - this.#now(), gatherMs), idleMs));
		} catch (error) {
			const failure = error instanceof ClusterError ? error.failure : undefined;
			if (failure === 'Aborted') return;
			const { message } = error as Error;
			if (message !== this.#told) this.#options.log?.('warn', message, { webhook: configurationName, failure });
			this.#told = message;
			this.#wake(retryMs);
		}
	}

	async #converge(): Promise<void> {
		const { cluster, namespace, address, reserved } = this.#options;
		const found = await cluster.list(configMaps, { namespace, labelSelector: demandSelector });
		const live = await cluster.get(configurations, { name: configurationName });
		const secret = await cluster.get(secrets, { namespace, name: secretName });
		const demands = found.flatMap((object) => readWebhookDemand(object) ?? []);
		if (found.length === 0) return this.#remove(live, secret);
		this.#due = Number.POSITIVE_INFINITY;
		if (address === null) return;
		const certificates = await this.#rotate(secret, live);
		const wanted = webhookConfiguration({
			demands,
			owners: ownersOf(found),
			address,
			trusted: trustedOf(certificates),
			reserved,
		});
		this.#due = nextStepAt(certificates, this.#rotation);
		if (isAsCompiled(wanted, live ?? undefined)) {
			this.#put = wanted;
			return;
		}
		const edited = this.#put !== null && !isAsCompiled(this.#put as typeof wanted, live ?? undefined);
		await putObject(cluster, wanted, new AbortController().signal);
		this.#put = wanted;
		if (edited) this.#repaired(wanted, live);
	}

	#now(): number {
		return (this.#options.now ?? Date.now)();
	}

	/** API servers are told first, so that nobody calls a replica that has nothing to serve with. */
	async #remove(live: ApiObject | null, secret: ApiObject | null): Promise<void> {
		const { cluster, namespace } = this.#options;
		this.#put = null;
		this.#due = Number.POSITIVE_INFINITY;
		if (live) await cluster.delete(configurations, { name: configurationName }, uidOf(live));
		if (secret) await cluster.delete(secrets, { namespace, name: secretName }, uidOf(secret));
	}

	async #rotate(secret: ApiObject | null, live: ApiObject | null): Promise<Certificates> {
		const { cluster, namespace, log } = this.#options;
		const held = secret && readCertificates(secret);
		const published = held?.next ? trusts(live, held.next.authority) : false;
		const certificates = advanced(held, this.#now(), this.#rotation, published);
		if (certificates === held) return certificates;
		const wanted = certificateSecret(certificates, namespace);
		if (secret && secret.type === wanted.type) {
			const { resourceVersion } = secret.metadata;
			const { labels, annotations } = wanted.metadata;
			const metadata = {
				...secret.metadata,
				...(resourceVersion === undefined ? {} : { resourceVersion }),
				labels: { ...secret.metadata.labels, ...labels },
				annotations: { ...secret.metadata.annotations, ...annotations },
			};
			await cluster.update(secrets, { ...wanted, metadata });
		} else {
			// The type of a Secret never changes.
			if (secret) await cluster.delete(secrets, { namespace, name: secretName }, uidOf(secret));
			await cluster.apply(secrets, wanted);
		}
		log?.('info', stepOf(held, certificates), { webhook: configurationName });
		return certificates;
	}

	#repaired({ apiVersion, kind, metadata: { name } }: ApiObject, live: ApiObject | null): void {
		const now = performance.now();
		const { count, at } = this.#repairs;
		this.#repairs = { count: now - at > forgetRepairsMs ? 1 : Math.min(count + 1, mostRepairs), at: now };
		this.#options.events?.record({
			regarding: { apiVersion, kind, metadata: { name, ...(live ? uidOf(live) : {}) } },
			type: 'Warning',
			reason: 'AdmissionRepaired',
			action: 'Apply',
			note: `somebody changed or deleted ${kind}/${name}; put back`,
		});
	}
}

function ownersOf(objects: readonly ApiObject[]): readonly OwnerReference[] {
	const owners = objects.flatMap(({ metadata }) => metadata.ownerReferences ?? []);
	return [...new Map(owners.map((owner) => [owner.uid, owner])).values()];
}

function trusts(live: ApiObject | null, authority: string): boolean {
	const webhooks = (live?.webhooks ?? []) as readonly { readonly clientConfig?: { readonly caBundle?: string } }[];
	return (
		webhooks.length > 0 &&
		webhooks.every(({ clientConfig }) =>
			Buffer.from(clientConfig?.caBundle ?? '', 'base64')
				.toString()
				.includes(authority),
		)
	);
}

function stepOf(held: Certificates | null, { next, previous }: Certificates): string {
	if (next)
		return held?.next ? 'a new certificate of the webhook waits to be trusted' : 'a new certificate of the webhook was made';
	if (previous !== null) return 'the webhook serves with a new certificate';
	return held && held.previous !== null
		? 'the former certificate of the webhook is trusted no more'
		: 'the webhook has a certificate';
}

function uidOf({ metadata: { uid } }: ApiObject): { readonly uid?: string } {
	return uid === undefined ? {} : { uid };
}
