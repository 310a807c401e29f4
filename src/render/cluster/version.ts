/** The controller, as its Deployment and its lease tell of it. */
export interface ControllerVersion {
	/** `null`: no Deployment of ours is there, as with a controller that runs outside of the cluster. */
	readonly version: string | null;
	/** `gpupolicy-system/gpupolicy-controller`; `null` without a Deployment. */
	readonly deployment: string | null;
	readonly ready: number;
	readonly replicas: number;
	/** Who holds the lease; `null`: nobody. */
	readonly leader: string | null;
}

/** What runs in a cluster. */
export interface ClusterVersions {
	readonly context: string;
	readonly server: string;
	/** `v1.36.3`. */
	readonly kubernetes: string;
	/** `null`: neither a Deployment nor a held lease was found. */
	readonly controller: ControllerVersion | null;
	/** Versions of agents with the number of nodes that report each, the most frequent first. */
	readonly agents: readonly { readonly version: string; readonly nodes: number }[];
	/** What could not be read, and why. */
	readonly unread: readonly string[];
}

/** What `version --context` prints after the line of the client. */
export function renderClusterVersions(client: string, own: string, versions: ClusterVersions): string {
	const { context, server, kubernetes, controller, agents, unread } = versions;
	const lines = [
		`kubernetes ${kubernetes}  ${server} (context ${context})`,
		`controller ${controllerText(controller)}`,
		...agents.map(({ version, nodes }) => `agent ${version} on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`),
		...unread.map((what) => `not read: ${what}`),
		...[controller?.version, ...agents.map(({ version }) => version)]
			.filter((version, index, all) => version && version !== own && all.indexOf(version) === index)
			.map((version) => `note: ${version} is not the version of this client, ${own}`),
	];
	return `${client}${lines.join('\n')}\n`;
}

function controllerText(controller: ControllerVersion | null): string {
	if (controller === null) return 'not found: nobody converges this cluster to its policies';
	const { version, deployment, ready, replicas, leader } = controller;
	const led = leader === null ? 'nobody leads' : `led by ${leader}`;
	if (deployment === null) return `outside of the cluster; ${led}`;
	return `${version ?? 'of unknown version'}  ${deployment}, ${ready} of ${replicas} ready; ${led}`;
}
