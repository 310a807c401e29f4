import path from 'node:path';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { type DeviceVerdict, judgeDevices } from '../core/desired/device-selection.ts';
import { initialSelection } from '../core/desired/initial-selection.ts';
import { visibleDevices } from '../core/desired/visible-devices.ts';
import { type Fact, type UnknownReason, unknown } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import { liveInventory, recordedSource, toInventoryManifest } from '../gpu/index.ts';
import { createFiles, type NewFile } from '../host/create-files.ts';
import { openWorktree } from '../host/files/open-worktree.ts';
import { didYouMean, parseManifest } from '../manifest/index.ts';
import { type PolicyDraft, renderNewInventory, renderNewPolicy } from '../render/init-manifests.ts';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { locateRoot } from './locate-root.ts';
import { inventoryFileName } from './recorded-inventory.ts';

export interface InitFlags {
	readonly directory?: string | undefined;
	/** A recorded inventory, relative to the current directory; absent: the live devices. */
	readonly inventory?: string | undefined;
	readonly allow: readonly string[];
	readonly deny: readonly string[];
	readonly mode: 'Audit' | 'Enforce';
	readonly force: boolean;
	readonly dryRun: boolean;
	readonly timeoutMs: number;
}

/** A device and what the new policy says of it. */
export interface InitDevice {
	readonly index: number;
	readonly uuid: string;
	readonly productName: string;
	readonly memoryBytes: number | null;
	readonly verdict: DeviceVerdict['verdict'];
	readonly reason: string;
}

/** What `init` made, or would make. */
export interface InitResult {
	readonly root: string;
	/** What was written; with `--dry-run` what would be. */
	readonly files: readonly { readonly path: string; readonly text: string }[];
	readonly policy: GpuPolicy;
	readonly devices:
		| { readonly state: 'known'; readonly source: string; readonly at: string; readonly list: readonly InitDevice[] }
		| { readonly state: 'unknown'; readonly reason: UnknownReason; readonly message: string };
	/** Why these devices are allowed, where nobody named any. */
	readonly choice: string | null;
	readonly warnings: readonly string[];
}

const policyFileName = 'gpupolicy.yaml';

/** What a new policy may include; only what matches something now is written into it. */
const candidates: readonly string[] = [
	'**/*.py',
	'.env',
	'**/compose*.yaml',
	'**/compose*.yml',
	'**/docker-compose*.yaml',
	'**/docker-compose*.yml',
	'**/Dockerfile',
	'**/*.sh',
];

/** Writes a first policy, and beside it the inventory of the devices that it rests on. */
export async function initPolicy(flags: InitFlags): Promise<InitResult> {
	const root = locateRoot(flags.directory);
	const fact = await readDevices(flags);
	const inventory = fact.state === 'known' ? fact.value : null;
	const { devices, choice, unmatched } = initialSelection(flags, inventory);
	const verdicts = inventory === null ? null : judgeDevices(devices, inventory);
	const visible = visibleOf(verdicts, fact);
	const text = renderNewPolicy({
		name: nameOf(devices?.allow?.[0]),
		mode: flags.mode,
		devices,
		choice,
		verdicts,
		evidence: fact.state === 'known' ? `${sourceOf(fact.source, flags.inventory)} at ${fact.at}` : fact.message,
		visible,
		include: presentIncludes(root),
		oneDevice: !('missing' in visible) && verdicts?.filter(({ verdict }) => verdict === 'allowed').length === 1,
	});
	const { policy, warnings } = proven(text);
	const files: NewFile[] = [
		...(inventory === null || isTheInventory(root, flags.inventory)
			? []
			: [{ name: inventoryFileName, text: renderNewInventory(toInventoryManifest(inventory, { readings: false })) }]),
		{ name: policyFileName, text },
	];
	if (!flags.dryRun) createFiles(root, files, { replace: flags.force });
	return {
		root,
		files: files.map(({ name, text: content }) => ({ path: name, text: content })).reverse(),
		policy,
		devices:
			fact.state === 'known'
				? { state: 'known', source: fact.source, at: fact.at, list: (verdicts ?? []).map(shown) }
				: { state: 'unknown', reason: fact.reason, message: fact.message },
		choice,
		warnings: [...unmatched.map(unmatchedWarning), ...warnings, ...noneAllowed(verdicts)],
	};
}

