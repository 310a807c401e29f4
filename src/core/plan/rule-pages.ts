import type { RuleId } from './rules.ts';

/** The page of one rule: `gpupolicy explain RULE` prints it, `docs/rules/` holds it. */
export interface RulePage {
	/** One line. */
	readonly title: string;
	/** What is found, and what `reconcile` does about it. */
	readonly what: string;
	/** Why it matters on a real machine. */
	readonly why: string;
	/** Code that has the finding; empty where none can be shown. */
	readonly before: string;
	/** The same code in order. */
	readonly after: string;
	/** How to live with it, with a reason. */
	readonly ignore: string;
}

const block = `# >>> gpupolicy rtx3090-only: managed block, do not edit
import os

os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
os.environ["CUDA_VISIBLE_DEVICES"] = "1"
# <<< gpupolicy`;

/** An ignore comment on the line; the reason is required. */
const onLine = (rule: RuleId) =>
	`End the line, or the line above, with \`# gpupolicy: ignore[${rule}] reason\`. The reason is shown wherever the finding would be.`;

/** Findings about a file as a whole. */
const onFile = (rule: RuleId) =>
	`Write \`# gpupolicy: ignore-file[${rule}] reason\` into the file, or leave it out with \`exclude\` in the policy.`;

/** Findings that no comment can cover, because the file is not read or not trusted. */
const byExclude = 'No comment covers it. Leave the file out with `exclude` in the policy.';

/** Findings about a node of a cluster. */
const byNodes = 'No comment covers it. Narrow `nodes.selector`, or allow the device in `devices`.';

