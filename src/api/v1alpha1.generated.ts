/* eslint-disable */
/**
 * Generated from schemas/gpupolicy.v1alpha1.schema.json
 * and schemas/gpunodereport.v1alpha1.schema.json
 * by `node schemas/generate/index.ts` (json-schema-to-typescript). Do not edit.
 *
 * The types are those of an object after defaulting: a field that has a default is always present.
 */

/**
 * How often everything is checked again even when nothing happened. A duration such as 90s, 10m or 1h30m, at least 30s.
 */
export type Interval = Duration;
/**
 * A duration: numbers with the units h, m, s and ms, e.g. 30s, 10m, 1h30m.
 */
export type Duration = string;
/**
 * A Kubernetes quantity of bytes: an integer, or a string with a unit (Ki, Mi, Gi, Ti are powers of 1024; k, M, G, T of 1000).
 */
export type Quantity = number | string;
/**
 * A path relative to the root, with / between folders: never absolute, no backslash, no . or .. part.
 */
export type RelativePath = string;
/**
 * A glob relative to the root: never absolute, no backslash, no . or .. part, no leading !.
 */
export type FileGlob = string;
/**
 * A label key: an optional DNS prefix and /, then a name of at most 63 characters.
 */
export type LabelKey = string;
/**
 * A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.
 */
export type LabelValue = string;
/**
 * Program and arguments. No shell is involved: nothing is expanded.
 *
 * @minItems 1
 * @maxItems 64
 */
export type Command = string[];
/**
 * sha256 of the canonical spec, hex.
 */
export type Digest = string;
/**
 * Conditions by type.
 *
 * @maxItems 16
 */
export type Conditions = Condition[];
/**
 * The first 20 violations.
 *
 * @maxItems 20
 */
export type Violations = Violation[];

/**
 * Which GPUs may be used, and what every GPU program must carry. Files of a repo, pods of a cluster and devices of a node converge to it. An absent block of the spec turns that duty off; a present block with {} selects all.
 */
export interface GpuPolicy {
	/**
	 * Always gpupolicy.dev/v1alpha1.
	 */
	apiVersion: 'gpupolicy.dev/v1alpha1';
	/**
	 * Always GpuPolicy.
	 */
	kind: 'GpuPolicy';
	/**
	 * Standard metadata of a Kubernetes object. In a manifest only name, labels and annotations are of use; what a server adds is accepted and ignored.
	 */
	metadata: ObjectMeta;
	/**
	 * What is desired.
	 */
	spec: GpuPolicySpec;
	/**
	 * What was observed. Written by the controller, or kept locally under .gpupolicy; never read from a manifest.
	 */
	status?: GpuPolicyStatus;
}
/**
 * What the agent of one node read from its devices, and the verdict of each policy on it. One per node, named as the node, owned by it. The controller creates the object; the node's own agent is the only writer of its status.
 */
export interface GpuNodeReport {
	/**
	 * Always gpupolicy.dev/v1alpha1.
	 */
	apiVersion: 'gpupolicy.dev/v1alpha1';
	/**
	 * Always GpuNodeReport.
	 */
	kind: 'GpuNodeReport';
	/**
	 * Standard metadata of a Kubernetes object. In a manifest only name, labels and annotations are of use; what a server adds is accepted and ignored.
	 */
	metadata: ObjectMeta;
	/**
	 * What was observed on the node.
	 */
	status?: GpuNodeReportStatus;
}
/**
 * Standard metadata of a Kubernetes object. In a manifest only name, labels and annotations are of use; what a server adds is accepted and ignored.
 */
export interface ObjectMeta {
	/**
	 * Name of the policy, unique among all policies of a repo or a cluster. A DNS-1123 subdomain: lower-case letters, digits, - and ., at most 253 characters. It stands on the opening line of the managed blocks.
	 */
	name: string;
	/**
	 * Labels, for selecting policies.
	 */
	labels?: {
		[k: string]: LabelValue;
	};
	/**
	 * Annotations, free text for people and tools.
	 */
	annotations?: {
		[k: string]: string;
	};
	/**
	 * Counts changes of the spec. Set by the API server; ignored in a manifest.
	 */
	generation?: number;
	/**
	 * Set by the API server; ignored in a manifest.
	 */
	uid?: string;
	/**
	 * Set by the API server; ignored in a manifest.
	 */
	resourceVersion?: string;
	/**
	 * RFC 3339. Set by the API server; ignored in a manifest.
	 */
	creationTimestamp?: string | null;
	/**
	 * RFC 3339. Set by the API server; ignored in a manifest.
	 */
	deletionTimestamp?: string;
	/**
	 * Set by controllers; ignored in a manifest.
	 *
	 * @maxItems 32
	 */
	finalizers?: string[];
}
/**
 * What is desired.
 */
