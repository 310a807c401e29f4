import process from 'node:process';
import { useCompileCache } from './app/compile-cache.ts';
import { getLocal, listOf, renderList } from './app/get.ts';
import { locateRoot } from './app/locate-root.ts';
import { guardOutput, writeOutput } from './app/output.ts';
import { renderCompletion, type Shell, shells } from './render/completion/index.ts';
import type { TableCommand } from './render/completion/table.ts';

/** `oclif.manifest.json`. */
export interface CommandTable {
	readonly commands: Readonly<Record<string, TableCommand>>;
}

/** Flags of `get` that are answered here; anything else goes through oclif. */
interface QuickGet {
	readonly name: string | undefined;
	readonly directory: string | undefined;
	readonly output: 'table' | 'wide' | 'json' | 'name';
}

const outputs: readonly string[] = ['table', 'wide', 'json', 'name'];

/** Reads `get [NAME] [-C DIR] [-o FORMAT] [--json]`; `null` for any other form. */
function parseGet(argv: readonly string[]): QuickGet | null {
	let name: string | undefined;
	let directory: string | undefined;
	let output = 'table';
	for (let i = 1; i < argv.length; i++) {
		const word = argv[i] as string;
		if (word === '--json') output = 'json';
		else if ((word === '-o' || word === '--output') && i + 1 < argv.length) output = argv[++i] as string;
		else if ((word === '-C' || word === '--directory') && i + 1 < argv.length) directory = argv[++i] as string;
		else if (word.startsWith('-') || name !== undefined) return null;
		else name = word;
	}
	return outputs.includes(output) ? { name, directory, output: output as QuickGet['output'] } : null;
}

/** Answers `get` from the stored status; `false` where oclif must answer: no status yet, no such policy, an unusable root. */
function answerGet(get: QuickGet): boolean {
	let result: ReturnType<typeof getLocal>;
	try {
		result = getLocal(locateRoot(get.directory));
	} catch {
		return false; // the command proper reports it, with its code and hint
	}
	if (!result) return false;
	const list = listOf(result, get.name);
	if (get.name !== undefined && list.items.length === 0) return false;
	if (result.stale.length > 0) guardOutput();
	for (const name of result.stale)
		process.stderr.write(`note: ${name} changed since the status was made; gpupolicy check makes a new one\n`);
	writeOutput(renderList(list, get.output));
	return true;
}

/** Answers `completion SHELL`, which shells ask at each of their starts; `false` for any other form, and without a table. */
function answerCompletion([, shell, ...more]: readonly string[], readTable: () => CommandTable): boolean {
	if (more.length > 0 || !shells.includes(shell as Shell)) return false;
	let table: CommandTable;
	try {
		table = readTable();
	} catch {
		return false; // oclif knows its commands without the file
	}
	writeOutput(renderCompletion(shell as Shell, Object.values(table.commands)));
	return true;
}

/**
 * What people and shells call all day (`get`, `--version`, `completion`) is answered here, without loading oclif or anything else: the build bundles
 * this module into the one file `dist/quick.cjs` that bin/gpupolicy.js tries first. `false`: load the rest. As a `plugin` of kubectl
 * a command is about a cluster.
 */
export function quickly(argv: readonly string[], version: string, readTable: () => CommandTable, plugin = false): boolean {
	if (argv.length === 1 && argv[0] === '--version') {
		writeOutput(`gpupolicy ${version} node ${process.version} ${process.platform}-${process.arch}\n`);
		return true;
	}
	if (argv[0] === 'completion' && answerCompletion(argv, readTable)) return true;
	const get = argv[0] === 'get' && !plugin ? parseGet(argv) : null;
	if (get !== null && answerGet(get)) return true;
	guardOutput();
	// Before anything else is compiled: V8 takes code that was kept under other flags for another program's.
	// A pass makes much short-lived text, for which a young generation as small as Node's first one is collected all the time. Left to
	// itself V8 makes one of 48 MB of it, which saves no more time than one of 12 MB: measured over 11,000 files, 213 MB at the
	// peak against 169 MB. It grows fourfold while the command is loaded, and commands/plain/start.ts stops it there.
	const growth = plainBundle(argv) === 'plain.cjs' ? 4 : 1;
	process.getBuiltinModule('node:v8').setFlagsFromString(`--semi-space-growth-factor=${growth}`); // an import would be paid for by `get`
	// What stays on a node is idle nearly always: code that is small is worth more there than code that is fast.
	if (plainBundle(argv) === 'node.cjs') process.getBuiltinModule('node:v8').setFlagsFromString('--optimize-for-size');
	useCompileCache(plainBundle(argv) !== null && !plugin ? (argv[0] as string) : 'other');
	return false;
}

/** The bundle that may answer a command line without oclif, as far as the first word tells; `null`: none. */
export function plainBundle(argv: readonly string[]): 'plain.cjs' | 'node.cjs' | null {
	const command = argv[0] ?? '';
	return plainCommands.has(command) ? 'plain.cjs' : nodeCommands.has(command) ? 'node.cjs' : null;
}

/** Of `commands/plain/start.ts`. */
const plainCommands: ReadonlySet<string> = new Set(['check', 'plan', 'reconcile', 'validate']);
/** Of `commands/plain/start-node.ts`. */
const nodeCommands: ReadonlySet<string> = new Set(['agent', 'device-plugin']);
