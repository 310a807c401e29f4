import { type RegistrationOptions, WebhookRegistration } from '../../../../src/controller/admission/webhook/registration.ts';
import { type ReviewResult, WebhookReplica } from '../../../../src/controller/admission/webhook/replica.ts';
import type { ClusterEvent } from '../../../../src/core/ports/events.ts';
import { reservedNamespaces } from '../../../../src/core/workloads/pod-scope.ts';
import type { Connection } from '../../../../src/kube/index.ts';
import { freePort } from '../../../cluster/ports.ts';
import { TcpProxy } from '../../../cluster/proxy.ts';

/** One line of what registration and replicas log. */
export interface Said {
	readonly level: string;
	readonly message: string;
	readonly fields: Readonly<Record<string, unknown>>;
}

/** Our webhook as API servers see it: a registration, and a replica behind a proxy that can break the way to it. */
export class WebhookBench {
	readonly namespace = 'gpupolicy-system';
	readonly registration: WebhookRegistration;
	/** Between the API server and the replica. */
	readonly proxy: TcpProxy;
	readonly port: number;
	readonly said: Said[];
	/** How reviews ended, by their result. */
	readonly reviews = new Map<ReviewResult, number>();
	replica: WebhookReplica;
	readonly #connection: Connection;

	private constructor(connection: Connection, registration: WebhookRegistration, proxy: TcpProxy, port: number, said: Said[]) {
		this.#connection = connection;
		this.registration = registration;
		this.proxy = proxy;
		this.port = port;
		this.said = said;
		this.replica = this.newReplica(port);
	}

	static async start(
		connection: Connection,
		events: ClusterEvent[],
		options: Partial<RegistrationOptions>,
	): Promise<WebhookBench> {
		const port = await freePort();
		const proxy = await TcpProxy.open(port);
		const said: Said[] = [];
		const registration = new WebhookRegistration({
			cluster: connection.cluster,
			namespace: 'gpupolicy-system',
			address: { url: proxy.url },
			reserved: reservedNamespaces,
			events: { record: (event) => events.push(event) },
			log: (level, message, fields = {}) => said.push({ level, message, fields }),
			...options,
		});
		return new WebhookBench(connection, registration, proxy, port, said);
	}

	/** One more process that answers, on a port of its own. */
	newReplica(port: number): WebhookReplica {
		const { cluster, watcher } = this.#connection;
		return new WebhookReplica({
			cluster,
			watcher,
			namespace: this.namespace,
			listen: { host: '127.0.0.1', port },
			reserved: reservedNamespaces,
			log: (level, message, fields = {}) => this.said.push({ level, message, fields }),
			reviewed: (result) => this.reviews.set(result, (this.reviews.get(result) ?? 0) + 1),
		});
	}

	async stop(): Promise<void> {
		await this.registration.stop();
		await this.replica.stop(0);
		await this.proxy.close();
	}
}
