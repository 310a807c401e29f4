import type { Node } from 'yaml';
import yaml from 'yaml';
import type { Carrier } from '../../core/ports/format.ts';
import { formOf, neverInContainers, type Reading, readEnvironment } from './environment.ts';
import type { Assignment, CarrierModel, Place, Site } from './model.ts';
import { rangeOf } from './parse.ts';
import { isEnvironmentKey } from './plain.ts';
import type { Field, MapNode, SeqNode, Tree } from './tree.ts';

const inContainer: Reading = { dialect: 'kubernetes', container: true, absent: 'an empty entry' };

/** ConfigMap data reaches containers as it stands; nothing expands it. */
const inConfigMap: Reading = { dialect: 'plain', container: true, absent: 'an empty entry' };

const containerLists: Readonly<Record<string, string>> = {
	containers: 'container',
	initContainers: 'init container',
	ephemeralContainers: 'ephemeral container',
	sidecars: 'sidecar',
};

/** Keys under which Argo and the like keep one container without a name. */
const singleContainers = new Set(['container', 'script']);

/** Objects whose maps only look like pods, or whose values are not ours to read. */
const otherKinds = new Set(['Secret', 'CustomResourceDefinition', 'ConfigMap']);

/** True for our own manifests and recorded inventories, which no policy edits. */
export function isOurs(tree: Tree, node: Node | null): boolean {
	const apiVersion = tree.string(tree.field(node, 'apiVersion')?.value);
	const kind = tree.string(tree.field(node, 'kind')?.value);
	return (
		apiVersion?.startsWith('gpupolicy.dev/') === true ||
		kind === 'GpuPolicy' ||
		kind === 'GpuInventory' ||
		kind === 'GpuNodeReport'
	);
}

/** The Kubernetes objects of a document, those of a List each for itself; `null` where it is none. */
export function kubernetesObjects(tree: Tree, root: Node | null): MapNode[] | null {
	const map = tree.map(root);
	const kind = tree.string(tree.field(map, 'kind')?.value);
	if (map === null || kind === null || tree.string(tree.field(map, 'apiVersion')?.value) === null) return null;
	const items = kind.endsWith('List') ? tree.seq(tree.field(map, 'items')?.value) : null;
	if (items === null) return [map];
	return items.items.flatMap((item) => tree.map(item) ?? []);
}

/** One carrier per container, per ConfigMap that sets a variable, and per other environment of a custom resource. */
export function readKubernetes(site: Site, objects: readonly MapNode[]): CarrierModel[] {
	return settleShared(objects.flatMap((object) => readObject(site, object)));
}

function readObject(site: Site, object: MapNode): CarrierModel[] {
	const { tree } = site;
	if (isOurs(tree, object)) return [];
	const kind = tree.string(tree.field(object, 'kind')?.value) ?? 'object';
	const name = tree.string(tree.at(object, 'metadata', 'name')) ?? tree.string(tree.at(object, 'metadata', 'generateName'));
	const id = name === null ? kind : `${kind}/${name}`;
	if (kind === 'ConfigMap') return readConfigMap(site, object, id);
	return otherKinds.has(kind) ? [] : new ObjectReader(site, id).read(object);
}

function readConfigMap(site: Site, object: MapNode, id: string): CarrierModel[] {
	const data = site.tree.map(site.tree.field(object, 'data')?.value);
	if (data === null) return [];
	const assignments = readEnvironment(site, data, 'map', inConfigMap);
	if (assignments.length === 0) return [];
	const place: Place = { form: 'map', dialect: 'plain', collection: data, owner: null, key: 'data', after: [] };
	return [model(id, assignments, null, place)];
}

/** Walks one object; each node is read once, however many aliases stand for it. */
class ObjectReader {
	readonly #site: Site;
	readonly #id: string;
	readonly #seen = new Set<Node>();
	readonly #found: CarrierModel[] = [];

	constructor(site: Site, id: string) {
		this.#site = site;
		this.#id = id;
	}

	read(object: MapNode): CarrierModel[] {
		for (const field of this.#site.tree.fields(object).values()) {
			if (!['apiVersion', 'kind', 'metadata', 'status'].includes(field.key)) this.#field(field, []);
		}
		return this.#found;
	}

