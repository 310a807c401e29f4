import type { Carrier, DeviceLiteral, Diagnostic, Interest, Scan, Setting, Source, Span } from '../../core/ports/format.ts';
import { bomLength } from '../text/bom.ts';
import { byteText, decode } from '../text/bytes.ts';
import { deviceLiteral, mayNameDevice } from '../text/device.ts';
import { encodingProblem } from '../text/encoding.ts';
import { generatedProblem } from '../text/generated.ts';
import { hostIndexProblem, NEVER_IN_CONTAINER } from '../text/host-index.ts';
import { type Comment, ignoreComments } from '../text/ignores.ts';
import { refused } from '../text/refused.ts';
import type { Spelling } from '../text/shell/command.ts';
import { readCommand } from './commands.ts';
import { type Dockerfile, lexDockerfile } from './lexer.ts';
import { type PairStyle, readPairs } from './pairs.ts';
import { GPU_IMAGE_MARKS, isGpuImage, type Stage, stagesOf } from './stages.ts';

/** A setting with how its literal is spelled: as a pair of ENV or ARG, or as a word of a command. */
export interface DockerfileSetting extends Setting {
	readonly pair?: PairStyle;
	readonly spelling?: Spelling;
}

/** Reads a Dockerfile: one carrier per stage. */
export function scanDockerfile(source: Source, interest: Interest): Scan {
	const encoding = encodingProblem(source.bytes);
	if (encoding !== null) return refused([encoding]);
	const text = byteText(source.bytes);
	const file = lexDockerfile(text, bomLength(source.bytes));
	const statementAt = (line: Span): Span => instructionAt(file, line);
	if (file.unreadable !== null) {
		return refused(
			[{ rule: 'file/syntax', ...file.unreadable, refuses: true }],
			ignoreComments(text, file.comments, statementAt),
		);
	}
	const found: Found = { devices: [], comments: [...file.comments], problems: [] };
	const settings = new Map(stagesOf(text, file).map((stage) => [stage, stageSettings(text, file, stage, interest, found)]));
	const ignores = ignoreComments(
		text,
		found.comments.sort((a, b) => a.span.start - b.span.start),
		statementAt,
	);
	if (found.problems.length > 0) return refused(found.problems, ignores);
	const carriers = carriersOf(text, settings, interest);
	const concerned = found.devices.length > 0 || carriers.some((carrier) => carrier.gpu === 'yes' || carrier.settings.length > 0);
	const header = file.comments
		.map(({ span }) => span)
		.filter(({ start }) => start < (file.instructions[0]?.span.start ?? text.length));
	const generated = concerned ? generatedProblem(text, header) : null;
	if (generated !== null) return refused([generated], ignores);
	const devices = interest.ordinals ? found.devices.sort((a, b) => a.span.start - b.span.start) : [];
	return { carriers, devices, blocks: [], diagnostics: [], ignores };
}

interface Found {
	readonly devices: DeviceLiteral[];
	readonly comments: Comment[];
	readonly problems: Diagnostic[];
}

function stageSettings(text: string, file: Dockerfile, stage: Stage, interest: Interest, found: Found): DockerfileSetting[] {
	const settings: DockerfileSetting[] = [];
	let posix = file.escapeMark === '\\';
	for (const instruction of stage.instructions) {
		const { keyword, onBuild, args } = instruction;
		if (keyword === 'SHELL') posix = /\b(ba|da|a|z|k)?sh"/.test(text.slice(args.start, args.end));
		if (keyword === 'ENV' || keyword === 'ARG') {
			for (const { name, value, style, valueSpan, span } of readPairs(text, instruction, file.escapeMark)) {
				const device = mayNameDevice(name) ? deviceLiteral(text, valueSpan.start, valueSpan.end) : null;
				if (device !== null) found.devices.push(device);
				if (!interest.variables.has(name)) continue;
				const effect = onBuild ? 'deferred' : keyword === 'ARG' ? 'default' : 'sets';
				settings.push({
					variable: name,
					value,
					effect,
					span,
					...(value.kind === 'literal' ? { valueSpan, pair: style } : {}),
					...forbidden(hostIndexProblem(name, value)),
				});
			}
		}
		const isExec = /^\[/.test(text.slice(args.start));
		if (keyword !== 'CMD' && keyword !== 'ENTRYPOINT' && keyword !== 'RUN') continue;
		if (!posix && !isExec) continue;
		const command = readCommand(text, instruction);
		found.devices.push(...command.devices);
		found.comments.push(
			...command.comments.filter(({ span }) => !found.comments.some((known) => known.span.start === span.start)),
		);
		if (command.unreadable !== null && names(text.slice(args.start, args.end), interest)) {
			const message = `the shell text of ${keyword}: ${command.unreadable.message}`;
			found.problems.push({ rule: 'file/syntax', message, span: command.unreadable.span, refuses: true });
		}
		for (const { name, value, span, removes } of command.values) {
			if (!interest.variables.has(name)) continue;
			settings.push({
				variable: name,
				value: value.value,
				effect: removes ? 'unset' : 'child',
				span,
				...(value.value.kind === 'literal' && !removes ? { valueSpan: value.span, spelling: value.spelling } : {}),
				...(removes ? {} : forbidden(hostIndexProblem(name, value.value))),
			});
		}
	}
	return settings.sort((a, b) => a.span.start - b.span.start);
}

function forbidden(why: string | undefined): { forbidden?: string } {
	return why === undefined ? {} : { forbidden: why };
}

function names(text: string, interest: Interest): boolean {
	return [...interest.variables].some((name) => text.includes(name));
}

function carriersOf(text: string, settings: ReadonlyMap<Stage, readonly DockerfileSetting[]>, interest: Interest): Carrier[] {
	const carriers = new Map<Stage, Carrier>();
	// a name put together from pieces is not taken for a GPU image: the prefilter would not see it
	const named = GPU_IMAGE_MARKS.some((mark) => text.includes(mark));
	for (const [stage, own] of settings) {
		const gpu = named && stage.parent === null && isGpuImage(stage.image) ? 'yes' : 'undetermined';
		const parent = stage.parent === null ? undefined : carriers.get(stage.parent);
		carriers.set(stage, {
			id: stage.id,
			gpu,
			...(gpu === 'yes' ? { gpuEvidence: `built from ${decode(stage.image)}`, gpuSpan: stage.imageSpan } : {}),
			settings: own,
			neverAdd: NEVER_IN_CONTAINER,
			supply: 'entries',
			...(parent === undefined ? {} : { inherited: inheritedFrom(parent, interest) }),
		});
	}
	return [...carriers.values()];
}

/** What a stage has from the one that it is built from: what that sets, or will set once what it misses has been added. */
function inheritedFrom(parent: Carrier, interest: Interest): string[] {
	const demanded =
		parent.gpu === 'yes' || parent.settings.some(({ forbidden: why, effect }) => why === undefined && effect !== 'unset');
	return [...interest.variables].filter((name) => {
		if (parent.inherited?.includes(name)) return true;
		const mine = parent.settings.filter(({ variable }) => variable === name);
		return mine.some(({ effect }) => effect === 'sets') || (demanded && mine.every(({ effect }) => effect !== 'child'));
	});
}

/** Widens a line to the instruction that starts on it or that it continues. */
function instructionAt(file: Dockerfile, line: Span): Span {
	const around = file.instructions.find(({ span }) => span.start <= line.end && line.start < span.end);
	return around === undefined
		? line
		: { start: Math.min(line.start, around.span.start), end: Math.max(line.end, around.span.end) };
}