export interface GpuPolicySpec {
	/**
	 * Enforce makes the changes. Audit changes nothing anywhere and reports everything. Required, no default: the choice is always written down.
	 */
	mode: 'Enforce' | 'Audit';
	/**
	 * true stops this policy's reconciling. What is in place stays in place: blocks, admission objects, taints and conditions. `gpupolicy check` still checks.
	 */
	suspend: boolean;
	/**
	 * How often everything is checked again even when nothing happened. A duration such as 90s, 10m or 1h30m, at least 30s.
	 */
	interval: Interval;
	/**
	 * Which devices may be used. A device is allowed if it matches some entry of allow (or there is no allow list) and no entry of deny. Absent: every device is allowed.
	 */
	devices?: DeviceSelection;
	/**
	 * Environment variables that every GPU program must carry, keyed by name. Order is kept in what is written.
	 *
	 * @maxItems 64
	 */
	env?: EnvVariable[];
	/**
	 * Which files of a repo are converged. Absent: files are left alone. Each entry stands for itself; a file that several entries include is converged for each.
	 *
	 * @maxItems 32
	 */
	files?: FileSet[];
	/**
	 * Which pods must carry env, and what happens to those that do not. Absent: pods are left alone. {} selects every pod that asks for a GPU.
	 */
	workloads?: Workloads;
	/**
	 * Which nodes are validated through NVML. Absent: nodes are left alone. {} selects every node.
	 */
	nodes?: Nodes;
	/**
	 * What has to be demonstrated, beyond the absence of an error. Proofs of kind exec, performance, http and file run only by the local command and only after `gpupolicy allow`; controller and agent never run them. `gpupolicy check` runs none.
	 *
	 * @maxItems 32
	 */
	proofs?: Proof[];
}
/**
 * Which devices may be used. A device is allowed if it matches some entry of allow (or there is no allow list) and no entry of deny. Absent: every device is allowed.
 */
export interface DeviceSelection {
	/**
	 * A device has to match at least one entry. Absent: every device that is not denied is allowed. An empty list is refused, since it would forbid every device.
	 *
	 * @minItems 1
	 * @maxItems 64
	 */
	allow?: DeviceMatcher[];
	/**
	 * A device that matches any entry is forbidden, whatever allow says.
	 *
	 * @maxItems 64
	 */
	deny?: DeviceMatcher[];
}
/**
 * Criteria for one physical device; all that are given must hold. At least one is required.
 */
export interface DeviceMatcher {
	/**
	 * Exact product name as NVML and `nvidia-smi -L` print it, e.g. NVIDIA GeForce RTX 3090. Case matters.
	 */
	productName?: string;
	/**
	 * Glob over the whole product name: * is any text, ? one character, e.g. "*RTX 3090*". Case matters.
	 */
	productNamePattern?: string;
	/**
	 * UUID as `nvidia-smi -L` prints it (GPU-…, or MIG-… for a MIG device), or a prefix of it.
	 */
	uuid?: string;
	/**
	 * PCI address, domain:bus:device.function in hex: 00000000:01:00.0. A shorter domain (0000:01:00.0) or none (01:00.0) is the same address. Case does not matter.
	 */
	pciBusId?: string;
	/**
	 * PCI device and vendor id as NVML prints it, e.g. 0x220410DE: device id 0x2204, vendor 0x10DE. Case does not matter.
	 */
	pciDeviceId?: string;
	/**
	 * Least device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes. Compared with the whole memory of the device, in bytes: a 24 GB card shows a little under 24Gi.
	 */
	minMemory?: Quantity;
	/**
	 * Most device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes.
	 */
	maxMemory?: Quantity;
	/**
	 * Range of CUDA compute capabilities, both ends included, as quoted "major.minor".
	 */
	computeCapability?: ComputeCapabilityRange;
	/**
	 * MIG mode of the device: Enabled or Disabled. A device that does not know MIG counts as Disabled.
	 */
	mig?: 'Enabled' | 'Disabled';
}
/**
 * Range of CUDA compute capabilities, both ends included, as quoted "major.minor".
 */
