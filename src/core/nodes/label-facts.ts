import type { DeviceCriteria } from '../desired/device-criteria.ts';
import type { DeviceSelector } from '../desired/device-selection.ts';
import type { Labels } from '../workloads/label-selector.ts';
import { type Exposure, type KnownFacts, type NodeFacts, observe, partialDevice } from './facts.ts';
import type { ClusterNode } from './node.ts';

const prefix = 'nvidia.com/';

/**
 * Facts of GPU feature discovery. It labels one product a node, and counts the devices of that product only: a node with several cards is
 * known to be of one kind only where the kubelet counts as many GPUs. `null` where the node has no such labels.
 */
export function labelFacts({ labels, gpus }: Pick<ClusterNode, 'labels' | 'gpus'>): NodeFacts | null {
	const product = labels[`${prefix}gpu.product`];
	if (product === undefined) return null;
	const unreadable = (message: string): NodeFacts => ({ state: 'missing', why: 'Unreadable', source: 'NodeLabels', message });
	if (/-MIG-INVALID/.test(product)) return unreadable(`GPU feature discovery calls the MIG configuration invalid: ${product}`);
	const count = number(labels, 'gpu.count');
	if (count === null || count < 1) return unreadable(`GPU feature discovery tells no number of devices for ${product}`);
	const copies = count * (number(labels, 'gpu.replicas') || 1);
	const partitioned = /-MIG-/.test(product);
	return {
		state: 'known',
		source: 'NodeLabels',
		through: `labels of GPU feature discovery (count ${count})`,
		devices: [observe(device(labels, product, partitioned), exposureOf(gpus, copies))],
		verdicts: new Map(),
		namesAsLabels: true,
		others: othersOf(gpus, count, copies, partitioned) ?? untoldOf(gpus, labels, product),
		denyUnknown: count > 1 ? `${count} devices share one product label` : null,
	};
}

function device(labels: Labels, product: string, partitioned: boolean): KnownFacts['devices'][number]['device'] {
	const memory = number(labels, 'gpu.memory');
	const major = number(labels, 'gpu.compute.major');
	const minor = number(labels, 'gpu.compute.minor');
	const incapable = labels[`${prefix}mig.capable`] === 'false';
	return partialDevice(0, {
		productName: productAsLabel(product),
		// Of a MIG device it is the partition's.
		memoryBytes: partitioned || !memory ? null : memory * 2 ** 20,
		computeCapability: major === null || minor === null ? null : `${major}.${minor}`,
		mig: { enabled: partitioned ? true : incapable ? null : false, children: [] },
		unread: partitioned || incapable ? {} : { mig: 'not in the labels' },
	});
}

/** A device of the product is offered where the kubelet offers more than all that can be of other products. */
function exposureOf(gpus: ClusterNode['gpus'], copies: number): Exposure {
	return gpus !== null && gpus.allocatable > Math.max(0, gpus.capacity - copies) ? 'Exposed' : 'Unknown';
}

function othersOf(gpus: ClusterNode['gpus'], count: number, copies: number, partitioned: boolean): string | null {
	if (gpus !== null && gpus.capacity > copies)
		return `the labels tell of ${copies} of the ${gpus.capacity} GPUs that the kubelet counts`;
	if (partitioned && count > 1) return 'the labels count MIG devices, not the cards that hold them';
	if (gpus?.capacity === copies) return null;
	const counted = gpus === null ? 'none' : `${gpus.capacity}`;
	return `the labels tell of ${copies} of one product and the kubelet counts ${counted}, so that other cards may stand beside them`;
}

/** What is counted under other names may be of other cards, unless its own label names the same product. */
function untoldOf(gpus: ClusterNode['gpus'], labels: Labels, product: string): string | null {
	const untold = gpus?.others?.find((name) => productAsLabel(labels[`${name}.product`] ?? '') !== productAsLabel(product));
	return untold === undefined ? null : `the kubelet counts ${untold} too, of which the labels do not tell whose it is`;
}

function number(labels: Labels, name: string): number | null {
	const text = labels[prefix + name];
	return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** A product name as a label value: blanks are `-`, what a label cannot hold is left out, so are the suffixes of shared and MIG devices. */
export function productAsLabel(name: string): string {
	return asLabel(name)
		.replace(/-MIG-[0-9A-Za-z.+]+$/, '')
		.replace(/-SHARED$/, '')
		.replace(/-MIG-[0-9A-Za-z.+]+$/, '');
}

function asLabel(text: string, kept = ''): string {
	return text
		.trim()
		.replaceAll(/\s+/g, '-')
		.replaceAll(new RegExp(`[^A-Za-z0-9_.\\-${kept}]`, 'g'), '');
}

/** The criteria with product names as labels write them; one object for one selector. */
export function selectorAsLabels(selector: DeviceSelector): DeviceSelector {
	const known = asLabels.get(selector);
	if (known) return known;
	const entry = (criteria: DeviceCriteria): DeviceCriteria => ({
		...criteria,
		...(criteria.productName === undefined ? {} : { productName: productAsLabel(criteria.productName) }),
		...(criteria.productNamePattern === undefined ? {} : { productNamePattern: asLabel(criteria.productNamePattern, '*?') }),
	});
	const written = {
		...(selector.allow ? { allow: selector.allow.map(entry) } : {}),
		...(selector.deny ? { deny: selector.deny.map(entry) } : {}),
	};
	asLabels.set(selector, written);
	return written;
}

const asLabels = new WeakMap<DeviceSelector, DeviceSelector>();
