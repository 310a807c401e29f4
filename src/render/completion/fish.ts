import type { CompletedCommand, CompletedFlag, Values } from './table.ts';

/** A script for fish: one `complete` a command and a flag. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
	const lines = [
		'# fish completion of gpupolicy. Now: gpupolicy completion fish | source',
		'# For good: gpupolicy completion fish > ~/.config/fish/completions/gpupolicy.fish',
		'complete -c gpupolicy -f',
		'complete -c gpupolicy -n __fish_use_subcommand -l help -d "Show help"',
		'complete -c gpupolicy -n __fish_use_subcommand -l version -d "Show the version"',
	];
	for (const { name, summary, flags, args } of commands) {
		lines.push(`complete -c gpupolicy -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`);
		const within = `complete -c gpupolicy -n "__fish_seen_subcommand_from ${name}"`;
		for (const flag of flags) lines.push(`${within} ${flagSpec(flag)}`);
		const first = args[0] && candidates(args[0]);
		if (first) lines.push(`${within} -a ${quoted(first)}`);
	}
	return `${lines.join('\n')}\n`;
}

function flagSpec({ long, short, summary, value }: CompletedFlag): string {
	const names = `${short === null ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)} -d ${quoted(summary)}`;
	if (value === null) return names;
	if (value.kind === 'files') return `${names} -r -F`;
	const words = candidates(value);
	return words === null ? `${names} -x` : `${names} -x -a ${quoted(words)}`;
}

function candidates(values: Values): string | null {
	switch (values.kind) {
		case 'words':
			return values.words.join(' ');
		case 'directories':
			return '(__fish_complete_directories)';
		case 'policies':
			return "(gpupolicy get -o name 2>/dev/null | string replace -r '.*/' '')";
		default:
			return null;
	}
}

function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