export interface ComputeCapabilityRange {
	/**
	 * Lowest compute capability, quoted: "8.0".
	 */
	min?: string;
	/**
	 * Highest compute capability, quoted: "9.0".
	 */
	max?: string;
}
/**
 * One environment variable. Exactly one of value and valueFrom.
 */
export interface EnvVariable {
	/**
	 * Name of the variable: letters, digits and _, not beginning with a digit (POSIX). NVIDIA_VISIBLE_DEVICES is refused: the container runtime owns it.
	 */
	name: string;
	/**
	 * The value, one line of text. Quote what YAML would read as a number or a boolean: "1". Never put a secret here: values appear in diffs, messages and pods; use valueFrom.file.
	 */
	value?: string;
	/**
	 * Where a value comes from that does not stand in the policy. Exactly one of devices and file.
	 */
	valueFrom?: ValueSource;
	/**
	 * Where the variable is demanded: Files, Workloads (pods), or both. Default: both. CUDA_VISIBLE_DEVICES and every valueFrom never reach pods, whatever stands here, because their value depends on the machine.
	 *
	 * @minItems 1
	 * @maxItems 2
	 */
	targets: ('Files' | 'Workloads')[];
}
/**
 * Where a value comes from that does not stand in the policy. Exactly one of devices and file.
 */
export interface ValueSource {
	/**
	 * The allowed devices of the machine, comma-separated in PCI bus order. They are read from gpupolicy.inventory.yaml beside the policy where there is one, else through NVML.
	 */
	devices?: DeviceValueSource;
	/**
	 * A secret reference: one file is the source of truth, and every file that must carry the value is written from it. The value is never printed in a diff, log, status or report, and goes only into files that git ignores.
	 */
	file?: FileValueSource;
}
/**
 * The allowed devices of the machine, comma-separated in PCI bus order. They are read from gpupolicy.inventory.yaml beside the policy where there is one, else through NVML.
 */
export interface DeviceValueSource {
	/**
	 * Index writes positions in PCI bus order ("1"), right only beside CUDA_DEVICE_ORDER=PCI_BUS_ID. UUID writes UUIDs ("GPU-3f…"), right in any order.
	 */
	as: 'Index' | 'UUID';
}
/**
 * A secret reference: one file is the source of truth, and every file that must carry the value is written from it. The value is never printed in a diff, log, status or report, and goes only into files that git ignores.
 */
export interface FileValueSource {
	/**
	 * File that holds the value, relative to the root, with / between folders. Never absolute, never with a .. part.
	 */
	path: RelativePath;
	/**
	 * Name of the entry in that file: a variable of a dotenv file, or the dotted path of a string in JSON or YAML (tokens.huggingface). Absent: the whole file is the value, without one final newline.
	 */
	key?: string;
	/**
	 * How to read the entry named by key: Dotenv, JSON or YAML. Default: by the name of the file: .json is JSON, .yaml and .yml are YAML, everything else is Dotenv. Refused without key.
	 */
	format?: 'Dotenv' | 'JSON' | 'YAML';
}
/**
 * A set of files of the repo, and what is demanded of them beyond env.
 */