/** One page per rule. */
export const rulePages: Readonly<Record<RuleId, RulePage>> = {
	'env/missing': {
		title: 'a GPU program does not carry a variable of the policy',
		what: 'The file runs GPU code (a Python file that imports a GPU library, a compose service that reserves a GPU), or is a dotenv file or script that an include names without a wildcard, or sets one of the variables already where a GPU program may run, and does not set a variable that the policy lists. reconcile inserts the managed block above everything but shebang, encoding, docstring and `from __future__`, or adds the entry.',
		why: 'Without CUDA_VISIBLE_DEVICES the program sees every card and takes the fastest as cuda:0, which may be the one that must never be used. Without CUDA_DEVICE_ORDER=PCI_BUS_ID, index 1 may be either card.',
		before: 'import torch',
		after: `${block}\n\nimport torch`,
		ignore: onFile('env/missing'),
	},
	'env/value': {
		title: 'a variable is set to another value than the policy demands',
		what: 'A literal assignment gives a variable of the policy another value. reconcile rewrites the literal where it stands; comments and quotes stay. In a program that imports no GPU library it is corrected too. So is `""` or `"-1"` in CUDA_VISIBLE_DEVICES, which hides every GPU: the message says so, and whoever means the CPU keeps the line with an ignore comment.',
		why: 'The program uses another card than the policy says, and the next reader believes the line.',
		before: 'os.environ["CUDA_VISIBLE_DEVICES"] = "0"  # the big card',
		after: 'os.environ["CUDA_VISIBLE_DEVICES"] = "1"  # the big card',
		ignore: onLine('env/value'),
	},
	'env/late': {
		title: 'a variable is set after the first GPU import',
		what: 'The assignment stands below an import that initialises CUDA, or may. reconcile puts the managed block above the import, corrects the value of the late line and leaves it.',
		why: 'CUDA reads the variables when it initialises. Whether the late line still counts depends on what initialised CUDA first: it works on one machine or with one version of a library and has no effect on the next. That is what makes it treacherous.',
		before: 'import torch\nimport os\n\nos.environ["CUDA_VISIBLE_DEVICES"] = "1"',
		after: `${block}\n\nimport torch\nimport os\n\nos.environ["CUDA_VISIBLE_DEVICES"] = "1"`,
		ignore: onLine('env/late'),
	},
	'env/conditional': {
		title: 'a variable is set under a condition, in a function, or only when absent',
		what: 'The assignment stands under `if`, `try` or a loop, in a function, or is a `setdefault`. Such a line never counts as compliant. reconcile corrects its literal and puts the managed block above.',
		why: 'setdefault keeps whatever the shell had set; a branch or a function may never run before CUDA initialises.',
		before: 'os.environ.setdefault("CUDA_VISIBLE_DEVICES", "1")\nimport torch',
		after: `${block}\n\nos.environ.setdefault("CUDA_VISIBLE_DEVICES", "1")\nimport torch`,
		ignore: onLine('env/conditional'),
	},
	'env/dynamic': {
		title: 'the value comes from an expression and cannot be proved',
		what: 'The value is no literal: it comes from argv, another variable, a function, a file. The line is not rewritten. Where the program must carry the variable the block is inserted above, and the finding stays: a person decides.',
		why: 'The line runs after the block and overwrites it with whatever it computes, so nobody can tell from the file which card is used.',
		before: 'os.environ["CUDA_VISIBLE_DEVICES"] = sys.argv[1]',
		after: '',
		ignore: onLine('env/dynamic'),
	},
	'env/multi-gpu': {
		title: 'a literal makes several devices visible where the policy makes one visible',
		what: 'The value lists several devices, such as "0,3". It is not rewritten, because the code below may count on several devices: a person decides.',
		why: 'A program written for several cards may index cuda:1 or split a model; showing it one card would break it rather than mend it.',
		before: 'os.environ["CUDA_VISIBLE_DEVICES"] = "0,1"',
		after: 'os.environ["CUDA_VISIBLE_DEVICES"] = "1"',
		ignore: onLine('env/multi-gpu'),
	},
	'env/unset': {
		title: 'a variable of the policy is removed',
		what: '`del os.environ[...]`, `pop`, `unset` or the like removes a variable of the policy. The line is left as it is: a person decides.',
		why: 'From there on the program, or what it starts, sees every card again.',
		before: 'os.environ.pop("CUDA_VISIBLE_DEVICES", None)',
		after: '',
		ignore: onLine('env/unset'),
	},
	'env/conflict': {
		title: 'two policies demand different values for one variable in one file',
		what: 'Both policies include the file and name the variable. Neither is applied there; both become Stalled with the reason ConflictingPolicies.',
		why: 'Whichever was applied last would win, and the file would change back and forth for ever.',
		before: '',
		after: '',
		ignore: 'No comment covers it. Narrow `include` or add `exclude` in one of the two policies, or agree on one value.',
	},
	'env/orphaned': {
		title: 'a managed block whose policy is gone, or no longer selects the file',
		what: 'The block names a policy that no manifest declares any more, or whose `files` select this file no more. It is left until `gpupolicy reconcile --prune`, which never runs while a manifest could not be loaded.',
		why: 'The block still sets the variables, though nobody demands them here any more and nothing keeps them right.',
		before: '# >>> gpupolicy old-policy: managed block, do not edit\n…\n# <<< gpupolicy',
		after: '',
		ignore: 'No comment covers it. Declare the policy again, widen its include, or prune the block.',
	},
	'env/unknown': {
		title: 'the value that is demanded is unknown on this machine',
		what: 'The value comes from devices or from a file that could not be read. The variable is neither judged nor touched.',
		why: 'Unknown is not none: writing a guess, or an empty list that hides every GPU, would be worse than waiting.',
		before: '- name: CUDA_VISIBLE_DEVICES\n  valueFrom: { devices: { as: Index } }   # and no device can be read here',
		after: '',
		ignore:
			'No comment covers it. Commit gpupolicy.inventory.yaml beside the policy (`gpupolicy inventory -o yaml`), or run where the devices can be read.',
	},
	'env/block': {
		title: 'a managed block was changed by hand, or is broken',
		what: 'The block does not say what its policy says, or a marker is missing. A block is judged by what it says, not by its bytes. reconcile rewrites it where it stands; where its end cannot be found the file is left to a person.',
		why: 'A block that looks right and is not is believed by every reader.',
		before:
			'# >>> gpupolicy rtx3090-only: managed block, do not edit\nimport os\n\nos.environ["CUDA_VISIBLE_DEVICES"] = "0"\n# <<< gpupolicy',
		after: block,
		ignore: onFile('env/block'),
	},
	'secret/tracked': {
		title: 'a secret would go into a file that git does not ignore',
		what: 'A variable with `valueFrom.file` is demanded of a file that git tracks, or would track. Nothing is written there.',
		why: 'A secret that was committed once is in the history of every clone.',
		before: '',
		after: '',
		ignore: 'No comment covers it. Add the file to .gitignore (and `git rm --cached` it), or leave it out with `exclude`.',
	},
	'secret/source': {
		title: 'the source of a secret cannot be read',
		what: 'The file of `valueFrom.file` is missing, unreadable, outside the root, or has no such key. The variable is neither judged nor touched.',
		why: 'One file is the source of truth for every copy; writing an empty value would break all of them at once.',
		before: 'valueFrom: { file: { path: secrets/hf_token, key: HF_TOKEN } }   # and secrets/hf_token is missing',
		after: '',
		ignore: 'No comment covers it. Put the file in place, or correct path and key.',
	},
	'device/ordinal': {
		title: 'a device literal is not the ordinal of the policy',
		what: 'An exact literal names another ordinal than `deviceOrdinal`: "cuda:1", .cuda(1), set_device(1). reconcile rewrites the digits. Docstrings, log texts, f-strings, NVML and `nvidia-smi -i` are never touched.',
		why: 'With one card visible the only ordinal is 0, whatever number the card has in nvidia-smi: cuda:1 fails with "invalid device ordinal".',
		before: 'model.to("cuda:1")',
		after: 'model.to("cuda:0")',
		ignore: onLine('device/ordinal'),
	},
	'device/map': {
		title: 'a device map names a device that is not visible',
		what: 'A `device_map` or similar spreads a model over several devices. It is never rewritten: a person decides.',
		why: 'Which layer goes where is a decision about memory; folding it onto one card may not fit.',
		before: 'device_map={"encoder": 0, "decoder": 1}',
		after: 'device_map={"": 0}',
		ignore: onLine('device/map'),
	},
	'device/host-index': {
		title: 'a host index in CUDA_VISIBLE_DEVICES of a container',
		what: 'A container that is given its GPUs by the runtime (device_ids, a GPU request) sets CUDA_VISIBLE_DEVICES to an index of the host. It is never written there and is reported where it is found.',
		why: 'Inside the container the devices are numbered from 0 again: with one device, index 1 hides every GPU.',
		before:
			'environment:\n  CUDA_VISIBLE_DEVICES: "1"\ndeploy: { resources: { reservations: { devices: [{ driver: nvidia, device_ids: ["1"] }] } } }',
		after: 'deploy: { resources: { reservations: { devices: [{ driver: nvidia, device_ids: ["1"] }] } } }',
		ignore: onLine('device/host-index'),
	},
	'device/forbidden': {
		title: 'a forbidden device of a node is in use or can be given to a pod',
		what: 'A node that the policy selects has a device that `spec.devices` forbids, and a process or pod holds it, or the kubelet or a DRA driver can hand it out. A forbidden device that is hidden and unused is in order.',
		why: 'What is allocatable is allocated sooner or later, and then a program runs where the policy says that none may.',
		before: '',
		after: '',
		ignore: byNodes,
	},
	'device/inventory': {
		title: 'the devices of a node are not those of its recorded inventory',
		what: 'The agent of the node reads other devices through NVML than the recorded inventory tells.',
		why: 'Values that were derived from the inventory, such as a device index, mean another device now.',
		before: '',
		after: '',
		ignore: byNodes,
	},
	'file/syntax': {
		title: 'the file cannot be understood',
		what: 'The file has a syntax error, or something in it that we cannot be sure about. It is left byte for byte as it is.',
		why: 'An edit on a guess can break a program that works.',
		before: 'def train(:\n    pass',
		after: 'def train():\n    pass',
		ignore: byExclude,
	},
	'file/encoding': {
		title: 'the bytes of the file are not in the encoding that it declares',
		what: 'The file is not valid in its encoding, or in one that we do not know. It is left byte for byte as it is.',
		why: 'Reading it wrongly and writing it back would damage text far from the edit.',
		before: '',
		after: '',
		ignore: byExclude,
	},
	'file/generated': {
		title: 'the file is generated',
		what: 'The head of the file says `@generated` or DO NOT EDIT. It is checked and never written.',
		why: 'The next run of its generator would undo the edit: the generator, or its template, is the place.',
		before: '# Code generated by protoc. DO NOT EDIT.',
		after: '',
		ignore: onFile('file/generated'),
	},
	'file/read-only': {
		title: 'the file is read-only',
		what: 'The file needs a change and its permissions say that nobody should write it. It is left as it is.',
		why: 'Someone took the right to write away on purpose; replacing the file by a rename would go round that.',
		before: '',
		after: '',
		ignore: 'No comment covers it. `chmod u+w` the file, or leave it out with `exclude`.',
	},
	'file/too-large': {
		title: 'the file is larger than 2 MiB',
		what: 'Files over 2 MiB are not read and not written.',
		why: 'Programs of that size are data or generated; reading them all would cost every run.',
		before: '',
		after: '',
		ignore: byExclude,
	},
	'file/changed': {
		title: 'the file changed between scan and write',
		what: 'Somebody wrote the file while it was being converged. Their version stands; the next run looks again.',
		why: 'Writing over it would lose their change.',
		before: '',
		after: '',
		ignore: 'No comment covers it. Run `gpupolicy reconcile` again.',
	},
	'file/dirty': {
		title: 'the file has uncommitted changes',
		what: 'The file is tracked by git and differs from HEAD and from what we wrote last. A one-shot reconcile leaves it as it is; `--allow-dirty` converges it, and `--watch` implies that.',
		why: 'Our change and yours would be one diff that nobody can take apart.',
		before: '',
		after: '',
		ignore: 'No comment covers it. Commit or stash the change, or pass `--allow-dirty`.',
	},
	'file/outside': {
		title: 'a link leads out of the root',
		what: 'The path is a symbolic link whose target lies outside the root. It is never followed and never replaced.',
		why: 'What lies outside belongs to somebody else.',
		before: '',
		after: '',
		ignore: byExclude,
	},
	'file/unreadable': {
		title: 'the file or directory cannot be read',
		what: 'It could not be opened or listed. Nothing is known of it, and nothing is called in order.',
		why: 'Unknown is not none: a file that nobody read is not compliant.',
		before: '',
		after: '',
		ignore: 'No comment covers it. Make it readable, or leave it out with `exclude`.',
	},
	'file/not-regular': {
		title: 'the path is no regular file',
		what: 'A FIFO, socket or device matches an include. It is not opened.',
		why: 'Opening a FIFO would wait for ever.',
		before: '',
		after: '',
		ignore: byExclude,
	},
	'file/name': {
		title: 'the name of the file cannot be written as text',
		what: 'The name is not valid UTF-8. The file is passed over.',
		why: 'A manifest, a report or a journal could not name it, so a change could not be undone.',
		before: '',
		after: '',
		ignore: 'No comment covers it. Rename the file, or leave its folder out with `exclude`.',
	},
	'file/write-failed': {
		title: 'the file could not be written',
		what: 'The write failed: a full disk, no permission, a directory that is gone. The file is as it was; the others are still converged.',
		why: 'The file does not comply, and will not until the cause is removed.',
		before: '',
		after: '',
		ignore: 'No comment covers it. Remove the cause that the message names and run again.',
	},
	'file/held': {
		title: 'the file is on hold after a rollback',
		what: '`gpupolicy rollback` restored the file. It is left alone until the policy or the file changes, or `gpupolicy reconcile --release`.',
		why: 'Without the hold the next run would make the change again that was just undone.',
		before: '',
		after: '',
		ignore: 'It is held already. Release it with `gpupolicy reconcile --release`.',
	},
	'include/no-match': {
		title: 'an include matches no file',
		what: 'A pattern of `files[].include` matches nothing now. Folders that are excluded by default (`venv`, `vendor`, …) do not count; the message names those that the pattern reaches into.',
		why: 'A misspelt pattern looks like a repo in order: nothing is checked, nothing is found.',
		before: 'include: ["scr/**/*.py"]',
		after: 'include: ["src/**/*.py"]',
		ignore: 'No comment covers it. Correct or remove the pattern, or take the excluded folders in with `defaultExcludes: false`.',
	},
	'include/no-format': {
		title: 'an include names a file of a kind that is not read',
		what: 'A pattern of `files[].include` names a file, or files by their ending, that are neither Python, shell, YAML, dotenv nor Dockerfile: a notebook, a Makefile, a TOML file. A program without an ending is read where an include names it exactly and its first line names Python or a shell.',
		why: 'A policy that names a file looks as if the file were checked. It is not, and a wrong device in it stays.',
		before: 'include: ["**/*.ipynb"]',
		after: 'include: ["**/*.py"]',
		ignore: 'No comment covers it. Take the pattern out, or the file: `exclude`.',
	},
};
