import type { Node, Scalar } from 'yaml';
import yaml from 'yaml';
import type { DeviceLiteral, Setting } from '../../core/ports/format.ts';
import { hostIndexProblem } from '../text/host-index.ts';
import { ShellSyntaxError } from '../text/shell/command.ts';
import { shellDevices } from '../text/shell/devices.ts';
import { type Read, setByCommandLine } from '../text/shell/handed-on.ts';
import { parseShell } from '../text/shell/parser.ts';
import { scalarRange } from './environment.ts';
import type { CarrierModel, DeviceModel, Site } from './model.ts';
import { keyText, type MapNode, type SeqNode } from './tree.ts';

/** Keys whose strings are command lines, in workflows, compose files, pods, hooks, pipelines and task files. */
const commandKeys =
	/^(?:run|setup|entry|entrypoint|args?|exec|shell|bash|sh|test|(?:[a-z]+[_-])*(?:scripts?|commands?|cmds?))$|\.(?:sh|bash)$/i;

const dialect = { crlf: false, ansiQuotes: true } as const;

/**
 * A carrier for each command line that sets a variable of interest: `run: A=0 pytest`, `command: sh -c "A=0 python x.py"`,
 * `["env", "A=0", "python"]`. They are read so that a wrong value is said, and never rewritten. Those of a container must not
 * hold a host's index.
 */
export function readCommandLines(site: Site, container: boolean, known: ReadonlySet<Node | null>): CarrierModel[] {
	const found: CarrierModel[] = [];
	eachCommandLine(site, (node, text, path) => {
		const written = site.text.slice(...scalarRange(site.text, node));
		const read = known.has(node) ? [] : setIn(text, site.interest.variables).filter(({ name }) => written.includes(name));
		if (read.length > 0) found.push(model(site, node, path, read, container));
	});
	return found;
}

/** `--device cuda:1` within command lines, for a person: a literal that is all of a string is found where it stands. */
export function readCommandDevices(site: Site): DeviceModel[] {
	const found: DeviceModel[] = [];
	eachCommandLine(site, (node, text) => {
		if (!/\s/.test(text) || !/cuda:\d/.test(text)) return;
		const [from, to] = scalarRange(site.text, node);
		let behind = from;
		for (const { ordinal } of devicesIn(shellText(text))) {
			const literal = `cuda:${ordinal}`;
			const start = site.text.slice(0, to).indexOf(literal, behind);
			if (start < 0) continue;
			behind = start + literal.length;
			const span = site.span(start, behind);
			const ordinalSpan = site.span(start + 'cuda:'.length, behind);
			const device = { ordinal, ordinalSpan, span, text: literal, notRewritable: 'it stands in a command line' };
			found.push({ device, node, range: [start, behind], group: null });
		}
	});
	return found;
}

function devicesIn(text: string): readonly DeviceLiteral[] {
	try {
		return shellDevices(text, parseShell(text, { start: 0, end: text.length }, dialect));
	} catch (error) {
		if (error instanceof ShellSyntaxError) return [];
		throw error;
	}
}

/** Goes through the strings that are command lines by their key. */
function eachCommandLine(site: Site, tell: (node: Scalar, text: string, path: readonly string[]) => void): void {
	const visit = (node: Node | null, path: readonly string[]): void => {
		if (yaml.isScalar(node)) {
			if (typeof node.value === 'string' && isCommandKey(path)) tell(node, node.value, path);
		} else if (yaml.isSeq(node)) {
			for (const [index, item] of (node as SeqNode).items.entries()) visit(item, [...path, String(index)]);
		} else if (yaml.isMap(node)) {
			for (const pair of (node as MapNode).items) visit(pair.value, [...path, keyText(pair.key) ?? '']);
		}
	};
	visit(site.tree.document.contents, []);
}

/** What an expression or a template puts in stands as a variable of the shell, which nobody knows either. */
function shellText(text: string): string {
	return text.replace(/\$?\{\{.*?\}\}/gs, '$_').replaceAll('$$', '$');
}

function isCommandKey(path: readonly string[]): boolean {
	return commandKeys.test(path.findLast((part) => !/^\d+$/.test(part)) ?? '');
}

function setIn(text: string, variables: ReadonlySet<string>): Read[] {
	const named = [...variables].filter((name) => text.includes(`${name}=`));
	if (named.length === 0) return [];
	const shell = shellText(text);
	const lines = setByCommandLine(shell, dialect, variables);
	const others = named.flatMap((name): Read[] => {
		const match =
			new RegExp(`^${name}=(\\S*)$`).exec(shell) ??
			new RegExp(`\\b${name}=([^\\s"']*)["']?\\s*>>\\s*["']?\\$\\{?GITHUB_ENV\\b`).exec(shell);
		if (match === null) return [];
		const value = match[1] as string;
		return [
			{ name, value: /[$`]/.test(value) ? { kind: 'dynamic', why: 'another variable' } : { kind: 'literal', text: value } },
		];
	});
	return [...lines, ...others];
}

function model(site: Site, node: Scalar, path: readonly string[], read: readonly Read[], container: boolean): CarrierModel {
	const [from, to] = scalarRange(site.text, node);
	const settings = read.map(({ name, value }): Setting => {
		const forbidden = container ? hostIndexProblem(name, value) : undefined;
		const [start, end] = lineOf(site.text, from, to, name);
		const setting: Setting = {
			variable: name,
			value,
			effect: 'child',
			span: site.span(start, end),
			notRewritable: 'it stands in a command line',
		};
		return forbidden === undefined ? setting : { ...setting, forbidden };
	});
	const carrier = { id: path.join('.'), gpu: 'no', settings, supply: 'none' } as const;
	return { carrier, assignments: [], place: null };
}

/** The part of a scalar on the first of its lines that names the variable. */
function lineOf(text: string, from: number, to: number, name: string): [number, number] {
	const at = text.indexOf(`${name}=`, from);
	const start = at < 0 || at >= to ? from : at;
	const end = text.indexOf('\n', start);
	return [start, end < 0 || end > to ? to : end];
}