export interface FileSet {
	/**
	 * Globs relative to the root, / on every platform: ** is any folders, * any text within a name, {a,b} and [ab] choices. An include with a wildcard honours .gitignore; one without names a file and wins over it, and a dotenv file or script that is named so must carry the whole env. An include that matches nothing is a finding.
	 *
	 * @minItems 1
	 * @maxItems 256
	 */
	include: FileGlob[];
	/**
	 * Globs of files to leave out, besides the defaults. Default: none.
	 *
	 * @maxItems 256
	 */
	exclude: FileGlob[];
	/**
	 * Leave out folders of other people's code: venv, .venv, site-packages, node_modules, third_party, vendor, submodules and the like. Default: true. .git and .gpupolicy are always left out.
	 */
	defaultExcludes: boolean;
	/**
	 * Ordinal that device literals must have: with 0, cuda:N becomes cuda:0. No default: absent leaves literals that name a visible device alone and reports the others. Only where the policy makes exactly one device visible, so 0 is the one value.
	 */
	deviceOrdinal?: number;
	/**
	 * Top-level Python modules whose import initialises CUDA, or may: a file that imports one of them is a GPU program and must carry the whole env. Absent: the built-in list, which may grow with a release: torch, tensorflow, jax, cupy, transformers, vllm, onnxruntime, faiss, xgboost and about 140 more. A list replaces it. A module of the repo itself with the same name shadows the library.
	 *
	 * @maxItems 256
	 */
	gpuLibraries?: string[];
}
/**
 * A Kubernetes label selector; {} selects all.
 */
export interface LabelSelector {
	/**
	 * Labels that must be present with exactly these values.
	 */
	matchLabels?: {
		[k: string]: LabelValue;
	};
	/**
	 * Further requirements; all must hold.
	 *
	 * @maxItems 32
	 */
	matchExpressions?: LabelSelectorRequirement[];
}
/**
 * One requirement on a label.
 */
export interface LabelSelectorRequirement {
	/**
	 * Label key, e.g. kubernetes.io/metadata.name.
	 */
	key: LabelKey;
	/**
	 * In and NotIn compare with values; Exists and DoesNotExist take none.
	 */
	operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
	/**
	 * Values for In and NotIn.
	 *
	 * @maxItems 64
	 */
	values?: LabelValue[];
}
/**
 * Which pods must carry env, and what happens to those that do not. Absent: pods are left alone. {} selects every pod that asks for a GPU.
 */
export interface Workloads {
	/**
	 * Namespaces by label. Default: {}, all.
	 */
	namespaceSelector: LabelSelector;
	/**
	 * Pods by label. Default: {}, all.
	 */
	podSelector: LabelSelector;
	/**
	 * Which containers of a selected pod.
	 */
	containers: ContainerScope;
	/**
	 * What is done about running pods that predate the policy.
	 */
	remediation: Remediation;
	/**
	 * What happens to a pod that would reach a GPU past the policy (its own env over ours, a GPU device mounted without a request): Warn tells the creator, Deny refuses the pod, Allow does nothing. Default: Warn.
	 */
	bypass: 'Warn' | 'Deny' | 'Allow';
	/**
	 * Pods that are left alone, each with a reason that is shown wherever the exemption counts. Default: none.
	 *
	 * @maxItems 64
	 */
	exemptions: Exemption[];
}
/**
 * Which containers of a selected pod.
 */
export interface ContainerScope {
	/**
	 * RequestingGpu: containers that ask for a GPU by a resource or a claim. All: every container. Default: RequestingGpu.
	 */
	scope: 'RequestingGpu' | 'All';
}
/**
 * What is done about running pods that predate the policy.
 */
export interface Remediation {
	/**
	 * Report names them. Restart rolls their owner. Evict uses the Eviction API, which honours disruption budgets. Default: Report.
	 */
	type: 'Report' | 'Restart' | 'Evict';
	/**
	 * How many pods may be down at once because of us: an integer of at least 1, or a percentage of the selected pods (10%), rounded up. Default: 1.
	 */
	maxUnavailable: number | string;
	/**
	 * Wait between two remediations, a duration. Default: 30s.
	 */
	pause: Duration;
}
/**
 * Pods that are left alone. Both selectors must match; an absent one matches all.
 */
export interface Exemption {
	/**
	 * Namespaces by label. Absent: all.
	 */
	namespaceSelector?: LabelSelector;
	/**
	 * Pods by label. Absent: all.
	 */
	podSelector?: LabelSelector;
	/**
	 * Why, for people: a sentence, a ticket.
	 */
	reason: string;
}
/**
 * Which nodes are validated through NVML. Absent: nodes are left alone. {} selects every node.
 */
export interface Nodes {
	/**
	 * Nodes by label. Default: {}, all.
	 */
	selector: LabelSelector;
	/**
	 * What is done about a node that exposes a forbidden device: Report sets the condition, Taint also taints the node. Default: Report.
	 */
	onForbiddenDevice: 'Report' | 'Taint';
	/**
	 * The taint that onForbiddenDevice: Taint sets.
	 */
	taint: NodeTaint;
}
/**
 * The taint that onForbiddenDevice: Taint sets.
 */
