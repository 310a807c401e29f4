import { WebhookRegistration } from '../../../src/controller/admission/webhook/registration.ts';
import { WebhookReplica } from '../../../src/controller/admission/webhook/replica.ts';
import { reservedNamespaces } from '../../../src/core/workloads/pod-scope.ts';
import { connect, findAccount } from '../../../src/kube/index.ts';
import { freePort } from '../../cluster/ports.ts';
import { type Stage, say } from './stage.ts';

/** Where the demands of the webhook lie. */
export const demandsIn = 'gpupolicy-system';

/** Our webhook as it stands in where the API server changes no pods itself: one replica, which shares a process with the bench. */
export class WebhookArm {
	readonly #registration: WebhookRegistration;
	readonly #replica: WebhookReplica;
	readonly #connection: ReturnType<typeof connect>;

	private constructor(connection: ReturnType<typeof connect>, registration: WebhookRegistration, replica: WebhookReplica) {
		this.#connection = connection;
		this.#registration = registration;
		this.#replica = replica;
	}

	static async open(stage: Stage): Promise<WebhookArm> {
		const connection = connect(findAccount({ kubeconfig: stage.cluster.kubeconfig }), { userAgent: 'gpupolicy-bench' });
		const { cluster, watcher } = connection;
		const port = await freePort();
		const log = (level: string, message: string): void => {
			if (level !== 'info') say(`  webhook: ${message}`);
		};
		const common = { cluster, namespace: demandsIn, reserved: reservedNamespaces, log };
		const registration = new WebhookRegistration({ ...common, address: { url: `https://127.0.0.1:${port}` } });
		const replica = new WebhookReplica({ ...common, watcher, listen: { host: '127.0.0.1', port } });
		return new WebhookArm(connection, registration, replica);
	}

	/** Has the API server call it for what is demanded now, and no longer for what was. */
	ensure(): Promise<void> {
		return this.#registration.ensure();
	}

	async close(): Promise<void> {
		await this.#registration.stop();
		await this.#replica.stop(0);
		await this.#connection.close();
	}
}
