import type { Random } from './random.ts';

const nouns =
	'batch hidden attention kernel token layer cache weight scale offset query window mask logits embedding gradient schedule sample frame region'.split(
		' ',
	);
const verbs =
	'compute update reshape merge split normalize project encode decode validate prepare collect register resolve convert filter'.split(
		' ',
	);
const modules = ['json', 'logging', 'math', 'pathlib', 'typing', 'dataclasses', 'collections', 'functools', 'itertools', 're'];
const libraries = [
	'import torch',
	'import torch\nimport torch.nn as nn',
	'import torch\nfrom torch import nn',
	'from transformers import AutoModel',
	'import tensorflow as tf',
	'import cupy as cp',
	'import jax',
];

/** How many of the files that import a GPU library are in which state; the rest set nothing at all. */
const states: readonly (readonly [probability: number, setting: string | ((random: Random) => string)])[] = [
	[0.05, 'os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"\nos.environ["CUDA_VISIBLE_DEVICES"] = "1"\n'],
	[0.07, (random) => `os.environ["CUDA_VISIBLE_DEVICES"] = "${random.pick(['0', '1', '2'])}"\n`],
	[0.03, 'os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")\n'],
	[0.02, "os.environ['CUDA_DEVICE_ORDER'] = 'FASTEST_FIRST'  # as the template has it\n"],
];

const name = (random: Random): string => `${random.pick(nouns)}_${random.pick(nouns)}`;

const device = (random: Random): string =>
	random.pick([
		`    ${name(random)} = ${name(random)}.to("cuda:${random.below(2)}")\n`,
		`    device = torch.device('cuda:${random.below(2)}')\n`,
		`    torch.cuda.set_device(${random.below(2)})\n`,
		`    model = model.cuda(${random.below(2)})\n`,
	]);

function body(random: Random, gpu: boolean): string {
	let text = '';
	for (let count = 3 + random.below(14); count > 0; count--) {
		const [a, b, c] = [name(random), name(random), name(random)];
		text += random.pick([
			`    ${a} = self.${b}(${c}, ${random.below(512)}, scale=${random.next().toFixed(4)})\n`,
			`    if ${a} is not None and ${b}.shape[-1] != ${c}.size(0):\n        raise ValueError(f"expected {${a}!r:>{width}} in {${b}['${c}']}, got {len(${c})}")\n`,
			`    for index, ${a} in enumerate(${b}.values()):\n        ${c}.append({"${a}": ${a}, 'index': index, "total": [item for item in ${b} if item]})\n`,
			`    # The ${a.replace('_', ' ')} is kept apart from the ${b.replace('_', ' ')}, see the notes on ${c}.\n`,
			`    logger.info("%s of %s: ${a} on the device", ${b}, ${c})\n`,
			`    ${a} = (${b} + ${c}) / math.sqrt(max(1, ${random.below(64)})) if ${b} else ${c} ** 2\n`,
			`    with open(path / "${a}.json", encoding="utf-8") as handle:\n        ${b} = json.load(handle)\n`,
			`    try:\n        ${a} = ${b}.pop("${c}")\n    except (KeyError, TypeError) as error:\n        warnings.warn(f"no ${c}: {error}", stacklevel=2)\n`,
			`    return ${a}, ${b}[:, : ${random.below(128)}], lambda x: x @ ${c}.T\n`,
		]);
		if (gpu && random.chance(0.01)) text += device(random);
	}
	// A body of comments only would not compile.
	return `${text}    pass\n`;
}

function definition(random: Random, gpu: boolean): string {
	const title = name(random);
	const doc = `    """${random.pick(verbs)} the ${title.replace('_', ' ')}.\n\n    Args:\n        ${name(random)}: The tensor to ${random.pick(verbs)}, of shape (${random.pick(nouns)}, ${random.pick(nouns)}).\n    """\n`;
	const head = random.chance(0.2) ? `@functools.lru_cache(maxsize=${random.below(64)})\n` : '';
	const text = `${head}def ${random.pick(verbs)}_${title}(self, ${name(random)}: "Tensor | None" = None, *, path: Path = Path("."), width: int = 8) -> dict[str, list[int]]:\n${random.chance(0.6) ? doc : ''}${body(random, gpu)}`;
	if (!random.chance(0.3)) return `${text}\n\n`;
	const kind = `class ${title.replaceAll(/(^|_)(.)/g, (_, _edge, letter: string) => letter.toUpperCase())}:\n`;
	return `${kind}${text.replaceAll(/^(?=.)/gm, '    ')}\n\n`;
}

/** One Python file of about `size` bytes. */
export function program(random: Random, size: number, gpu: boolean): string {
	let text = random.chance(0.4) ? '#!/usr/bin/env python3\n' : '';
	text += `# Copyright ${2018 + random.below(8)} The Example Authors. Licensed under the Apache License, Version 2.0.\n`;
	if (random.chance(0.7)) text += `"""${random.pick(verbs)} ${name(random)}."""\n`;
	if (random.chance(0.3)) text += 'from __future__ import annotations\n\n';
	text += 'import os\nimport warnings\n';
	for (let count = random.below(5); count > 0; count--) text += `import ${random.pick(modules)}\n`;
	if (gpu) {
		const dice = random.next();
		let sum = 0;
		for (const [probability, setting] of states) {
			sum += probability;
			if (dice >= sum) continue;
			text += `\n${typeof setting === 'string' ? setting : setting(random)}`;
			break;
		}
		text += `\n${random.pick(libraries)}\n`;
	}
	text += '\nlogger = logging.getLogger(__name__)\n\n\n';
	while (text.length < size) text += definition(random, gpu);
	return text;
}