export interface NodeTaint {
	/**
	 * Key of the taint. Default: gpupolicy.dev/forbidden-device.
	 */
	key: LabelKey;
	/**
	 * Value of the taint. Default: none.
	 */
	value?: LabelValue;
	/**
	 * NoSchedule or PreferNoSchedule. NoExecute is refused: it would kill every pod of the node at once, past every budget. Default: NoSchedule.
	 */
	effect: 'NoSchedule' | 'PreferNoSchedule';
}
/**
 * One proof. Exactly one of nvml, exec, http, file, performance and memory.
 */
export interface Proof {
	/**
	 * Name of the proof, unique in the policy: lower-case letters, digits and -.
	 */
	name: string;
	/**
	 * Time limit of one run, a duration. Default: 60s.
	 */
	timeout: Duration;
	/**
	 * Device facts, read through NVML.
	 */
	nvml?: NvmlProof;
	/**
	 * A command that must exit as expected and print the line that says so.
	 */
	exec?: ExecProof;
	/**
	 * A request that must be answered as expected.
	 */
	http?: HttpProof;
	/**
	 * An artefact that must be there, and fresh.
	 */
	file?: FileProof;
	/**
	 * A command whose time is compared with its recorded baseline.
	 */
	performance?: PerformanceProof;
	/**
	 * Device memory that is left in use afterwards.
	 */
	memory?: MemoryProof;
}
/**
 * Device facts, read through NVML.
 */
export interface NvmlProof {
	/**
	 * Criteria that every allowed device must meet.
	 */
	match?: DeviceMatcher;
	/**
	 * Least number of allowed devices. Default: 1.
	 */
	minDevices: number;
	/**
	 * Lowest driver version, quoted: "580.65".
	 */
	minDriverVersion?: string;
}
/**
 * A command that must exit as expected and print the line that says so.
 */
export interface ExecProof {
	/**
	 * Program and arguments. No shell is involved: nothing is expanded.
	 */
	command: Command;
	/**
	 * Text that must appear within one line of its output.
	 */
	line: string;
	/**
	 * Exit code that it must have. Default: 0.
	 */
	exitCode: number;
}
/**
 * A request that must be answered as expected.
 */
export interface HttpProof {
	/**
	 * http or https URL.
	 */
	url: string;
	/**
	 * Status code of the answer. Default: 200.
	 */
	status: number;
	/**
	 * Text that the body must hold. Absent: any body.
	 */
	body?: string;
}
/**
 * An artefact that must be there, and fresh.
 */
export interface FileProof {
	/**
	 * The file, relative to the root.
	 */
	path: RelativePath;
	/**
	 * Oldest that it may be, a duration. Absent: any age.
	 */
	maxAge?: Duration;
	/**
	 * Least size in bytes, as a quantity. Default: 1.
	 */
	minSize: Quantity;
}
/**
 * A command whose time is compared with its recorded baseline.
 */
export interface PerformanceProof {
	/**
	 * Program and arguments. No shell is involved: nothing is expanded.
	 */
	command: Command;
	/**
	 * How much slower than the baseline it may be, a percentage. Default: 2%.
	 */
	maxLoss: string;
	/**
	 * How often it runs; the median counts. Default: 5.
	 */
	runs: number;
}
/**
 * Device memory that is left in use afterwards.
 */
export interface MemoryProof {
	/**
	 * Most bytes that may be left in use on an allowed device, as a quantity. Default: 100Mi.
	 */
	maxLeft: Quantity;
}
/**
 * What was observed. Written by the controller, or kept locally under .gpupolicy; never read from a manifest.
 */
