import process from 'node:process';

/** Flags of `get` that the thin entry understands; anything else goes through oclif. */
interface QuickGet {
	readonly name: string | undefined;
	readonly directory: string | undefined;
	readonly output: 'table' | 'wide' | 'json' | 'name';
}

const outputs: readonly string[] = ['table', 'wide', 'json', 'name'];

/** Reads `get [NAME] [-C DIR] [-o FORMAT] [--json]`; `null` for any other form. */
function quickGet(argv: readonly string[]): QuickGet | null {
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

/** Answers `get` from the stored status; `false` where oclif must answer (no status yet, no such policy). */
async function answerGet(get: QuickGet): Promise<boolean> {
	const [{ locateRoot }, { getLocal, listOf, renderList }] = await Promise.all([
		import('./app/locate-root.ts'),
		import('./app/get.ts'),
	]);
	let root: string;
	try {
		root = locateRoot(get.directory);
	} catch {
		return false; // oclif reports it, with its code and hint
	}
	const result = getLocal(root);
	if (!result) return false;
	const list = listOf(result, get.name);
	if (get.name !== undefined && list.items.length === 0) return false;
	for (const name of result.stale)
		process.stderr.write(`note: ${name} changed since the status was made; gpupolicy check makes a new one\n`);
	process.stdout.write(renderList(list, get.output));
	return true;
}

/**
 * The thin entry: what people call all day (`get`, `--version`) is answered without loading oclif,
 * everything else goes through it. Called by bin/gpupolicy.js after its version guard.
 */
export async function start(argv: readonly string[]): Promise<void> {
	if (argv.length === 1 && argv[0] === '--version') {
		const { versionLine } = await import('./app/version.ts');
		process.stdout.write(`${versionLine()}\n`);
		return;
	}
	if (argv[0] === 'get') {
		const get = quickGet(argv);
		if (get && (await answerGet(get))) return;
	}
	const { main } = await import('./commands/main.ts');
	await main(argv, import.meta.url);
}
