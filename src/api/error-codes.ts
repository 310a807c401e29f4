/** What one code of an error or a warning says. */
export interface ErrorPage {
	/** A few words. */
	readonly title: string;
	/** What is wrong. */
	readonly meaning: string;
	/** What to do. */
	readonly remedy: string;
}

/**
 * Every code that the command line prints in brackets: `[GP1004]`. Stable: a code is never given another meaning, and a retired
 * one is not used again (GP2009 is retired). `gpupolicy explain GP1004` prints an entry, and docs/errors.md is generated from here.
 *
 * GP10xx errors of a manifest: the policy of that document is not used. GP11xx warnings about one. GP12xx `explain`.
 * GP20xx the command line. GP31xx the root and the state folder. GP32xx the journal. GP33xx the lock. GP34xx git.
 * GP35xx files of manifests. GP36xx new files. GP41xx reaching a cluster. GP42xx the controller. GP43xx what a cluster answers. GP44xx the agent of a
 * node. GP45xx the device-plugin proxy of a node.
 */
export const errorCodes = {
	GP1001: {
		title: 'syntax',
		meaning: 'The manifest is not YAML at that place.',
		remedy: 'Mend it there; a tab or an unclosed quote above it is the usual cause.',
	},
	GP1002: {
		title: 'duplicate',
		meaning: 'The same key stands twice in one mapping, or the same name twice in a list that is keyed by name.',
		remedy: 'Keep one of the two.',
	},
	GP1003: {
		title: 'unknown field',
		meaning: 'The API has no field of that name there.',
		remedy: 'Take the name that is suggested, or look it up: gpupolicy explain gpupolicy.spec.',
	},
	GP1004: {
		title: 'malformed value',
		meaning: 'The string is not in the form that the field needs.',
		remedy: 'Write it in the form that the message shows.',
	},
	GP1005: {
		title: 'wrong type',
		meaning: 'A value of one type stands where another is needed, such as a number where a string is.',
		remedy: 'Quote it, or write what the message expects.',
	},
	GP1006: { title: 'missing field', meaning: 'A required field is not there.', remedy: 'Add it.' },
	GP1007: {
		title: 'unknown value',
		meaning: 'The value is none of those that the field may have.',
		remedy: 'Choose one of those that the message names.',
	},
	GP1008: {
		title: 'out of range',
		meaning: 'Too many, too few, too long, too short, too large or too small.',
		remedy: 'Keep to the bound that the message names.',
	},
	GP1009: {
		title: 'rule',
		meaning: 'A rule over several fields does not hold.',
		remedy: 'Change one of the fields that the message names.',
	},
	GP1010: {
		title: 'apiVersion',
		meaning: 'The apiVersion is not one that this version knows.',
		remedy: 'Write apiVersion: gpupolicy.dev/v1alpha1.',
	},
	GP1011: {
		title: 'kind',
		meaning: 'The apiVersion is ours, and the kind is not, or is not one that can stand there.',
		remedy: 'Write kind: GpuPolicy.',
	},
	GP1012: {
		title: 'too large',
		meaning: 'The manifest is larger, deeper or more entangled than any has to be.',
		remedy: 'Split it, and write out anchors that refer to anchors.',
	},
	GP1013: {
		title: 'encoding',
		meaning: 'The manifest is not UTF-8, or holds characters that YAML does not allow.',
		remedy: 'Save it as UTF-8.',
	},
	GP1014: {
		title: 'ambiguous scalar',
		meaning: 'YAML 1.1 and 1.2 read the value differently (on, 010), so that a cluster would see another one.',
		remedy: 'Quote it.',
	},
	GP1015: {
		title: 'duplicate policy',
		meaning: 'Two policies have one name; the first is used.',
		remedy: 'Rename one, or remove it.',
	},
	GP1016: {
		title: 'contradiction',
		meaning: 'The criteria of devices contradict each other, so that no device could ever be allowed.',
		remedy: 'Change the entry that is pointed at.',
	},
	GP1101: {
		title: 'other kind',
		meaning: 'The document is of another kind and is passed over.',
		remedy: 'Nothing, or keep it in a file that -f does not name.',
	},
	GP1102: { title: 'empty', meaning: 'The file holds no document.', remedy: 'gpupolicy init writes a policy.' },
	GP1103: {
		title: 'missing twin',
		meaning: 'A variable that torch renamed stands under one of its names only, or with two values.',
		remedy: 'List both names with one value.',
	},
	GP1104: {
		title: 'order missing',
		meaning: 'CUDA_VISIBLE_DEVICES holds an index, which means a device only under CUDA_DEVICE_ORDER=PCI_BUS_ID.',
		remedy: 'Add CUDA_DEVICE_ORDER with the value PCI_BUS_ID, or name devices by UUID.',
	},
	GP1105: {
		title: 'host index',
		meaning: 'A value that holds on one machine only stands in a policy that selects pods; it never reaches them.',
		remedy: 'Write targets: [Files].',
	},
	GP1106: {
		title: 'reaches nothing',
		meaning: 'A variable targets only what the policy does not select.',
		remedy: 'Add that block, or widen targets.',
	},
	GP1107: {
		title: 'ordinal undecided',
		meaning: 'Nothing sets CUDA_VISIBLE_DEVICES, so whether deviceOrdinal holds depends on the machine.',
		remedy: 'Add CUDA_VISIBLE_DEVICES with valueFrom devices.',
	},
	GP1108: { title: 'no effect', meaning: 'A field is accepted and has no effect.', remedy: 'Remove it.' },
	GP1109: {
		title: 'dead entry',
		meaning: 'An entry of spec.devices can match no device, or deny takes back what it allows.',
		remedy: 'Change or remove it.',
	},
	GP1201: {
		title: 'nothing to explain',
		meaning: 'There is no field, rule or code of that name.',
		remedy: 'Take the name that is suggested.',
	},
	GP2000: {
		title: 'wrong usage',
		meaning: 'A flag or an argument is unknown, missing or has a value that it cannot have.',
		remedy: 'See gpupolicy COMMAND --help.',
	},
	GP2001: {
		title: 'another pass is running',
		meaning: 'Another process converges or rolls back this root now; the message names it.',
		remedy: 'Wait until it ends: the lock is held only while a pass works, and the kernel frees it when the holder dies.',
	},
	GP2002: {
		title: '--watch with -o yaml',
		meaning: 'A watch prints text, or one JSON object a pass.',
		remedy: 'Write -o json, or leave -o out.',
	},
	GP2003: { title: 'not a duration', meaning: 'A time limit or interval is not a duration.', remedy: 'Write 5s, 500ms or 1m.' },
	GP2004: {
		title: 'no usable policy',
		meaning: 'Manifests were found, and none holds a valid policy.',
		remedy: 'gpupolicy validate shows what is wrong with each.',
	},
	GP2005: {
		title: '--watch on standard input',
		meaning: 'A watch cannot follow a manifest from standard input.',
		remedy: 'Name a file with -f.',
	},
	GP2006: {
		title: 'no such policy',
		meaning: 'No policy of that name is known here.',
		remedy: 'gpupolicy get lists them.',
	},
	GP2007: {
		title: 'no status yet',
		meaning: 'No pass was made in this root, so there is no status to show.',
		remedy: 'gpupolicy check or gpupolicy reconcile makes one.',
	},
	GP2008: {
		title: 'nothing to undo',
		meaning: 'No revision is left that could be rolled back.',
		remedy: 'gpupolicy history lists the revisions.',
	},
	GP2010: {
		title: 'two sources of devices',
		meaning: '--inventory names a recorded inventory while --source asks for the devices.',
		remedy: 'Use one of the two.',
	},
	GP2011: {
		title: 'two targets of a rollback',
		meaning: 'A revision to undo and --to are both given.',
		remedy: 'Name one of the two.',
	},
	GP2012: {
		title: 'init would not be valid',
		meaning: 'The policy that init was told to write would not be valid, such as one name both allowed and denied.',
		remedy: 'Change --allow or --deny.',
	},
	GP2013: {
		title: 'init with -f',
		meaning: '-f names manifests to read, and init writes gpupolicy.yaml.',
		remedy: 'Name the directory with -C DIR, or redirect gpupolicy init --dry-run.',
	},
	GP2014: {
		title: 'init without its inventory',
		meaning: 'The recorded inventory that --inventory names cannot be read; nothing was written.',
		remedy: 'Name another, or leave it out to read the devices.',
	},
	GP2015: { title: 'no such command', meaning: 'There is no command of that name.', remedy: 'See gpupolicy --help.' },
	GP2016: {
		title: 'revision of other policies',
		meaning: 'rollback -f undoes what was done for the policies in those manifests, and the revision was made for others.',
		remedy: 'Choose one that gpupolicy history -f FILE lists, or leave -f out.',
	},
	GP2017: {
		title: 'needs a cluster',
		meaning: 'The flag or argument speaks of a cluster, and the command works on the repo unless one is named.',
		remedy: 'Name the cluster with --context NAME or --kubeconfig FILE, or run the command as kubectl gpupolicy.',
	},
	GP2018: {
		title: 'not in a cluster',
		meaning: 'The flag or argument speaks of the files of a repo, and the command was asked about a cluster.',
		remedy: 'Leave it out, or leave --context and --kubeconfig out.',
	},
	GP2019: {
		title: 'no JSONPath template',
		meaning:
			'What follows -o jsonpath=, or the path of a column or of --sort-by, is not as kubectl takes it; the message says where.',
		remedy: "Write it as for kubectl: -o jsonpath='{.items[*].metadata.name}'.",
	},
	GP2020: {
		title: 'no label selector',
		meaning: 'What follows -l is not a label selector.',
		remedy: "Write it as for kubectl: -l 'team=ml,tier!=test' or -l 'team in (ml,vision)'.",
	},
	GP2021: {
		title: 'no columns',
		meaning: 'What follows -o custom-columns= is not a list of headers with paths.',
		remedy: 'Write them as for kubectl: -o custom-columns=NAME:.metadata.name,MODE:.spec.mode.',
	},
	GP2022: {
		title: 'nothing to sort by',
		meaning: 'No policy has the field of --sort-by.',
		remedy: 'Name a field that policies have: gpupolicy explain gpupolicy names them.',
	},
	GP2023: {
		title: 'values without an order',
		meaning: 'The values of the field of --sort-by are lists or objects, or of several types.',
		remedy: 'Name a field that is one value in each policy: --sort-by .metadata.creationTimestamp.',
	},
	GP3101: { title: 'root missing', meaning: 'The root does not exist.', remedy: 'Name the directory with -C DIR.' },
	GP3102: { title: 'root not a directory', meaning: 'The root is not a directory.', remedy: 'Name the directory with -C DIR.' },
	GP3103: {
		title: 'root not readable',
		meaning: 'The root may not be read.',
		remedy: 'Run as a user that may list this directory.',
	},
	GP3104: {
		title: 'state not writable',
		meaning: 'The folder .gpupolicy cannot be made or written.',
		remedy: 'Make the root writable, or free space on its disk. gpupolicy plan works without.',
	},
	GP3105: {
		title: 'state not a directory',
		meaning: 'What stands in the place of the folder .gpupolicy is a link or no directory.',
		remedy: 'Move it away.',
	},
	GP3106: {
		title: 'state not readable',
		meaning: 'A file of .gpupolicy may not be read.',
		remedy: 'Run as the user who owns it.',
	},
	GP3107: {
		title: 'system refused',
		meaning: 'The operating system refused a call; the message names the path and its reason.',
		remedy: 'Mend what the reason names: a full disk, a read-only file system, a directory in the place of a file.',
	},
	GP3108: {
		title: 'output not written',
		meaning: 'Standard output cannot be written, so that the result is not complete.',
		remedy: 'Free space where it goes, or send it elsewhere. What the command did before stands.',
	},
	GP3201: {
		title: 'journal damaged',
		meaning: 'A file of the journal is damaged.',
		remedy: 'Move it away; what it could undo is lost, and the files of the repo are not touched.',
	},
	GP3202: {
		title: 'journal newer',
		meaning: 'A file of the journal was written by a newer version of gpupolicy.',
		remedy: 'Use that version or a newer one.',
	},
	GP3203: { title: 'no such revision', meaning: 'There is no revision of that number.', remedy: 'gpupolicy history lists them.' },
	GP3204: {
		title: 'revision pruned',
		meaning: 'The before-images of the revision were dropped to bound the size of the journal.',
		remedy: 'Restore the files from git.',
	},
	GP3205: {
		title: 'revision lost',
		meaning: 'A revision was made, and its record is no longer in the journal: something other than gpupolicy removed it.',
		remedy: 'Put the file back into .gpupolicy/journal from a backup, or restore the files of the repo from git.',
	},
	GP3301: {
		title: 'lock unavailable',
		meaning: 'The lock of the root could not be tried at all.',
		remedy: 'Keep the root on a file system that has locks.',
	},
	GP3401: { title: 'git missing', meaning: 'git is not installed.', remedy: 'Install git or put it on PATH.' },
	GP3402: {
		title: 'git failed',
		meaning: 'git refused or failed; the message repeats what it said.',
		remedy: 'Put the repository in order and run again.',
	},
	GP3403: {
		title: 'no git work tree',
		meaning: '--git-branch needs a git work tree, and the root is in none.',
		remedy: 'Run git init, or leave --git-branch out.',
	},
	GP3404: {
		title: 'no git identity',
		meaning: 'git has no user name or e-mail to commit with.',
		remedy: 'Set user.name and user.email with git config.',
	},
	GP3405: {
		title: 'git name refused',
		meaning: 'The tag exists already, or the name of the tag or branch is not valid.',
		remedy: 'Choose another name.',
	},
	GP3406: {
		title: 'no commit yet',
		meaning: '--git-branch or --git-tag was given in a repository that has no commit to begin at.',
		remedy: 'Commit the files as they are first, or leave the git flags out.',
	},
	GP3501: {
		title: 'manifest unreadable',
		meaning: 'A manifest does not exist or may not be read.',
		remedy: 'Name an existing file with -f, or make it readable.',
	},
	GP3502: {
		title: 'not a manifest',
		meaning: 'What is named as a manifest is no regular file, or a directory that holds none.',
		remedy: 'Name a regular file, or a directory that holds *.yaml, *.yml or *.json.',
	},
	GP3503: {
		title: 'no manifest',
		meaning: 'The root holds no gpupolicy.yaml, .gpupolicy.yaml or *.gpupolicy.yaml.',
		remedy: 'Run gpupolicy init to write one, or name a manifest with -f.',
	},
	GP3601: {
		title: 'file exists',
		meaning: 'A file that is to be made is there already; nothing was written.',
		remedy: 'Move it away, or overwrite it with --force (a regular file only).',
	},
	GP3602: {
		title: 'file not made',
		meaning: 'A file cannot be made; nothing was written.',
		remedy: 'Make the directory writable, or name another with -C DIR.',
	},
	GP4101: {
		title: 'no cluster',
		meaning: 'There is neither a kubeconfig nor the service account of a pod to reach a cluster with.',
		remedy: 'Name a kubeconfig with --kubeconfig FILE or KUBECONFIG.',
	},
	GP4102: {
		title: 'kubeconfig unreadable',
		meaning: 'A file cannot be read as a kubeconfig.',
		remedy: 'Compare with what kubectl config view makes of it.',
	},
	GP4103: {
		title: 'no such context',
		meaning: 'The kubeconfig has no context of that name, or no current one.',
		remedy: 'Name one of those that the message lists with --context.',
	},
	GP4104: {
		title: 'incomplete context',
		meaning: 'The context names a cluster, a user or a file that is not there, or only half of a pair.',
		remedy: 'Mend the entry of the kubeconfig that the message names.',
	},
	GP4201: {
		title: 'no way to the webhook',
		meaning: 'Pods are to be changed by the webhook, and API servers have no way to it: outside of a cluster it has no Service.',
		remedy: 'Name it with --webhook-url and do not set --webhook-bind-address to 0, or use --admission auto or policy.',
	},
	GP4202: {
		title: 'address in use',
		meaning: 'The address for probes and metrics cannot be listened on.',
		remedy: 'Name another with --bind-address HOST:PORT, or 0 to serve none.',
	},
	GP4301: {
		title: 'not allowed',
		meaning: 'The account may not do that in the cluster; the message names the verb and the resource.',
		remedy: 'Have the right granted, or use another --context.',
	},
	GP4302: {
		title: 'not recognised',
		meaning: 'The API server does not accept the credentials.',
		remedy: 'Log in again, or use another --context.',
	},
	GP4303: {
		title: 'no answer',
		meaning: 'The API server cannot be reached, or did not answer in time.',
		remedy: 'Check the address in the kubeconfig, the network and the proxy settings.',
	},
	GP4304: {
		title: 'not installed',
		meaning: 'The cluster does not know the kinds of gpupolicy.',
		remedy: 'Install them: kubectl apply -k manifests, or the Helm chart.',
	},
	GP4305: {
		title: 'server failed',
		meaning: 'The API server answered with an error of its own, or has too much to do.',
		remedy: 'Try again; the logs of the API server say more.',
	},
	GP4306: {
		title: 'refused by the server',
		meaning: 'The API server, or an admission policy or webhook in it, refuses the object.',
		remedy: 'Change what the message names.',
	},
	GP4307: {
		title: 'changed meanwhile',
		meaning: 'Somebody else changed the object while the command was at work; nothing was written.',
		remedy: 'Run the command again.',
	},
	GP4308: {
		title: 'no such generation',
		meaning: 'The cluster keeps no revision of that generation of the policy; the last ten are kept.',
		remedy: 'gpupolicy history NAME lists those that are kept; older ones are in git.',
	},
	GP4309: {
		title: 'owned by another',
		meaning: 'The spec of the policy is applied by another field manager, which would put back what is rolled back.',
		remedy: 'Change the policy where that manager reads it, in git.',
	},
	GP4310: {
		title: 'server warns',
		meaning: 'The API server takes the object and has something to say about it.',
		remedy: 'Change what the message names, or leave it.',
	},
	GP4401: {
		title: 'no state directory',
		meaning: 'The agent cannot make the directory where it meets the device-plugin proxy.',
		remedy: 'Name one that it may write to with --state-dir, or run it as root.',
	},
	GP4402: {
		title: 'not an interval',
		meaning: 'The time between two looks at the devices is no duration, or shorter than a second.',
		remedy: 'Write a duration such as 15s or 1m.',
	},
	GP4403: {
		title: 'no report of the machine',
		meaning: 'There is no report of a machine of that name: no agent keeps one here, or it is of another machine.',
		remedy: 'Run gpupolicy agent --local, or name a cluster with --context or --kubeconfig.',
	},
	GP4501: {
		title: 'no directory',
		meaning: 'The device-plugin proxy cannot make a directory that it needs.',
		remedy: 'Name one that it may write to with the flag that the message names, or run it as root.',
	},
	GP4502: {
		title: "the kubelet's own directory",
		meaning: 'The directory for device plugins is that of the kubelet: the proxy would take the place of its socket.',
		remedy:
			'Name another with --plugin-dir, and mount it over /var/lib/kubelet/device-plugins in the containers of the device plugins.',
	},
	GP4503: {
		title: 'another proxy',
		meaning: 'Somebody answers already at the socket that device plugins take for the kubelet.',
		remedy: 'Stop the other proxy, or name another directory with --plugin-dir.',
	},
	GP4504: {
		title: 'no socket for device plugins',
		meaning:
			'The socket that device plugins take for the kubelet cannot be served: the path is too long, not writable, or taken by a file or a directory.',
		remedy: 'Mend what the message names, or name another directory with --plugin-dir.',
	},
} as const satisfies Readonly<Record<`GP${number}`, ErrorPage>>;

/** A documented code. */
export type ErrorCode = keyof typeof errorCodes;