export interface GpuPolicyStatus {
	/**
	 * metadata.generation that this status speaks of.
	 */
	observedGeneration?: number;
	/**
	 * Digest of the spec that this status speaks of.
	 */
	digest?: Digest;
	/**
	 * Conditions by type.
	 */
	conditions?: Conditions;
	/**
	 * Files, by state. Local only: a cluster never converges files.
	 */
	files?: FilesStatus;
	/**
	 * Pods, by state.
	 */
	workloads?: WorkloadsStatus;
	/**
	 * How the policy reaches new pods.
	 */
	admission?: AdmissionStatus;
	/**
	 * Nodes, by verdict.
	 */
	nodes?: NodesStatus;
	/**
	 * The last five outcomes, newest first.
	 *
	 * @maxItems 5
	 */
	lastOutcomes?: Outcome[];
}
/**
 * One condition, as in metav1.Condition.
 */
export interface Condition {
	/**
	 * Type of the condition, e.g. Ready.
	 */
	type: string;
	/**
	 * True, False or Unknown.
	 */
	status: 'True' | 'False' | 'Unknown';
	/**
	 * metadata.generation that the condition speaks of.
	 */
	observedGeneration?: number;
	/**
	 * When status changed last, RFC 3339.
	 */
	lastTransitionTime: string;
	/**
	 * Why, one of the documented reasons.
	 */
	reason: string;
	/**
	 * The evidence: what was read, where and when.
	 */
	message: string;
}
/**
 * One thing that is not as the policy demands.
 */
export interface Violation {
	/**
	 * Where: path:line:column of a file, namespace/pod/container, or node/device.
	 */
	place: string;
	/**
	 * Rule id, e.g. env/late; `gpupolicy explain` prints its page.
	 */
	rule: string;
	/**
	 * What is wrong. Never holds a secret.
	 */
	message: string;
}
/**
 * Files, by state. Local only: a cluster never converges files.
 */
export interface FilesStatus {
	/**
	 * Compliant of governed, e.g. 37/40.
	 */
	summary: string;
	/**
	 * Files that the policy includes.
	 */
	matched: number;
	/**
	 * Matched files that the policy has something to say about: they run GPU code, or set one of its variables, or name a device.
	 */
	governed: number;
	/**
	 * Governed files in order.
	 */
	compliant: number;
	/**
	 * Files written by the last pass.
	 */
	changed: number;
	/**
	 * Files left as they are, because they need a person.
	 */
	refused: number;
	/**
	 * The first 20 violations.
	 */
	violations?: Violations;
}
/**
 * Pods, by state.
 */
export interface WorkloadsStatus {
	/**
	 * Compliant of selected, e.g. 118/120.
	 */
	summary: string;
	/**
	 * Pods that the policy selects.
	 */
	selected: number;
	/**
	 * Pods in order.
	 */
	compliant: number;
	/**
	 * Pods that predate the policy.
	 */
	restartRequired: number;
	/**
	 * Pods that no replacement would make comply, such as static pods.
	 */
	unmanaged: number;
	/**
	 * The first 20 violations.
	 */
	violations?: Violations;
}
/**
 * How the policy reaches new pods.
 */
export interface AdmissionStatus {
	/**
	 * How env gets into pods: AdmissionPolicy (in the API server), Webhook, ValidationOnly, or Off.
	 */
	mode: 'AdmissionPolicy' | 'Webhook' | 'ValidationOnly' | 'Off';
	/**
	 * API version used, e.g. admissionregistration.k8s.io/v1.
	 */
	apiVersion?: string;
	/**
	 * Digest that the last probe was answered with.
	 */
	digest?: Digest;
	/**
	 * Time of the last probe, RFC 3339.
	 */
	lastProbeTime?: string;
}
/**
 * Nodes, by verdict.
 */
export interface NodesStatus {
	/**
	 * Compliant of total, e.g. 3/4.
	 */
	summary: string;
	/**
	 * Nodes that the policy selects.
	 */
	total: number;
	/**
	 * Nodes that expose no forbidden device.
	 */
	compliant: number;
	/**
	 * Nodes that could not be read: neither compliant nor not.
	 */
	unknown: number;
	/**
	 * The first 20 violations.
	 */
	violations?: Violations;
}
/**
 * How one reconcile ended.
 */
export interface Outcome {
	/**
	 * Digest of the spec that was applied.
	 */
	digest: Digest;
	/**
	 * metadata.generation at that time.
	 */
	generation?: number;
	/**
	 * When it ended, RFC 3339.
	 */
	at: string;
	/**
	 * Reason of Ready at that time.
	 */
	reason: string;
	/**
	 * What was done, in one line.
	 */
	message?: string;
}
/**
 * What was observed on the node.
 */
