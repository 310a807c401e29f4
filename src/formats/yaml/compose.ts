import type { Node } from 'yaml';
import yaml from 'yaml';
import type { Carrier } from '../../core/ports/format.ts';
import { formOf, neverInContainers, type Reading, readEnvironment } from './environment.ts';
import type { Assignment, CarrierModel, Form, Place, Site } from './model.ts';
import { rangeOf } from './parse.ts';
import type { Field, MapNode, SeqNode, Tree } from './tree.ts';

const reading: Reading = { dialect: 'compose', container: true, absent: 'the host environment' };

/** Keys of a compose service; one of them in one service tells a compose file from another map named `services`. */
const serviceKeys = [
	'image',
	'build',
	'environment',
	'env_file',
	'command',
	'entrypoint',
	'deploy',
	'extends',
	'ports',
	'volumes',
	'depends_on',
	'runtime',
	'gpus',
	'healthcheck',
];

/** The `services` map of a compose file; `null` for any other document. */
export function composeServices(tree: Tree): MapNode | null {
	const root = tree.map(tree.document.contents);
	if (root === null || tree.fields(root).has('apiVersion')) return null;
	const services = tree.map(tree.fields(root).get('services')?.value);
	if (services === null) return null;
	const looksRight = [...tree.fields(services).values()].some((service) => {
		const map = tree.map(service.value);
		return map !== null && serviceKeys.some((key) => tree.fields(map).has(key));
	});
	return looksRight ? services : null;
}

interface Service {
	readonly field: Field;
	readonly map: MapNode;
	readonly environment: Field | undefined;
	readonly form: Form | null;
	readonly assignments: readonly Assignment[];
	readonly evidence: Evidence | null;
}

interface Evidence {
	readonly why: string;
	readonly node: Node;
}

/** One carrier per service. Entries of `env_file` are not read: an entry of `environment` wins over it, so what is added holds. */
export function readCompose(site: Site, services: MapNode): CarrierModel[] {
	const { tree } = site;
	const found = new Map<string, Service>();
	for (const field of tree.fields(services).values()) {
		const map = tree.map(field.value);
		if (map === null) continue;
		const environment = tree.fields(map).get('environment');
		const form = environment?.value ? formOf(site, environment.value, 'list') : null;
		const usable = form === 'named' ? null : form;
		const assignments = environment?.value && usable !== null ? readEnvironment(site, environment.value, usable, reading) : [];
		found.set(field.key, { field, map, environment, form: usable, assignments, evidence: gpuEvidence(tree, map) });
	}
	const all = [...found.values()];
	return all.map((service) => toCarrier(site, service, found, all));
}

function toCarrier(site: Site, service: Service, byName: ReadonlyMap<string, Service>, all: readonly Service[]): CarrierModel {
	const bases = basesOf(site.tree, service, byName);
	const evidence = service.evidence ?? bases.find((base) => base.evidence !== null)?.evidence ?? null;
	// A base that reserves a GPU gets every variable itself.
	const names = bases.some((base) => base.evidence !== null) ? [...site.interest.variables] : [];
	const inherited = new Set([...names, ...bases.flatMap((base) => base.assignments.map(({ setting }) => setting.variable))]);
	const place = placeOf(service, all);
	const carrier: Carrier = {
		id: `service ${service.field.key}`,
		gpu: evidence === null ? 'undetermined' : 'yes',
		...(evidence === null ? {} : { gpuEvidence: evidence.why, gpuSpan: site.span(...rangeOf(evidence.node)) }),
		...([service, ...bases].some(({ map }) => site.tree.fields(map).has('env_file')) ? { unread: 'its env_file' } : {}),
		settings: service.assignments.map(({ setting }) => setting),
		neverAdd: neverInContainers,
		supply: place === null ? 'none' : 'entries',
		...(inherited.size === 0 ? {} : { inherited: [...inherited] }),
	};
	return { carrier, assignments: service.assignments, place };
}

/** Services of this file that `extends` names, nearest first. */
function basesOf(tree: Tree, service: Service, byName: ReadonlyMap<string, Service>): Service[] {
	const bases: Service[] = [];
	for (let current: Service | undefined = service; current !== undefined; ) {
		const value: Node | null = tree.fields(current.map).get('extends')?.value ?? null;
		const foreign: boolean = tree.field(value, 'file') !== undefined;
		const name: string | null = tree.string(value) ?? tree.string(tree.field(value, 'service')?.value);
		const base: Service | undefined = name === null || foreign ? undefined : byName.get(name);
		if (base === undefined || base === service || bases.includes(base)) break;
		bases.push(base);
		current = base;
	}
	return bases;
}

/** Where entries go; `null` where they would reach a service that may not want them, or where the form is not known. */
function placeOf(service: Service, all: readonly Service[]): Place | null {
	const { environment, form, map } = service;
	const base = { dialect: 'compose', key: 'environment', after: ['image', 'build', 'container_name', 'extends'] } as const;
	// A service that is an alias is the map that it stands for: what is added there reaches both alike.
	if (environment === undefined || (isEmptyScalar(environment) && environment.owner === map)) {
		return { ...base, form: preferredForm(all), collection: null, owner: map };
	}
	const collection = environment.value;
	if (form === null || !yaml.isCollection(collection) || (collection.tag ?? '').startsWith('!')) return null;
	const sharers = all.filter((other) => other.environment?.value === collection);
	const agreed = service.assignments.length > 0 || sharers.length === 1 || sharers.every((other) => other.evidence !== null);
	return agreed ? { ...base, form, collection: collection as MapNode | SeqNode, owner: map } : null;
}

function isEmptyScalar(field: Field): boolean {
	return field.written === null || (yaml.isScalar(field.written) && field.written.value === null);
}

/** The form that most services of the file use; a map where none has an environment. */
function preferredForm(all: readonly Service[]): Form {
	const lists = all.filter(({ form }) => form === 'list').length;
	return lists > all.filter(({ form }) => form === 'map').length ? 'list' : 'map';
}

function gpuEvidence(tree: Tree, service: MapNode): Evidence | null {
	const devices = tree.seq(tree.at(service, 'deploy', 'resources', 'reservations', 'devices'));
	for (const device of devices?.items ?? []) {
		const driver = tree.string(tree.field(device, 'driver')?.value);
		const capabilities = tree.seq(tree.field(device, 'capabilities')?.value)?.items.map((item) => tree.string(item)) ?? [];
		const ids = tree.seq(tree.field(device, 'device_ids')?.value)?.items.map((item) => tree.string(item) ?? '') ?? [];
		const nvidia = driver === 'nvidia' || capabilities.includes('gpu') || capabilities.includes('nvidia');
		if (nvidia || ids.some((id) => id.startsWith('nvidia.com/'))) return { why: 'reserves an nvidia device', node: device };
	}
	const fields = tree.fields(service);
	const runtime = fields.get('runtime');
	if (runtime?.written && tree.string(runtime.value) === 'nvidia')
		return { why: 'uses the runtime nvidia', node: runtime.pair.key };
	const gpus = fields.get('gpus');
	if (gpus !== undefined && (tree.string(gpus.value) === 'all' || (tree.seq(gpus.value)?.items.length ?? 0) > 0)) {
		return { why: 'asks for gpus', node: gpus.pair.key };
	}
	const mapped = tree
		.seq(fields.get('devices')?.value)
		?.items.find((item) => /^nvidia\.com\/|^\/dev\/nvidia/.test(tree.string(item) ?? ''));
	return mapped === undefined ? null : { why: 'is given an nvidia device', node: mapped };
}
