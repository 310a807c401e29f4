import process from 'node:process';

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
	const { main } = await import('./commands/main.ts');
	await main(argv, import.meta.url);
}