export interface GpuNodeReportStatus {
	/**
	 * When the devices were read last, RFC 3339. A heartbeat: it moves also when nothing else changed.
	 */
	observedAt?: string;
	/**
	 * Allowed devices of all devices, over every policy, e.g. 1/2.
	 */
	summary?: string;
	/**
	 * Version of the agent.
	 */
	agentVersion?: string;
	/**
	 * Where the facts come from.
	 */
	source?: ReportSource;
	/**
	 * All devices of the node, by UUID.
	 *
	 * @maxItems 64
	 */
	devices?: ReportedDevice[];
	/**
	 * Processes that hold a device; at most the first 128, those on forbidden devices first.
	 *
	 * @maxItems 128
	 */
	processes?: ReportedProcess[];
	/**
	 * The verdict of each policy that selects the node, by name.
	 *
	 * @maxItems 64
	 */
	policies?: PolicyVerdict[];
	/**
	 * How many there were that the report has no room for.
	 */
	omitted?: ReportOmissions;
	/**
	 * What could not be read, and why, a sentence each.
	 *
	 * @maxItems 16
	 */
	unread?: string[];
	/**
	 * Conditions by type.
	 */
	conditions?: Conditions;
}
/**
 * Where the facts come from.
 */
export interface ReportSource {
	/**
	 * NVML, nvidia-smi, recorded, or sysfs for a node without any NVIDIA hardware.
	 */
	kind: 'NVML' | 'nvidia-smi' | 'recorded' | 'sysfs';
	/**
	 * Driver version, e.g. 580.65.06.
	 */
	driverVersion?: string;
	/**
	 * Highest CUDA version that the driver supports, e.g. 13.0.
	 */
	cudaVersion?: string;
}
/**
 * One physical device.
 */
export interface ReportedDevice {
	/**
	 * Full UUID, GPU-….
	 */
	uuid: string;
	/**
	 * Position in PCI bus order.
	 */
	index: number;
	/**
	 * Product name as NVML prints it.
	 */
	productName: string;
	/**
	 * PCI address as NVML prints it, 00000000:01:00.0.
	 */
	pciBusId?: string;
	/**
	 * PCI device and vendor id, 0x220410DE.
	 */
	pciDeviceId?: string;
	/**
	 * Whole device memory in bytes.
	 */
	memoryBytes?: number;
	/**
	 * Device memory in use, in bytes. Absent where the driver does not tell.
	 */
	usedMemoryBytes?: number;
	/**
	 * CUDA compute capability, major.minor.
	 */
	computeCapability?: string;
	/**
	 * MIG mode; NotSupported where the device does not know it.
	 */
	mig?: 'Enabled' | 'Disabled' | 'NotSupported';
	/**
	 * MIG devices on it; at most 16.
	 *
	 * @maxItems 16
	 */
	migDevices?: ReportedMigDevice[];
	/**
	 * Error correction. Absent where the device has none.
	 */
	ecc?: ReportedEcc;
	/**
	 * XID errors since the agent began to listen, the last 16 at most, oldest first. Absent where the driver tells of none.
	 *
	 * @maxItems 16
	 */
	xids?: number[];
	/**
	 * How many XID errors there were since the agent began to listen.
	 */
	xidCount?: number;
	/**
	 * Why its clocks are held down now, by the names of NVML: SwPowerCap. Absent where the driver does not tell.
	 *
	 * @maxItems 16
	 */
	throttleReasons?: string[];
	/**
	 * Why it no longer answers. Absent where it does.
	 */
	lost?: string;
	/**
	 * Processes that hold it. Absent where the driver does not list them, which is not none.
	 */
	processCount?: number;
	/**
	 * Exposed: a process or pod holds it, or the kubelet lists it as allocatable. NotExposed: present only. Unknown: could not be told.
	 */
	exposure?: 'Exposed' | 'NotExposed' | 'Unknown';
	/**
	 * What exposes it, or why that could not be told: pid 4242 (python) of ml/train-0, allocatable as nvidia.com/gpu.
	 */
	exposedBy?: string;
	/**
	 * What is wrong with the device (XID codes, lost), empty where nothing is.
	 */
	health?: string;
}
/**
 * A process that holds a device.
 */
