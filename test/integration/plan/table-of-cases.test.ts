import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FilePolicy } from '../../../src/core/desired/file-policy.ts';
import { planFile } from '../../../src/core/plan/plan-file.ts';
import type { Interest } from '../../../src/core/ports/format.ts';
import { defaultGpuLibraries } from '../../../src/formats/python/gpu-libraries.ts';
import { formatFor } from '../../../src/formats/registry.ts';

const policy: FilePolicy = {
	name: 'p',
	digest: 'd',
	application: { kind: 'enforce' },
	origin: 'gpupolicy.yaml:1',
	variables: [
		{ name: 'CUDA_DEVICE_ORDER', value: { state: 'known', text: 'PCI_BUS_ID' }, secret: false, field: 'spec.env[0]' },
		{ name: 'CUDA_VISIBLE_DEVICES', value: { state: 'known', text: '1' }, secret: false, field: 'spec.env[1]' },
	],
	field: 'spec.files[0]',
	ordinal: 0,
	visibleCount: 1,
	declared: false,
};

const interest: Interest = {
	variables: new Set(policy.variables.map(({ name }) => name)),
	gpuLibraries: new Set(defaultGpuLibraries),
	ordinals: true,
};

const block = `# >>> gpupolicy p: managed block, do not edit
import os

os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
os.environ["CUDA_VISIBLE_DEVICES"] = "1"
# <<< gpupolicy

`;
const order = 'os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"\n';
const visible = (value: string): string => `os.environ["CUDA_VISIBLE_DEVICES"] = ${value}\n`;
const inOrder = `import os\n${order}${visible('"1"')}`;

interface Case {
	readonly row: string;
	readonly path?: string;
	readonly before: string;
	/** Absent: nothing is changed. */
	readonly after?: string;
	/** `rule disposition`, sorted. */
	readonly findings: readonly string[];
}

