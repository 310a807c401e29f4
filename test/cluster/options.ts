export type ComponentName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

export interface ClusterOptions {
	/** What runs besides etcd and the API server. Without the controller manager nothing makes service accounts, nor collects garbage. */
	readonly components?: readonly Exclude<ComponentName, 'etcd' | 'kube-apiserver'>[];
	/** Whether MutatingAdmissionPolicy is on and served, as on 1.36; false: as on a cluster from before it. */
	readonly mutatingAdmissionPolicy?: boolean;
	/** Whether the CRDs of `manifests/crds` are installed; default true. */
	readonly crds?: boolean;
	/** How much of each request the audit log holds; default `Metadata`. */
	readonly audit?: 'None' | 'Metadata' | 'Request' | 'RequestResponse';
	/** Further arguments of single components, e.g. `{ 'kube-apiserver': ['--max-requests-inflight=20'] }`; they win over our own. */
	readonly args?: Partial<Readonly<Record<ComponentName, readonly string[]>>>;
}
