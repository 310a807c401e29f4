import type { Node } from 'yaml';
import yaml from 'yaml';
import type { Carrier } from '../../core/ports/format.ts';
import { formOf, neverInContainers, type Reading, readEnvironment, readField } from './environment.ts';
import type { Assignment, CarrierModel, Form, Site } from './model.ts';
import { keyText, type MapNode, type SeqNode } from './tree.ts';

const plain: Reading = { dialect: 'plain', container: false, absent: 'an empty entry' };

/** A list of `name` and `value` under a key named like an environment is a pod's, wherever it stands (Helm values). */
const podLike: Reading = { dialect: 'kubernetes', container: true, absent: 'an empty entry' };

/** True for `env`, `environment`, `envVars`, `extraEnv`, `environment_variables` and the like. */
export function isEnvironmentKey(key: string): boolean {
	return /(?:^|[a-z_-])(?:env|environment)(?:s|[_-]?vars?|[_-]?variables?)?$/i.test(key);
}

/**
 * Configuration of any kind: every map with a key that is a variable of interest is an environment, and every list of
 * `NAME=value` or of `name` and `value`. The id is the path of keys.
 */
export function readPlain(site: Site): CarrierModel[] {
	const reader = new PlainReader(site);
	reader.visit(site.tree.document.contents, [], new Map());
	return reader.found;
}

/** Names that environments around a place set, by the key under which they stand (`env` of a workflow holds for the `env` of its jobs). */
type Scopes = ReadonlyMap<string, ReadonlySet<string>>;

class PlainReader {
	readonly found: CarrierModel[] = [];
	readonly #site: Site;

	constructor(site: Site) {
		this.#site = site;
	}

	/** Aliases are not followed: what they stand for is read where it stands. */
	visit(node: Node | null, path: readonly string[], scopes: Scopes): void {
		if (yaml.isMap(node)) this.#map(node as MapNode, path, scopes);
		else if (yaml.isSeq(node)) this.#seq(node as SeqNode, path, scopes);
	}

	#map(map: MapNode, path: readonly string[], scopes: Scopes): void {
		const { tree, interest } = this.#site;
		const assignments: Assignment[] = [];
		const merged = new Set<string>();
		for (const field of tree.fields(map).values()) {
			if (!interest.variables.has(field.key) || yaml.isCollection(field.value)) continue;
			if (field.owner === map) assignments.push(readField(this.#site, field, plain));
			else merged.add(field.key);
		}
		if (assignments.length > 0)
			this.#add(map, 'map', assignments, plain, path, new Set([...merged, ...(scopes.get(path.at(-1) ?? '') ?? [])]));
		const inner = this.#scopesIn(map, scopes);
		for (const pair of map.items) {
			const key = keyText(pair.key);
			if (key === null) continue;
			// An environment is in the scope of those around it, not of itself or its siblings.
			const outer = yaml.isCollection(pair.value) && this.#namesIn(pair.value as Node).size > 0 ? scopes : inner;
			this.visit(pair.value, [...path, key], outer);
		}
	}

	#seq(seq: SeqNode, path: readonly string[], scopes: Scopes): void {
		const key = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
		const form = formOf(this.#site, seq, 'list');
		// A kustomization may leave out what it is.
		const generator = key === 'literals' && path.includes('configMapGenerator');
		if ((form === 'list' && (generator || isEnvironmentKey(key))) || form === 'named') {
			const reading = generator ? { ...plain, container: true } : form === 'named' && isEnvironmentKey(key) ? podLike : plain;
			const assignments = readEnvironment(this.#site, seq, form, reading);
			if (assignments.length > 0) this.#add(seq, form, assignments, reading, path, scopes.get(key) ?? new Set());
		}
		for (const [index, item] of seq.items.entries()) this.visit(item, [...path, String(index)], scopes);
	}

	#add(
		collection: MapNode | SeqNode,
		form: Form,
		assignments: readonly Assignment[],
		reading: Reading,
		path: readonly string[],
		inherited: ReadonlySet<string>,
	): void {
		const { dialect, container } = reading;
		const carrier: Carrier = {
			id: path.length === 0 ? 'file' : path.join('.'),
			gpu: 'undetermined',
			settings: assignments.map(({ setting }) => setting),
			...(container ? { neverAdd: neverInContainers } : {}),
			supply: 'entries',
			...(inherited.size === 0 ? {} : { inherited: [...inherited] }),
		};
		this.found.push({ carrier, assignments, place: { form, dialect, collection, owner: null, key: '', after: [] } });
	}

	#scopesIn(map: MapNode, scopes: Scopes): Scopes {
		const inner = new Map(scopes);
		for (const pair of map.items) {
			const key = keyText(pair.key);
			const names = this.#namesIn(this.#site.tree.resolve(pair.value));
			if (key !== null && names.size > 0) inner.set(key, new Set([...(scopes.get(key) ?? []), ...names]));
		}
		return inner;
	}

	/** Names of interest that a map sets itself. */
	#namesIn(node: Node | null): ReadonlySet<string> {
		const names = new Set<string>();
		const map = this.#site.tree.map(node);
		for (const field of map === null ? [] : this.#site.tree.fields(map).values()) {
			if (this.#site.interest.variables.has(field.key) && !yaml.isCollection(field.value)) names.add(field.key);
		}
		return names;
	}
}
