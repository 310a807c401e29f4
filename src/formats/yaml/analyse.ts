import type { Node } from 'yaml';
import type { Diagnostic, Interest, Scan, Source } from '../../core/ports/format.ts';
import { byteText } from '../text/bytes.ts';
import { encodingProblem } from '../text/encoding.ts';
import { generatedProblem } from '../text/generated.ts';
import { ignoreComments } from '../text/ignores.ts';
import { readCommandDevices, readCommandLines } from './command-lines.ts';
import { commentsOf, headerOf } from './comments.ts';
import { composeServices, readCompose } from './compose.ts';
import { mentionsReservation, mentionsVariable } from './concern.ts';
import { type Decoded, decodeUtf8 } from './decode.ts';
import { readDevices } from './devices.ts';
import { isOurs, kubernetesObjects, readKubernetes } from './kubernetes.ts';
import type { CarrierModel, DeviceModel, Site } from './model.ts';
import { type ParseFailure, parseYaml, type YamlDocument } from './parse.ts';
import { readPlain } from './plain.ts';
import { Tree } from './tree.ts';

/** A scan with what an edit needs to know of the source. */
export interface Analysis {
	readonly scan: Scan;
	readonly decoded: Decoded;
	readonly documents: readonly YamlDocument[];
	/** In the order of `scan.carriers`. */
	readonly models: readonly CarrierModel[];
	/** In the order of `scan.devices`. */
	readonly devices: readonly DeviceModel[];
}

/** Reads every document of a file by its kind: compose, Kubernetes objects, or plain configuration. Never throws. */
export function analyse(source: Source, interest: Interest): Analysis {
	const bad = encodingProblem(source.bytes);
	if (bad !== null) return unreadable(source, interest, bad);
	const decoded = decodeUtf8(source.bytes);
	const parsed = parseYaml(decoded.text);
	if (!parsed.ok) return broken(decoded, interest, parsed.failure);
	const models: CarrierModel[] = [];
	const devices: DeviceModel[] = [];
	for (const document of parsed.documents) {
		const site: Site = {
			tree: new Tree(document),
			text: decoded.text,
			interest,
			span: (from, to) => ({ start: decoded.byteAt(from), end: decoded.byteAt(to) }),
		};
		const found = readDocument(site);
		const settings = new Set<Node | null>(found.flatMap(({ assignments }) => assignments.map(({ node }) => node)));
		models.push(...found, ...commandLinesOf(site, settings));
		if (!interest.ordinals || holdsNoDevices(site.tree)) continue;
		devices.push(...[...readDevices(site), ...readCommandDevices(site)].filter(({ node }) => !settings.has(node)));
	}
	const carriers = withInherited(withUniqueIds(models));
	const scan: Scan = {
		carriers: carriers.map(({ carrier }) => carrier),
		devices: devices.map(({ device }) => device),
		blocks: [],
		diagnostics: [],
		ignores: [],
	};
	return {
		scan: { ...scan, ...remarks(source, decoded, scan) },
		decoded,
		documents: parsed.documents,
		models: carriers,
		devices,
	};
}

function readDocument(site: Site): CarrierModel[] {
	const root = site.tree.document.contents;
	if (isOurs(site.tree, root)) return [];
	const services = composeServices(site.tree);
	if (services !== null) return readCompose(site, services);
	const objects = kubernetesObjects(site.tree, root);
	return objects === null ? readPlain(site) : readKubernetes(site, objects);
}

function commandLinesOf(site: Site, known: ReadonlySet<Node | null>): CarrierModel[] {
	if (holdsNoDevices(site.tree)) return [];
	const inContainers = composeServices(site.tree) !== null || kubernetesObjects(site.tree, site.tree.document.contents) !== null;
	return readCommandLines(site, inContainers, known);
}

function holdsNoDevices(tree: Tree): boolean {
	const root = tree.document.contents;
	return isOurs(tree, root) || tree.string(tree.field(root, 'kind')?.value) === 'Secret';
}

/** Variables that a carrier takes over from others of the file. */
function withInherited(models: readonly CarrierModel[]): CarrierModel[] {
	return models.map((model) => {
		if (model.from === undefined || model.from.length === 0) return model;
		const from = models.filter((other) => model.from?.includes(other.carrier.id));
		const names = new Set(from.flatMap(({ carrier }) => carrier.settings.map(({ variable }) => variable)));
		return names.size === 0 ? model : { ...model, carrier: { ...model.carrier, inherited: [...names] } };
	});
}

/** A second carrier of the same id gets a number, in the order of the file. */
function withUniqueIds(models: readonly CarrierModel[]): CarrierModel[] {
	const seen = new Map<string, number>();
	return models.map((model) => {
		const count = (seen.get(model.carrier.id) ?? 0) + 1;
		seen.set(model.carrier.id, count);
		return count === 1 ? model : { ...model, carrier: { ...model.carrier, id: `${model.carrier.id} #${count}` } };
	});
}

/** What comments say: ignores, and that a generator owns the file (of interest only where there is something to edit). */
function remarks(source: Source, decoded: Decoded, scan: Scan): Pick<Scan, 'diagnostics' | 'ignores'> {
	const settings = scan.carriers.flatMap((carrier) => carrier.settings);
	const concerned = settings.length > 0 || scan.devices.length > 0 || scan.carriers.some((carrier) => carrier.gpu === 'yes');
	if (!concerned) return { diagnostics: [], ignores: [] };
	const raw = byteText(source.bytes);
	if (!/gpupolicy:|generated|DO NOT EDIT/.test(raw)) return { diagnostics: [], ignores: [] };
	const comments = commentsOf(decoded);
	const ignores = ignoreComments(raw, comments, (line) => {
		// A setting may be several lines long, and its finding points to its value: the ignore covers all of it.
		const touched = settings.filter(({ span }) => span.start < line.end && span.end > line.start);
		const starts = touched.map(({ span }) => span.start);
		const ends = touched.map(({ span }) => span.end);
		return { start: Math.min(line.start, ...starts), end: Math.max(line.end, ...ends) };
	});
	const generated = generatedProblem(raw, headerOf(decoded, comments));
	return { diagnostics: generated === null ? [] : [generated], ignores };
}

function unreadable(source: Source, interest: Interest, problem: Diagnostic): Analysis {
	const raw = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength)
		.toString('latin1')
		.replaceAll('\0', '');
	const decoded = { text: '', byteAt: () => 0 };
	return { ...empty(mentionsVariable(raw, interest) || mentionsReservation(raw) ? [problem] : []), decoded };
}

function broken(decoded: Decoded, interest: Interest, failure: ParseFailure): Analysis {
	const { text } = decoded;
	const ours = /^apiVersion:[ \t]*["']?gpupolicy\.dev\//m.test(text);
	if (ours || !(mentionsVariable(text, interest) || mentionsReservation(text))) return { ...empty([]), decoded };
	const template = /\{\{|\{%/.test(text) ? '; it looks like a template, which is YAML only once it is rendered' : '';
	const span = { start: decoded.byteAt(failure.from), end: decoded.byteAt(failure.to) };
	const message = `not valid YAML: ${failure.message}${template}`;
	return { ...empty([{ rule: 'file/syntax', message, span, refuses: true }]), decoded };
}

function empty(diagnostics: readonly Diagnostic[]): Omit<Analysis, 'decoded'> {
	return { scan: { carriers: [], devices: [], blocks: [], diagnostics, ignores: [] }, documents: [], models: [], devices: [] };
}