const cases: readonly Case[] = [
	{
		row: 'a literal with another value is rewritten in place, its comment kept',
		before: `import os\n${order}os.environ["CUDA_VISIBLE_DEVICES"] = '0'  # the big one\nimport torch\n`,
		after: `import os\n${order}os.environ["CUDA_VISIBLE_DEVICES"] = '1'  # the big one\nimport torch\n`,
		findings: ['env/value fixable'],
	},
	{
		row: 'all right already before the first GPU import: untouched, no block',
		before: `${inOrder}import torch\n`,
		findings: [],
	},
	{
		row: 'a value from argv is not rewritten; the block is inserted; reported as dynamic',
		before: `import os, sys\n${order}${visible('sys.argv[1]')}import torch\n`,
		after: `${block}import os, sys\n${order}${visible('sys.argv[1]')}import torch\n`,
		findings: ['env/dynamic person', 'env/missing fixable'],
	},
	{
		row: 'a list of several devices is not rewritten; the block is inserted; reported as multi-gpu',
		before: `import os\n${order}${visible('"0,3"')}import torch\n`,
		after: `${block}import os\n${order}${visible('"0,3"')}import torch\n`,
		findings: ['env/missing fixable', 'env/multi-gpu person'],
	},
	{
		row: 'setdefault never counts as compliant, even with the right value',
		before: `import os\n${order}os.environ.setdefault("CUDA_VISIBLE_DEVICES", "1")\nimport torch\n`,
		after: `${block}import os\n${order}os.environ.setdefault("CUDA_VISIBLE_DEVICES", "1")\nimport torch\n`,
		findings: ['env/missing fixable'],
	},
	{
		row: 'an assignment inside a function is corrected and never counts',
		before: `import os\n${order}def f():\n    ${visible('"0"')}import torch\n`,
		after: `${block}import os\n${order}def f():\n    ${visible('"1"')}import torch\n`,
		findings: ['env/conditional fixable', 'env/value fixable'],
	},
	{
		row: 'an assignment under a condition is corrected, and a block comes too',
		before: `import os\n${order}if os.name == "posix":\n    ${visible('"0"')}import torch\n`,
		after: `${block}import os\n${order}if os.name == "posix":\n    ${visible('"1"')}import torch\n`,
		findings: ['env/conditional fixable', 'env/value fixable'],
	},
	{
		row: 'del is left and reported',
		before: `${inOrder}del os.environ["CUDA_VISIBLE_DEVICES"]\nimport torch\n`,
		findings: ['env/unset person'],
	},
	{
		row: 'set after a GPU import: block above, the late line corrected and left',
		before: `import os\nimport torch\n${order}${visible('"0"')}`,
		after: `${block}import os\nimport torch\n${order}${visible('"1"')}`,
		findings: ['env/late fixable', 'env/late fixable', 'env/value fixable'],
	},
	{
		row: 'a file that imports no GPU library gets no block; wrong literals are still corrected',
		before: `import os\n${visible('"0"')}`,
		after: `import os\n${visible('"1"')}`,
		findings: ['env/value fixable'],
	},
	{
		row: 'device literals: exact ones only, never docstrings, texts, f-strings or comparisons',
		before: `${inOrder}import torch\n"""cuda:1"""\nx = torch.zeros(1, device="cuda:1").cuda(1)\nprint("on cuda:1")\nf"cuda:{1}"\nif str(x.device) in ("cuda:1",): pass\ntorch.cuda.set_device(1)\n`,
		after: `${inOrder}import torch\n"""cuda:1"""\nx = torch.zeros(1, device="cuda:0").cuda(0)\nprint("on cuda:1")\nf"cuda:{1}"\nif str(x.device) in ("cuda:1",): pass\ntorch.cuda.set_device(0)\n`,
		findings: ['device/ordinal fixable', 'device/ordinal fixable', 'device/ordinal fixable'],
	},
	{
		row: 'NVML and nvidia-smi stay physical; the device of an audio library is no GPU',
		before: `${inOrder}import torch, pynvml, sounddevice\npynvml.nvmlDeviceGetHandleByIndex(1)\nsounddevice.play(x, device=1)\nrun(["nvidia-smi", "-i", "1"])\n`,
		findings: [],
	},
	{
		row: 'a syntax error refuses the file',
		before: 'import torch\nx = (1,\n',
		findings: ['file/syntax person'],
	},
	{
		row: 'an ignore comment with a reason silences one rule on one line',
		before: `${inOrder}import torch\nx = torch.zeros(1, device="cuda:1")  # gpupolicy: ignore[device/ordinal] two cards in the lab\n`,
		findings: ['device/ordinal ignored'],
	},
	{
		row: 'an ignore comment without a reason silences nothing',
		before: `${inOrder}import torch\nx = torch.zeros(1, device="cuda:1")  # gpupolicy: ignore[device/ordinal]\n`,
		after: `${inOrder}import torch\nx = torch.zeros(1, device="cuda:0")  # gpupolicy: ignore[device/ordinal]\n`,
		findings: ['device/ordinal fixable'],
	},
	{
		row: 'a block that was edited is put right',
		before: `${block.replace('"1"', '"0"')}import torch\n`,
		after: `${block}import torch\n`,
		findings: ['env/block fixable', 'env/missing fixable'],
	},
	{
		row: 'a block that stands below the first GPU import has no effect and is moved',
		before: `import torch\n\n${block}`,
		after: `${block}import torch\n\n`,
		findings: ['env/late fixable', 'env/late fixable'],
	},
	{
		row: 'Dockerfile: what one RUN carries is corrected, and the stage gets what it lacks',
		path: 'Dockerfile',
		before: 'FROM nvidia/cuda:13.0.1-base\nRUN CUDA_DEVICE_ORDER=FASTEST_FIRST python warm.py\n',
		after: 'FROM nvidia/cuda:13.0.1-base\nENV CUDA_DEVICE_ORDER=PCI_BUS_ID\nRUN CUDA_DEVICE_ORDER=PCI_BUS_ID python warm.py\n',
		findings: ['env/missing fixable', 'env/value fixable'],
	},
	{
		row: 'dotenv: the wrong value is rewritten and the forgotten order added',
		path: '.env',
		before: 'A=1\nCUDA_VISIBLE_DEVICES=0\n',
		after: 'A=1\nCUDA_VISIBLE_DEVICES=1\nCUDA_DEVICE_ORDER=PCI_BUS_ID\n',
		findings: ['env/missing fixable', 'env/value fixable'],
	},
	{
		row: 'dotenv: a file that sets none of the variables is not ours',
		path: '.env',
		before: 'A=1\n',
		findings: [],
	},
	{
		row: 'compose: a host index hides every GPU in the container: reported, never written',
		path: 'compose.yaml',
		before:
			'services:\n  a:\n    image: x\n    environment:\n      CUDA_DEVICE_ORDER: PCI_BUS_ID\n      CUDA_VISIBLE_DEVICES: "1"\n    deploy: { resources: { reservations: { devices: [{ driver: nvidia, device_ids: ["1"], capabilities: [gpu] }] } } }\n',
		findings: ['device/host-index person'],
	},
];

describe('the table of cases', () => {
	for (const { row, path = 'x.py', before, after, findings } of cases) {
		it(row, () => {
			const format = formatFor(path);
			assert.ok(format);
			const bytes = Buffer.from(before);
			const context = { policyNames: new Set(['p']), prune: false, writable: true, secretsWritable: true };
			const plan = planFile(format, { path, bytes }, interest, [policy], context);
			const said = plan.findings.map(({ rule, disposition }) => `${rule} ${disposition}`).sort();
			assert.deepEqual(said, findings, JSON.stringify(plan.findings, null, 1));
			assert.equal(plan.edit ? Buffer.from(plan.edit.after).toString() : before, after ?? before);
			assert.equal(format.mayConcern(bytes, interest, false) || (findings.length === 0 && after === undefined), true);
		});
	}
});
