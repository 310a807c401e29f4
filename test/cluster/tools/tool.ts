/** A program that the cluster tests run, built from the Go module of its folder under `test/tools`. */
export interface Tool {
	/** Folder under `test/tools` whose go.mod pins it. */
	readonly module: 'kubernetes' | 'etcd' | 'kwok' | 'helm' | 'informers';
	/** The `tool` directive that is its main package; `.` where the folder itself holds it. */
	readonly package: string;
	/** The module that holds the package; its version in go.mod is the version of the tool. */
	readonly source: string;
	/** Linker variables that hold the version, which a release build sets too. */
	readonly versionVariables: readonly string[];
	/** Whether `KUBEBUILDER_ASSETS` may hold it (setup-envtest brings just three). */
	readonly inAssets: boolean;
	/** Only benchmarks run it: the tests do not wait for its build. */
	readonly benchOnly?: boolean;
}

const kubernetes = (name: string, inAssets: boolean): Tool => ({
	module: 'kubernetes',
	package: `k8s.io/kubernetes/cmd/${name}`,
	source: 'k8s.io/kubernetes',
	versionVariables: ['k8s.io/component-base/version.gitVersion'],
	inAssets,
});

export const tools = {
	'kube-apiserver': kubernetes('kube-apiserver', true),
	'kube-controller-manager': kubernetes('kube-controller-manager', false),
	'kube-scheduler': kubernetes('kube-scheduler', false),
	kubectl: kubernetes('kubectl', true),
	etcd: {
		module: 'etcd',
		package: 'go.etcd.io/etcd/server/v3',
		source: 'go.etcd.io/etcd/server/v3',
		versionVariables: [],
		inAssets: true,
	},
	kwok: {
		module: 'kwok',
		package: 'sigs.k8s.io/kwok/cmd/kwok',
		source: 'sigs.k8s.io/kwok',
		versionVariables: ['sigs.k8s.io/kwok/pkg/consts.Version'],
		inAssets: false,
	},
	helm: {
		module: 'helm',
		package: 'helm.sh/helm/v4/cmd/helm',
		source: 'helm.sh/helm/v4',
		versionVariables: ['helm.sh/helm/v4/internal/version.version'],
		inAssets: false,
	},
	informers: {
		module: 'informers',
		package: '.',
		source: 'k8s.io/client-go',
		versionVariables: [],
		inAssets: false,
		benchOnly: true,
	},
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof tools;