/** A machine without a GPU, or with one that does not answer, tells nothing about the devices that the policy is for. */
async function readDevices({ inventory, timeoutMs }: InitFlags): Promise<Fact<Inventory>> {
	const source = inventory === undefined ? liveInventory() : recordedSource(path.resolve(inventory), inventory);
	try {
		const fact = await source.observe({ timeoutMs });
		if (fact.state === 'unknown' && inventory !== undefined) {
			throw new CodedError('GP2014', `the inventory cannot be used: ${fact.message}`, {
				hint: 'name another with --inventory, or leave it out to read the devices; nothing was written',
				exit: exitCodes.unknown,
			});
		}
		if (fact.state === 'unknown') return fact;
		if (fact.value.devices.length === 0) return unknown('NoSource', `${fact.source} lists no GPU`);
		const lost = fact.value.devices.find((device) => device.lost !== null);
		if (lost) return unknown('SourceFailed', `device ${lost.index} ${lost.productName} is lost: ${lost.lost}`);
		return fact;
	} finally {
		await source.close();
	}
}

/** Who read the devices, without a path that only this machine has. */
function sourceOf(source: string, inventory: string | undefined): string {
	return inventory === undefined ? source : `recorded ${path.basename(inventory)}`;
}

/** By index where indexes hold, else by UUID (MIG mode on another device), else not at all. */
function visibleOf(verdicts: readonly DeviceVerdict[] | null, fact: Fact<Inventory>): PolicyDraft['visible'] {
	if (verdicts === null) return { missing: fact.state === 'unknown' ? fact.message : 'the devices are unknown' };
	const byIndex = visibleDevices(verdicts, 'Index');
	if (byIndex.state === 'known' || byIndex.reason === 'NoneAllowed') return { as: 'Index' };
	const byUuid = visibleDevices(verdicts, 'UUID');
	return byUuid.state === 'known' ? { as: 'UUID' } : { missing: byUuid.message };
}

/** `rtx-3090-only`; `gpus` where the policy allows no device by name. */
function nameOf(
	entry: { readonly productName?: string | undefined; readonly productNamePattern?: string | undefined } | undefined,
): string {
	const slug = (entry?.productName ?? entry?.productNamePattern ?? '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-?(?:nvidia-)?(?:geforce-)?|-$/g, '')
		.slice(0, 57)
		.replace(/-+$/, '');
	return slug === '' ? 'gpus' : `${slug}-only`;
}

function presentIncludes(root: string): string[] {
	const survey = openWorktree(root).survey([{ include: candidates, exclude: [], defaultExcludes: true }], '');
	const absent = new Set(survey.unmatched.map(({ include }) => include));
	return candidates.filter((include) => !absent.has(include));
}

/** The policy as it will be read; refused where it would not be valid, as with one name both allowed and denied. */
function proven(text: string): { readonly policy: GpuPolicy; readonly warnings: readonly string[] } {
	const { policies, diagnostics } = parseManifest(text, policyFileName);
	const policy = policies[0]?.policy;
	const [first] = diagnostics.filter(({ severity }) => severity === 'error');
	if (first || policy === undefined) {
		throw new CodedError(
			'GP2012',
			`the policy would not be valid: ${first ? `${first.path}: ${first.message}` : 'it is empty'}`,
			{
				hint: first?.hint ?? 'change --allow or --deny',
				exit: exitCodes.usage,
			},
		);
	}
	return { policy, warnings: diagnostics.map(({ path: field, message, hint }) => `${field}: ${message}; ${hint}`) };
}

function isTheInventory(root: string, named: string | undefined): boolean {
	return named !== undefined && path.resolve(named) === path.join(root, inventoryFileName);
}

function shown({ device, verdict, reason }: DeviceVerdict): InitDevice {
	const { index, uuid, productName, memoryBytes } = device;
	return { index, uuid, productName, memoryBytes, verdict, reason };
}

function unmatchedWarning({ flag, name, known }: { flag: string; name: string; known: readonly string[] }): string {
	const near = didYouMean(name, known);
	const all = `the devices are ${known.map((product) => JSON.stringify(product)).join(', ')}`;
	return `--${flag} ${JSON.stringify(name)} matches no device; ${near === undefined ? all : `did you mean ${JSON.stringify(near)}?`}`;
}

function noneAllowed(verdicts: readonly DeviceVerdict[] | null): string[] {
	return verdicts?.every(({ verdict }) => verdict === 'forbidden') ? ['no device here would be allowed'] : [];
}
