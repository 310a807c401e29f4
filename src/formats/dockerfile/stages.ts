import type { Span } from '../../core/ports/format.ts';
import type { Dockerfile, Instruction } from './lexer.ts';
import { readPairs } from './pairs.ts';

/** One build stage: what follows a FROM. */
export interface Stage {
	/** `stage 2 (runtime)`. */
	readonly id: string;
	/** Base image with the defaults of global ARGs filled in. */
	readonly image: string;
	readonly imageSpan: Span;
	/** The earlier stage that it is built from. */
	readonly parent: Stage | null;
	readonly from: Instruction;
	/** Instructions behind FROM. */
	readonly instructions: readonly Instruction[];
}

/** Images that exist to run on NVIDIA GPUs. A registry or a mirror may stand before the name. */
const GPU_IMAGES: readonly RegExp[] = [
	/(^|\/)nvidia\/(cuda|cudagl|opengl|tritonserver|pytorch|tensorflow)(:|@|$)/,
	/^nvcr\.io\/nvidia\//,
	/(^|\/)pytorch\/pytorch(:|@|$)/,
	/(^|\/)tensorflow\/tensorflow:[^@]*gpu/,
];

/** Pieces of text that a Dockerfile with a GPU base image holds, for the prefilter. */
export const GPU_IMAGE_MARKS: readonly string[] = ['nvidia', 'pytorch/pytorch', 'tensorflow/tensorflow', 'nvcr.io'];

/** True where the base image is clearly made for a GPU. */
export function isGpuImage(image: string): boolean {
	return GPU_IMAGES.some((pattern) => pattern.test(image));
}

/** Stages of a Dockerfile in order. Instructions before the first FROM belong to none. */
export function stagesOf(text: string, file: Dockerfile): Stage[] {
	const stages: (Stage & { name: string; instructions: Instruction[] })[] = [];
	const defaults = new Map<string, string>();
	for (const instruction of file.instructions) {
		if (instruction.keyword !== 'FROM' || instruction.onBuild) {
			const stage = stages.at(-1);
			if (stage !== undefined) stage.instructions.push(instruction);
			else if (instruction.keyword === 'ARG') {
				for (const { name, value } of readPairs(text, instruction, file.escapeMark)) {
					if (value.kind === 'literal') defaults.set(name, value.text);
				}
			}
			continue;
		}
		const { image, imageSpan, name } = fromArguments(text, instruction, defaults);
		const parent = stages.find((stage) => stage.name !== '' && stage.name === image.toLowerCase()) ?? null;
		const id = `stage ${stages.length + 1}${name === '' ? '' : ` (${name})`}`;
		stages.push({ id, image, imageSpan, parent, from: instruction, instructions: [], name: name.toLowerCase() });
	}
	return stages;
}

function fromArguments(
	text: string,
	{ args }: Instruction,
	defaults: ReadonlyMap<string, string>,
): { image: string; imageSpan: Span; name: string } {
	const words = [...text.slice(args.start, args.end).matchAll(/[^\s\\]+/g)].filter(([word]) => !word.startsWith('--'));
	const [image, as, name] = words;
	const start = args.start + (image?.index ?? 0);
	const filled = (image?.[0] ?? '').replace(
		/\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))/g,
		(_, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
			defaults.get(braced ?? bare ?? '') ?? fallback ?? '',
	);
	return {
		image: filled.replace(/^["']|["']$/g, ''),
		imageSpan: { start, end: start + (image?.[0].length ?? 0) },
		name: as?.[0].toLowerCase() === 'as' ? (name?.[0] ?? '') : '',
	};
}
