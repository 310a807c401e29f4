import type { ReportSink } from '../../agent/ports.ts';
import { apiVersion } from '../../api/group.ts';
import type { GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import { gpuNodeReports } from '../../controller/nodes/resources.ts';
import { type ApiObject, type Cluster, ClusterError, type ObjectCache, type Watcher } from '../../core/ports/cluster.ts';

/** Field manager of the agent. */
export const agentManager = 'gpupolicy-agent';

interface StandingReport {
	readonly uid: string;
	readonly resourceVersion: string;
	readonly status: GpuNodeReportStatus | null;
}

/** How long a copy that is older than our own write is passed over, in milliseconds. */
const believeMs = 30_000;

/** The report of the node in a cluster. The controller makes the object; what it says is the agent's alone, so that it is taken back from anybody else. */
export class ClusterReport implements ReportSink {
	readonly #node: string;
	readonly #cluster: Cluster;
	readonly #reports: ObjectCache<StandingReport>;
	/** After our last write, until the watch brings it. */
	#written: { readonly report: StandingReport; readonly at: number } | null = null;

	/** `cluster` writes as `agentManager`. */
	constructor(cluster: Cluster, watcher: Watcher, node: string, onChange: () => void) {
		this.#node = node;
		this.#cluster = cluster;
		this.#reports = watcher.watch(gpuNodeReports, {
			fieldSelector: `metadata.name=${node}`,
			project: readStanding,
			onChange: (_, __, after) => {
				if (after?.resourceVersion === this.#written?.report.resourceVersion || after?.uid !== this.#written?.report.uid)
					this.#written = null;
				onChange();
			},
		});
	}

	get incarnation(): string {
		return this.#standing()?.uid ?? '';
	}

	/** Why the report cannot be seen; `null` where it can. */
	get trouble(): string | null {
		return this.#reports.trouble?.error.message ?? null;
	}

	current(): GpuNodeReportStatus | null {
		return this.#standing()?.status ?? null;
	}

	async write(status: GpuNodeReportStatus): Promise<boolean> {
		const { uid } = this.#standing() ?? {};
		const object = {
			apiVersion,
			kind: gpuNodeReports.kind,
			// With the UID a report that was made anew meanwhile is not mistaken for this one.
			metadata: { name: this.#node, ...(uid === undefined ? {} : { uid }) },
			status,
		};
		try {
			const written = await this.#cluster.apply(gpuNodeReports, object, { subresource: 'status', force: true });
			this.#written = { report: readStanding(written.object), at: performance.now() };
			return true;
		} catch (error) {
			const gone = error instanceof ClusterError && (error.failure === 'NotFound' || error.failure === 'Conflict');
			if (gone) return false;
			throw error;
		}
	}

	async stop(): Promise<void> {
		await this.#reports.stop();
	}

	#standing(): StandingReport | undefined {
		const written = this.#written;
		if (written && performance.now() - written.at < believeMs) return written.report;
		return this.#reports.get({ name: this.#node });
	}
}

function readStanding(object: ApiObject): StandingReport {
	const { uid = '', resourceVersion = '' } = object.metadata;
	const status = object['status'] as GpuNodeReportStatus | undefined;
	return { uid, resourceVersion, status: status && Object.keys(status).length > 0 ? status : null };
}
