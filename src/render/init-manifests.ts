import type { DeviceVerdict } from '../core/desired/device-selection.ts';
import { renderYaml } from './yaml.ts';

/** What a new policy says besides the text that is the same in every one. */
export interface PolicyDraft {
	readonly name: string;
	readonly mode: 'Audit' | 'Enforce';
	/** `spec.devices`; absent: none are selected. */
	readonly devices: object | undefined;
	/** Why these, where the choice was not the user's. */
	readonly choice: string | null;
	/** What the policy says of each device; `null` where they are unknown. */
	readonly verdicts: readonly DeviceVerdict[] | null;
	/** Who read the devices: `NVML 580.65.06 at …`; where they are unknown, why. */
	readonly evidence: string;
	/** How CUDA_VISIBLE_DEVICES names the devices, or why it is left out. */
	readonly visible: { readonly as: 'Index' | 'UUID' } | { readonly missing: string };
	readonly include: readonly string[];
	/** Exactly one device is visible. */
	readonly oneDevice: boolean;
}

const allocator = 'max_split_size_mb:1024';

/** A comment line; whatever a driver or a file's name says stays on it. */
function comment(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters and line ends are what is replaced
	return `# ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, ' ')}`.trimEnd();
}

/** `gpupolicy.yaml` with comments for the person who will edit it. */
export function renderNewPolicy(draft: PolicyDraft): string {
	const lines = [
		comment(
			'Which GPUs may be used here, and what every GPU program must carry. gpupolicy explain gpupolicy.spec explains each field.',
		),
		'apiVersion: gpupolicy.dev/v1alpha1',
		'kind: GpuPolicy',
		'metadata:',
		`  name: ${draft.name}`,
		'spec:',
		...(draft.mode === 'Audit'
			? ['  # Audit changes nothing and reports everything. Enforce lets gpupolicy reconcile write.', '  mode: Audit']
			: ['  # Enforce lets gpupolicy reconcile write. Audit changes nothing and reports everything.', '  mode: Enforce']),
		...deviceLines(draft),
		...environmentLines(draft),
		...fileLines(draft),
	];
	return `${lines.join('\n')}\n`;
}

function deviceLines({ devices, choice, verdicts, evidence }: PolicyDraft): string[] {
	const notes =
		verdicts === null
			? [`The devices are unknown: ${evidence}`]
			: [
					`${evidence}:`,
					...verdicts.map(
						({ device, reason }) =>
							`  ${device.index}  ${device.productName}  ${memory(device.memoryBytes)}  ${device.pciBusId}  ${reason}`,
					),
				];
	const said = [...notes, ...(choice === null ? [] : [choice])].map((line) => `  ${comment(line)}`);
	if (devices === undefined) {
		return [
			...said,
			'  # devices:',
			'  #   allow:',
			'  #     - productName: NVIDIA GeForce RTX 3090 # as nvidia-smi -L prints it',
		];
	}
	return [...said, ...indented(renderYaml({ devices }))];
}

function environmentLines({ visible }: PolicyDraft): string[] {
	return [
		'  env:',
		'    # Numbers devices as nvidia-smi does; without it CUDA counts the fastest first.',
		'    - name: CUDA_DEVICE_ORDER',
		'      value: PCI_BUS_ID',
		...('missing' in visible
			? [`    ${comment(`CUDA_VISIBLE_DEVICES is left out: ${visible.missing}`)}`]
			: [
					'    # The allowed devices, from gpupolicy.inventory.yaml beside this file; the live devices verify it.',
					'    - name: CUDA_VISIBLE_DEVICES',
					`      valueFrom: { devices: { as: ${visible.as} } }`,
				]),
		'    # torch 2.9 renamed the first to the second; with both, every version reads one.',
		'    - name: PYTORCH_CUDA_ALLOC_CONF',
		`      value: ${allocator}`,
		'    - name: PYTORCH_ALLOC_CONF',
		`      value: ${allocator}`,
	];
}

function fileLines({ include, oneDevice }: PolicyDraft): string[] {
	if (include.length === 0) {
		return [
			'  # Nothing here matches yet; an include that matches nothing is a finding.',
			'  # files:',
			'  #   - include: ["**/*.py"]',
		];
	}
	return [
		'  files:',
		'    - include:',
		...include.map((glob) => `        - ${JSON.stringify(glob)}`),
		...(oneDevice
			? ['      # One device is visible, so every program sees it as ordinal 0: cuda:N becomes cuda:0.', '      deviceOrdinal: 0']
			: []),
	];
}

/** `gpupolicy.inventory.yaml`. */
export function renderNewInventory(manifest: object): string {
	return [
		comment('The GPUs that the policy beside this file rests on, on every machine. Commit it.'),
		comment('When a card is added or moved: gpupolicy inventory -o yaml > gpupolicy.inventory.yaml'),
		renderYaml(manifest),
	].join('\n');
}

function indented(text: string): string[] {
	return text
		.trimEnd()
		.split('\n')
		.map((line) => `  ${line}`);
}

function memory(bytes: number | null): string {
	return bytes === null ? '-' : `${(bytes / 2 ** 30).toFixed(1).replace(/\.0$/, '')} GiB`;
}
