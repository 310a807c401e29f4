/** A program that the cluster tests run, built from the Go module of its folder under `test/tools`. */
export interface Tool {
	/** Folder under `test/tools` whose go.mod pins it. */
	readonly module: 'kubernetes' | 'etcd' | 'kwok' | 'helm' | 'informers' | 'node' | 'containerd' | 'runc';
	/** The `tool` directive that is its main package; `.`, or `./FOLDER`, where the module itself holds it. */
	readonly package: string;
	/** The module that holds the package; its version in go.mod is the version of the tool. */
	readonly source: string;
	/** Linker variables that hold the version, which a release build sets too. */
	readonly versionVariables: readonly string[];
	/** Whether `KUBEBUILDER_ASSETS` may hold it (setup-envtest brings just three). */
	readonly inAssets: boolean;
	/** The suite that waits for its build; benchmarks wait for none. */
	readonly suite: 'cluster' | 'node' | 'e2e' | 'bench';
	/** Where it is not pure Go. */
	readonly cgo?: {
		/** Build tags. */
		readonly tags: readonly string[];
		/** The C library, as pkg-config knows it. */
		readonly library: string;
		/** Debian's packages of what its build needs. */
		readonly packages: readonly string[];
	};
}

const kubernetes = (path: string, inAssets = false, suite: Tool['suite'] = 'cluster'): Tool => ({
	module: 'kubernetes',
	package: `k8s.io/kubernetes/${path}`,
	source: 'k8s.io/kubernetes',
	versionVariables: ['k8s.io/component-base/version.gitVersion'],
	inAssets,
	suite,
});

/** Our own, beside the Kubernetes whose packages it is made of. */
const ofNode = (folder: string, suite: Tool['suite'] = 'node'): Tool => ({
	module: 'node',
	package: `./${folder}`,
	source: 'k8s.io/kubernetes',
	versionVariables: [],
	inAssets: false,
	suite,
});

const containerd = (name: string): Tool => ({
	module: 'containerd',
	package: `github.com/containerd/containerd/v2/cmd/${name}`,
	source: 'github.com/containerd/containerd/v2',
	versionVariables: [],
	inAssets: false,
	suite: 'e2e',
});

export const tools = {
	'kube-apiserver': kubernetes('cmd/kube-apiserver', true),
	'kube-controller-manager': kubernetes('cmd/kube-controller-manager'),
	'kube-scheduler': kubernetes('cmd/kube-scheduler'),
	kubectl: kubernetes('cmd/kubectl', true),
	kubelet: kubernetes('cmd/kubelet', false, 'node'),
	'sample-device-plugin': kubernetes('test/images/sample-device-plugin', false, 'node'),
	'container-runtime': ofNode('container-runtime'),
	'device-plugin': ofNode('device-plugin'),
	program: ofNode('program', 'e2e'),
	containerd: containerd('containerd'),
	'containerd-shim-runc-v2': containerd('containerd-shim-runc-v2'),
	ctr: containerd('ctr'),
	runc: {
		module: 'runc',
		package: 'github.com/opencontainers/runc',
		source: 'github.com/opencontainers/runc',
		versionVariables: [],
		inAssets: false,
		suite: 'e2e',
		cgo: { tags: ['seccomp'], library: 'libseccomp', packages: ['gcc', 'libc6-dev', 'pkg-config', 'libseccomp-dev'] },
	},
	etcd: {
		module: 'etcd',
		package: 'go.etcd.io/etcd/server/v3',
		source: 'go.etcd.io/etcd/server/v3',
		versionVariables: [],
		inAssets: true,
		suite: 'cluster',
	},
	kwok: {
		module: 'kwok',
		package: 'sigs.k8s.io/kwok/cmd/kwok',
		source: 'sigs.k8s.io/kwok',
		versionVariables: ['sigs.k8s.io/kwok/pkg/consts.Version'],
		inAssets: false,
		suite: 'cluster',
	},
	helm: {
		module: 'helm',
		package: 'helm.sh/helm/v4/cmd/helm',
		source: 'helm.sh/helm/v4',
		versionVariables: ['helm.sh/helm/v4/internal/version.version'],
		inAssets: false,
		suite: 'cluster',
	},
	informers: {
		module: 'informers',
		package: '.',
		source: 'k8s.io/client-go',
		versionVariables: [],
		inAssets: false,
		suite: 'bench',
	},
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof tools;