	#field(field: Field, path: readonly string[]): void {
		const { tree } = this.#site;
		const { key, value } = field;
		if (!yaml.isCollection(value) || this.#seen.has(value)) return;
		const role = Object.hasOwn(containerLists, key) ? containerLists[key] : undefined;
		const containers = role === undefined ? [] : (tree.seq(value)?.items ?? []).map((item) => tree.map(item));
		if (
			containers.length > 0 &&
			containers.every((item) => item !== null && tree.string(tree.field(item, 'name')?.value) !== null)
		) {
			this.#seen.add(value);
			for (const item of containers)
				this.#container(item as MapNode, `${role} ${tree.string(tree.field(item, 'name')?.value)}`, path);
			return;
		}
		const map = tree.map(value);
		if (map !== null && singleContainers.has(key) && tree.string(tree.field(map, 'image')?.value) !== null) {
			this.#seen.add(value);
			this.#container(map, key, path);
			return;
		}
		if (isEnvironmentKey(key) && this.#environment(field, path)) return;
		if (key === 'literals' && path.includes('configMapGenerator') && this.#literals(field, path)) return;
		this.#walk(value, [...path, key]);
	}

	#walk(node: Node, path: readonly string[]): void {
		if (this.#seen.has(node)) return;
		this.#seen.add(node);
		const { tree } = this.#site;
		if (yaml.isMap(node)) for (const field of tree.fields(node as MapNode).values()) this.#field(field, path);
		else if (yaml.isSeq(node)) {
			for (const [index, item] of (node as SeqNode).items.entries()) {
				const resolved = tree.resolve(item);
				if (resolved !== null) this.#walk(resolved, [...path, tree.string(tree.field(resolved, 'name')?.value) ?? String(index)]);
			}
		}
	}

	#container(container: MapNode, name: string, path: readonly string[]): void {
		const { tree } = this.#site;
		if (this.#seen.has(container)) return;
		this.#seen.add(container);
		const env = tree.fields(container).get('env');
		const form = env?.value ? formOf(this.#site, env.value, 'named') : null;
		const assignments =
			env?.value && form !== null && form !== 'list' ? readEnvironment(this.#site, env.value, form, inContainer) : [];
		const where = path.filter((key) => !['spec', 'template', 'jobTemplate'].includes(key)).join('.');
		const id = [this.#id, where, name].filter((part) => part !== '').join(' ');
		const evidence = gpuEvidence(tree, container);
		const found = model(
			id,
			assignments,
			evidence === null ? null : this.#evidence(evidence),
			containerPlace(container, env, form),
		);
		this.#found.push({ ...found, from: configMapsOf(tree, container) });
	}

	#evidence({ why, node }: { why: string; node: Node }): Evidence {
		return { gpuEvidence: why, gpuSpan: this.#site.span(...rangeOf(node)) };
	}

	/** `NAME=value` of which kustomize makes a ConfigMap; `false` where it sets nothing of interest. */
	#literals({ key, value }: Field, path: readonly string[]): boolean {
		if (!yaml.isSeq(value) || formOf(this.#site, value, 'list') !== 'list') return false;
		const assignments = readEnvironment(this.#site, value, 'list', inConfigMap);
		if (assignments.length === 0) return false;
		this.#seen.add(value);
		const place: Place = { form: 'list', dialect: 'plain', collection: value as SeqNode, owner: null, key, after: [] };
		this.#found.push(model(`${this.#id} ${[...path, key].join('.')}`, assignments, null, place));
		return true;
	}

	/** An environment outside a container, such as a custom resource's; `false` where it sets nothing of interest. */
	#environment({ key, value }: Field, path: readonly string[]): boolean {
		const form = value === null ? null : formOf(this.#site, value, 'named');
		if (value === null || form === null || form === 'list') return false;
		const assignments = readEnvironment(this.#site, value, form, inContainer);
		if (assignments.length === 0) return false;
		this.#seen.add(value);
		const collection = value as MapNode | SeqNode;
		const place: Place = { form, dialect: 'kubernetes', collection, owner: null, key, after: [] };
		this.#found.push(model(`${this.#id} ${[...path, key].join('.')}`, assignments, null, place));
		return true;
	}
}

type Evidence = Required<Pick<Carrier, 'gpuEvidence' | 'gpuSpan'>>;

function model(id: string, assignments: readonly Assignment[], evidence: Evidence | null, place: Place | null): CarrierModel {
	const carrier: Carrier = {
		id,
		gpu: evidence === null ? 'undetermined' : 'yes',
		...evidence,
		settings: assignments.map(({ setting }) => setting),
		neverAdd: neverInContainers,
		supply: place === null ? 'none' : 'entries',
	};
	return { carrier, assignments, place };
}

function containerPlace(container: MapNode, env: Field | undefined, form: Place['form'] | null): Place | null {
	const base = { dialect: 'kubernetes', owner: container, key: 'env', after: ['image', 'name'] } as const;
	const empty = env !== undefined && (env.written === null || (yaml.isScalar(env.written) && env.written.value === null));
	if (env === undefined) return { ...base, form: 'named', collection: null };
	if (empty) return env.owner === container ? { ...base, form: 'named', collection: null } : null;
	if (form === null || form === 'list' || !yaml.isCollection(env.value)) return null;
	return { ...base, form, collection: env.value as MapNode | SeqNode };
}

/** A container gets a GPU by an extended resource of nvidia.com, or by a resource claim (DRA). */
function gpuEvidence(tree: Tree, container: MapNode): { why: string; node: Node } | null {
	const resources = tree.field(container, 'resources')?.value ?? null;
	for (const kind of ['limits', 'requests']) {
		const amounts = tree.map(tree.field(resources, kind)?.value);
		for (const field of amounts === null ? [] : tree.fields(amounts).values()) {
			const amount = tree.scalar(field.value)?.value;
			if (field.key.startsWith('nvidia.com/') && amount !== 0 && amount !== '0')
				return { why: `requests ${field.key}`, node: field.pair.key };
		}
	}
	const claims = tree.field(resources, 'claims');
	return claims !== undefined && (tree.seq(claims.value)?.items.length ?? 0) > 0
		? { why: 'uses a resource claim', node: claims.pair.key }
		: null;
}

/** Ids of the ConfigMaps whose keys a container takes over as they are (`envFrom` without a prefix). */
function configMapsOf(tree: Tree, container: MapNode): string[] {
	const sources = tree.seq(tree.field(container, 'envFrom')?.value)?.items ?? [];
	return sources.flatMap((source) => {
		const name = tree.string(tree.at(source, 'configMapRef', 'name'));
		return name === null || tree.field(source, 'prefix') !== undefined ? [] : `ConfigMap/${name}`;
	});
}

/** Where containers share one list by an anchor, entries are added to it only if every one of them is to have them. */
function settleShared(models: readonly CarrierModel[]): CarrierModel[] {
	return models.map((each) => {
		const collection = each.place?.collection ?? null;
		if (collection === null || each.assignments.length > 0) return each;
		const sharers = models.filter((other) => other.place?.collection === collection);
		const agreed = sharers.length === 1 || sharers.every((other) => other.carrier.gpu === 'yes');
		return agreed ? each : { ...each, carrier: { ...each.carrier, supply: 'none' }, place: null };
	});
}
