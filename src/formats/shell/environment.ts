import type { Carrier, Effect, Interest, Setting, SettingValue, Span } from '../../core/ports/format.ts';
import { hostIndexProblem, NEVER_IN_CONTAINER } from '../text/host-index.ts';
import type { Command, Script, ShellValue, Spelling, Standing, Word } from '../text/shell/command.ts';
import type { HandedOn } from '../text/shell/handed-on.ts';
import { type Launch, launchOf } from '../text/shell/launch.ts';
import { exportedAssignments, type NestedCommand } from '../text/shell/nested.ts';

/** A setting with what an edit must know of its literal. */
export interface ShellSetting extends Setting {
	readonly spelling?: Spelling;
}

/** One command with variables of its own, and where another one can be put. */
export interface CommandCarrier extends Carrier {
	readonly launch: Launch;
}

const DECLARATIONS = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);
const CALLER: SettingValue = { kind: 'dynamic', why: "the caller's environment" };

/** The settings of the script itself. */
export function scriptSettings(script: Script, interest: Interest): ShellSetting[] {
	const settings: ShellSetting[] = [];
	const exported = exportedNames(script);
	let exportsAll = false;
	const add = (name: string, value: ShellValue, span: Span, standing: Standing, reaches: boolean): void => {
		if (!interest.variables.has(name)) return;
		const { fallback } = value;
		if (fallback !== undefined && fallback.name === name) {
			settings.push(setting(name, fallback.value, span, 'default'));
			return;
		}
		settings.push(setting(name, value, span, effectOf(standing, reaches)));
	};
	for (const command of script.commands) {
		const { assignments, words, span, standing } = command;
		for (const { fallbacks, assignment } of words) {
			for (const fallback of fallbacks) {
				if (fallback.assigns && assignment?.name !== fallback.name && interest.variables.has(fallback.name)) {
					settings.push(setting(fallback.name, fallback.value, fallback.span, 'default'));
				}
			}
		}
		if (words.length === 0) {
			for (const { name, value, span: at } of assignments) add(name, value, at, standing, exportsAll || exported.has(name));
			continue;
		}
		const name = literal(words[0]);
		const operands = words.slice(1);
		if (DECLARATIONS.has(name)) {
			const flags = operands.map(literal).filter((text) => /^[-+]/.test(text));
			const removes = name === 'export' ? flags.some((flag) => /^-\w*n/.test(flag)) : flags.some((flag) => /^\+\w*x/.test(flag));
			const exports = name === 'export' || flags.some((flag) => /^-\w*x/.test(flag));
			if (flags.some((flag) => /^-\w*[fF]/.test(flag))) continue;
			for (const word of operands) {
				const variable = word.assignment?.name ?? literal(word);
				if (removes && interest.variables.has(variable)) settings.push(removal(variable, word.span));
				else if (word.assignment !== undefined) {
					const at = operands.length === 1 ? span : word.span;
					add(variable, word.assignment.value, at, standing, exports || exportsAll || exported.has(variable));
				} else if (exports && interest.variables.has(variable) && !assignedSomewhere(script, variable)) {
					settings.push({ variable, value: CALLER, effect: effectOf(standing, true), span: word.span });
				}
			}
		} else if (name === 'unset') {
			if (operands.some((word) => literal(word) === '-f')) continue;
			for (const word of operands) if (interest.variables.has(literal(word))) settings.push(removal(literal(word), word.span));
		} else if (name === 'set') {
			if (standing === 'top') exportsAll = allExport(operands, exportsAll);
		} else if (name === 'read' || name === 'mapfile' || name === 'readarray') {
			for (const word of operands) {
				const variable = literal(word);
				if (interest.variables.has(variable)) {
					const value: SettingValue = { kind: 'dynamic', why: 'input' };
					settings.push({ variable, value, effect: effectOf(standing, exportsAll || exported.has(variable)), span: word.span });
				}
			}
		}
	}
	for (const { name, span, standing } of script.loops) {
		if (!interest.variables.has(name)) continue;
		settings.push({
			variable: name,
			value: { kind: 'dynamic', why: 'a loop' },
			effect: effectOf(standing, exported.has(name)),
			span,
		});
	}
	const started = firstLaunch(script);
	return settings
		.map((found) => (found.effect === 'sets' && found.span.start > started ? { ...found, effect: 'late' as const } : found))
		.sort((a, b) => a.span.start - b.span.start);
}

