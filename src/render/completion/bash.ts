import type { CompletedCommand, Values } from './table.ts';

/** A script for bash 3.2 (macOS) and newer; needs nothing of the package bash-completion. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
	const names = commands.map(({ name }) => name);
	return `# bash completion of gpupolicy. Now: eval "$(gpupolicy completion bash)". For good: the same line in ~/.bashrc
_gpupolicy_words() {
	local word
	while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$cur")
}

_gpupolicy_paths() {
	local path
	compopt -o filenames 2>/dev/null
	while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$cur")
}

_gpupolicy_policies() {
	_gpupolicy_words "$("\${COMP_WORDS[0]}" get -o name 2>/dev/null | sed 's,.*/,,')"
}

_gpupolicy() {
	local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}"
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		_gpupolicy_words '${[...names, '--help', '--version'].join(' ')}'
		return
	fi
	# bash takes "--output=json" apart at the "=".
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev="\${COMP_WORDS[COMP_CWORD - 2]}"
	fi
	case "\${COMP_WORDS[1]}" in
${commands.map(caseOf).join('')}	esac
}

complete -F _gpupolicy gpupolicy
`;
}

function caseOf({ name, flags, args }: CompletedCommand): string {
	const values = flags.flatMap(({ long, short, value }) =>
		value === null ? [] : [`\t\t\t${short === null ? '' : `${short} | `}${long}) ${propose(value)} ;;\n`],
	);
	// The first argument alone is looked at: no command proposes anything for a second one.
	const argument = args[0] === undefined || args[0].kind === 'free' ? ':' : propose(args[0]);
	const all = flags.flatMap(({ long, short }) => (short === null ? [long] : [short, long]));
	return `\t${name})
		case "$prev" in
${values.join('')}		*)
			case "$cur" in
			-*) _gpupolicy_words '${all.join(' ')}' ;;
			*) ${argument} ;;
			esac
			;;
		esac
		;;
`;
}

function propose(values: Values): string {
	switch (values.kind) {
		case 'words':
			return `_gpupolicy_words '${values.words.join(' ')}'`;
		case 'files':
			return '_gpupolicy_paths -f';
		case 'directories':
			return '_gpupolicy_paths -d';
		case 'policies':
			return '_gpupolicy_policies';
		case 'free':
			return ':';
	}
}