export interface ReportedProcess {
	/**
	 * Process id on the host.
	 */
	pid: number;
	/**
	 * When it started, in clock ticks since boot (field 22 of /proc/PID/stat). With the pid it names one process for good. Absent where /proc does not show it.
	 */
	startTime?: string;
	/**
	 * Device that NVML shows it on.
	 */
	deviceUuid: string;
	/**
	 * Name of the program.
	 */
	name?: string;
	/**
	 * Device memory of the process, in bytes. Absent where the driver does not tell.
	 */
	usedMemoryBytes?: number;
	/**
	 * Namespace of its pod. Absent for a process of no pod.
	 */
	namespace?: string;
	/**
	 * Its pod.
	 */
	pod?: string;
	/**
	 * Its container.
	 */
	container?: string;
	/**
	 * UID of its pod, as its control group names it.
	 */
	podUid?: string;
	/**
	 * Id of its container, as its control group names it.
	 */
	containerId?: string;
	/**
	 * Why its container or environment is unknown. Absent where both could be read.
	 */
	unread?: string;
	/**
	 * What each policy that selects the node says of it, by name; at most 16.
	 *
	 * @maxItems 16
	 */
	verdicts?: ProcessVerdict[];
}
/**
 * The verdict of one policy on the node.
 */
export interface PolicyVerdict {
	/**
	 * Name of the policy.
	 */
	name: string;
	/**
	 * Digest of the policy that was judged by.
	 */
	digest: Digest;
	/**
	 * Compliant, NonCompliant or Unknown. Unknown is not compliant and not the opposite.
	 */
	verdict: 'Compliant' | 'NonCompliant' | 'Unknown';
	/**
	 * Why, one of the documented reasons of NodesValidated.
	 */
	reason?: string;
	/**
	 * The evidence.
	 */
	message?: string;
	/**
	 * The verdict on each device, by UUID.
	 *
	 * @maxItems 64
	 */
	devices?: DeviceVerdict[];
	/**
	 * Processes on devices that the policy forbids.
	 */
	processesOnForbidden?: number;
	/**
	 * Processes of containers that the policy selects whose environment at start is not as it demands.
	 */
	environmentsDeviating?: number;
}
/**
 * Whether the policy allows one device.
 */
export interface DeviceVerdict {
	/**
	 * Full UUID of the device.
	 */
	uuid: string;
	/**
	 * Allowed, Forbidden or Unknown.
	 */
	verdict: 'Allowed' | 'Forbidden' | 'Unknown';
	/**
	 * Which entry decided: deny[0] productName, matches no allow entry.
	 */
	because?: string;
}
/**
 * How many there were that the report has no room for.
 */
export interface ReportOmissions {
	/**
	 * Devices left out.
	 */
	devices?: number;
	/**
	 * Processes left out; those on forbidden devices are the last to be.
	 */
	processes?: number;
	/**
	 * Policies left out.
	 */
	policies?: number;
}
/**
 * One MIG device.
 */
export interface ReportedMigDevice {
	/**
	 * Full UUID, MIG-….
	 */
	uuid: string;
	/**
	 * Profile as the driver prints it, 1g.10gb.
	 */
	profile?: string;
	/**
	 * Its memory in bytes.
	 */
	memoryBytes?: number;
}
/**
 * Error correction. Absent where the device has none.
 */
export interface ReportedEcc {
	/**
	 * Whether it is on.
	 */
	enabled: boolean;
	/**
	 * Uncorrected errors since the driver was loaded.
	 */
	uncorrected?: number;
}
/**
 * What one policy says of a process.
 */
export interface ProcessVerdict {
	/**
	 * Name of the policy.
	 */
	policy: string;
	/**
	 * Of the device that NVML shows it on: Allowed, Forbidden or Unknown.
	 */
	verdict: 'Allowed' | 'Forbidden' | 'Unknown';
	/**
	 * Its environment at start: Right; Deviating, in a container that the policy selects; Unknown where it could not be read, or where the program may set it itself. Absent where the policy demands none.
	 */
	environment?: 'Right' | 'Deviating' | 'Unknown';
	/**
	 * What the verdict on the environment rests on.
	 */
	because?: string;
}
