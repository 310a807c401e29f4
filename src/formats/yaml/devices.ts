import type { Node, Scalar } from 'yaml';
import yaml from 'yaml';
import { mayNameDevice } from '../text/device.ts';
import { scalarRange } from './environment.ts';
import type { DeviceModel, Site } from './model.ts';
import { keyText, type MapNode, type SeqNode } from './tree.ts';

/** `cuda:1` alone, or as the value of a flag or variable: `--device=cuda:1`. */
const exact = /^(?:(-{0,2}[A-Za-z_][\w.-]*)=)?cuda:(\d{1,3})$/;

/** Keys whose value names an image, a job or a service: `container: cuda:12` is a version. */
const otherNames = /^(?:containers?|name|services?|uses|runs-on|labels?)$/i;

/** Every scalar value that is exactly a device. Keys, sentences and shell lines are left alone. */
export function readDevices(site: Site): DeviceModel[] {
	const found: DeviceModel[] = [];
	const visit = (node: Node | null, keys: readonly string[]): void => {
		if (yaml.isScalar(node)) found.push(...deviceIn(site, node, keys));
		else if (yaml.isSeq(node)) {
			for (const item of (node as SeqNode).items) visit(item, keys);
		} else if (yaml.isMap(node)) {
			const name = site.tree.string((node as MapNode).get('name', true));
			for (const pair of (node as MapNode).items) {
				const key = keyText(pair.key) ?? '';
				visit(pair.value, [...keys, key === 'value' && name !== null ? name : key]);
			}
		}
	};
	visit(site.tree.document.contents, []);
	return severalInOne(site, found);
}

function deviceIn(site: Site, node: Scalar, keys: readonly string[]): DeviceModel[] {
	const match = typeof node.value === 'string' ? exact.exec(node.value) : null;
	if (match === null) return [];
	const key = match[1] ?? keys.at(-1) ?? '';
	if (!mayNameDevice(key) || otherNames.test(key) || keys.some((each) => /^images?$/i.test(each))) return [];
	const digits = match[2] ?? '';
	const [from, to] = scalarRange(site.text, node);
	const raw = site.text.slice(from, to);
	const at = raw.lastIndexOf(`cuda:${digits}`);
	if (at < 0 || raw.includes('\n')) return [];
	const start = from + at + 'cuda:'.length;
	const end = start + digits.length;
	const device = { ordinal: Number(digits), ordinalSpan: site.span(start, end), span: site.span(from, to), text: raw };
	const map = keys.find((each) => /device_?map$/i.test(each));
	return [{ device, node, range: [start, end], inMap: map !== undefined }];
}

/** A list or a device_map that names several devices spreads work over them: which one remains is a person's decision. */
function severalInOne(site: Site, found: readonly DeviceModel[]): DeviceModel[] {
	const several = new Set<Node>();
	const note = (items: readonly (Node | null)[]): void => {
		const inside = found.filter(({ node }) => items.includes(node));
		if (new Set(inside.map(({ device }) => device.ordinal)).size > 1) for (const { node } of inside) several.add(node);
	};
	if (found.length > 1) yaml.visit(site.tree.document, { Seq: (_key, seq) => note((seq as SeqNode).items) });
	if (new Set(found.filter(({ inMap }) => inMap).map(({ device }) => device.ordinal)).size > 1) {
		for (const { node, inMap } of found) if (inMap) several.add(node);
	}
	return found.map((each) =>
		several.has(each.node)
			? {
					...each,
					device: {
						...each.device,
						notRewritable: each.inMap ? 'a device_map over several devices' : 'a list of several devices',
					},
				}
			: each,
	);
}