/** Programs that may initialise CUDA; what a script exports after the first of them comes too late for it. */
const GPU_PROGRAM = /^(python[\d.]*|ipython|jupyter|torchrun|accelerate|deepspeed|vllm|horovodrun|mpirun|mpiexec|srun|.+\.py)$/;
/** `python -m pip` and their like run no GPU code. */
const HARMLESS = /^(-m (pip|venv|ensurepip|virtualenv|compileall)|-V|--version)\b/;

function firstLaunch(script: Script): number {
	for (const { words, span, standing } of script.commands) {
		if (standing === 'deferred') continue;
		const texts = words.slice(0, 6).map((word) => literal(word).replace(/^.*\//, ''));
		const at = texts.findIndex((text) => GPU_PROGRAM.test(text));
		const launches =
			at === 0 ||
			(at > 0 && /^(nohup|time|env|sudo|nice|exec|timeout|command|setsid|stdbuf|numactl|taskset)$/.test(texts[0] ?? ''));
		if (launches && !HARMLESS.test(texts.slice(at + 1).join(' '))) return span.start;
	}
	return Number.POSITIVE_INFINITY;
}

/** A carrier for each command that sets or removes variables of interest for the program that it starts. */
export function commandCarriers(script: Script, interest: Interest, own: readonly Setting[], anchor: number): CommandCarrier[] {
	const carriers: CommandCarrier[] = [];
	for (const command of script.commands) {
		if (isShellBuiltin(command)) continue;
		const launch = launchOf(command);
		if (launch === null) continue;
		const settings: ShellSetting[] = [
			...launch.assignments
				.filter(({ name }) => interest.variables.has(name))
				.map(({ name, value, span }) => launched(name, value, span)),
			...launch.passed.filter(({ name }) => interest.variables.has(name)).map(({ name, span }) => passedOn(name, span)),
			...launch.unset.filter(({ name }) => interest.variables.has(name)).map(({ name, span }) => removal(name, span)),
		]
			.map((found) => forbidIn(launch, found))
			.sort((a, b) => a.span.start - b.span.start);
		if (settings.length === 0) continue;
		carriers.push({
			id: `command ${carriers.length + 1}`,
			gpu: 'undetermined',
			settings,
			supply: launch.assignments.length + launch.passed.length > 0 ? 'entries' : 'none',
			launch,
			...(launch.container ? { neverAdd: NEVER_IN_CONTAINER } : {}),
			...(launch.clears ? {} : { inherited: inheritedAt(command.span.start, interest, own, anchor) }),
		});
	}
	return carriers;
}

/**
 * A carrier for each command within `sh -c '…'` that sets variables of interest. Wrong values are corrected there and nothing is
 * demanded: what the text around it exports reaches it, and no entry can be put between its quotes with certainty.
 */
export function nestedCarriers(nested: readonly NestedCommand[], interest: Interest): Carrier[] {
	return nested.flatMap(({ command, container }, at): Carrier[] => {
		const launch = isShellBuiltin(command) ? null : launchOf(command);
		const inContainer = container || launch?.container === true;
		const settings = [...(launch?.assignments ?? []), ...exportedAssignments(command)]
			.filter(({ name }) => interest.variables.has(name))
			.map(({ name, value, span }) => launched(name, value, span))
			.map((found) => (inContainer ? forbiddenInContainer(found) : found));
		if (settings.length === 0) return [];
		return [{ id: `nested command ${at + 1}`, gpu: 'no', settings, supply: 'none' }];
	});
}

/** A carrier for each variable that is handed on where only the program that gets it understands it: a wrong one is said. */
export function handedOnCarriers(found: readonly HandedOn[], others: readonly Carrier[]): Carrier[] {
	const known = others.flatMap(({ settings }) => settings);
	const fresh = found.filter(
		({ name, span }) =>
			!known.some(
				(setting) =>
					setting.variable === name &&
					setting.span.start < span.end &&
					span.start < Math.max(setting.span.end, setting.valueSpan?.end ?? 0),
			),
	);
	return fresh.map(({ name, value, span, where }, at): Carrier => {
		const setting: Setting = { variable: name, value, effect: 'child', span, notRewritable: `it stands in ${where}` };
		return { id: `handed on ${at + 1}`, gpu: 'no', settings: [setting], supply: 'none' };
	});
}

/** Variables that the script sets before `at`, or will once what it misses has been added at `anchor`. */
function inheritedAt(at: number, interest: Interest, own: readonly Setting[], anchor: number): string[] {
	if (own.length === 0) return [];
	return [...interest.variables].filter((name) => {
		const mine = own.filter(({ variable }) => variable === name);
		if (mine.some(({ effect, span }) => effect === 'sets' && span.start < at)) return true;
		return anchor <= at && mine.every(({ effect }) => effect !== 'sets' && effect !== 'child' && effect !== 'unset');
	});
}

function launched(name: string, value: ShellValue, span: Span): ShellSetting {
	const own = value.fallback?.name === name ? value.fallback.value : null;
	return own === null ? setting(name, value, span, 'sets') : setting(name, own, span, 'default');
}

function passedOn(variable: string, span: Span): ShellSetting {
	return { variable, value: CALLER, effect: 'sets', span };
}

function forbidIn(launch: Launch, found: ShellSetting): ShellSetting {
	return launch.container ? forbiddenInContainer(found) : found;
}

function forbiddenInContainer(found: ShellSetting): ShellSetting {
	const forbidden = hostIndexProblem(found.variable, found.value);
	return forbidden === undefined ? found : { ...found, forbidden };
}

function setting(variable: string, { value, span: valueSpan, spelling }: ShellValue, span: Span, effect: Effect): ShellSetting {
	return value.kind === 'literal' ? { variable, value, effect, span, valueSpan, spelling } : { variable, value, effect, span };
}

function removal(variable: string, span: Span): ShellSetting {
	return { variable, value: { kind: 'dynamic', why: 'nothing: it is removed' }, effect: 'unset', span };
}

/**
 * A shell variable that is not exported reaches programs only where the caller has exported it. What a subshell sets holds in it
 * alone, so for the script it is as good as under a condition: `child` would count as supplied for all of it.
 */
function effectOf(standing: Standing, reaches: boolean): Effect {
	if (standing === 'top') return reaches ? 'sets' : 'conditional';
	return standing === 'deferred' ? 'deferred' : 'conditional';
}

/** Names that the script exports whatever happens. */
function exportedNames(script: Script): Set<string> {
	const names = new Set<string>();
	for (const { words, standing } of script.commands) {
		const name = literal(words[0]);
		const flags = words.slice(1).map(literal);
		const exports = name === 'export' ? !flags.some((flag) => /^-\w*[nf]/.test(flag)) : flags.some((flag) => /^-\w*x/.test(flag));
		if (standing !== 'top' || !DECLARATIONS.has(name) || !exports) continue;
		for (const word of words.slice(1)) names.add(word.assignment?.name ?? literal(word));
	}
	return names;
}

function assignedSomewhere(script: Script, name: string): boolean {
	return script.commands.some(
		({ assignments, words }) =>
			(words.length === 0 && assignments.some((assignment) => assignment.name === name)) ||
			(DECLARATIONS.has(literal(words[0])) && words.some(({ assignment }) => assignment?.name === name)),
	);
}

function allExport(operands: readonly Word[], before: boolean): boolean {
	let state = before;
	operands.map(literal).forEach((text, index, all) => {
		if (/^-\w*a/.test(text) || (text === '-o' && all[index + 1] === 'allexport')) state = true;
		if (/^\+\w*a/.test(text) || (text === '+o' && all[index + 1] === 'allexport')) state = false;
	});
	return state;
}

function isShellBuiltin({ words }: Command): boolean {
	return DECLARATIONS.has(literal(words[0])) || literal(words[0]) === 'unset';
}

function literal(word: Word | undefined): string {
	return word?.value.kind === 'literal' ? word.value.text : '';
}
