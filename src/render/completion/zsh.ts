import type { CompletedCommand, CompletedFlag, Values } from './table.ts';

/** A script for zsh: a function of `fpath`, or sourced after `compinit`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
	return `#compdef gpupolicy
# zsh completion of gpupolicy. Now: source <(gpupolicy completion zsh). For good: the same line in ~/.zshrc, after compinit
_gpupolicy_policies() {
	local -a names
	names=(\${(f)"$(gpupolicy get -o name 2>/dev/null | sed 's,.*/,,')"})
	compadd -a names
}

_gpupolicy() {
	local curcontext="$curcontext" state line
	local -a commands
	commands=(
${commands.map(({ name, summary }) => `\t\t${quoted(`${name}:${summary}`)}\n`).join('')}	)
	_arguments -C '--help[Show help]' '--version[Show the version]' '1:command:->command' '*::argument:->argument'
	case $state in
	command) _describe command commands ;;
	argument)
		case $words[1] in
${commands.map(caseOf).join('')}		esac
		;;
	esac
}

if [ "$funcstack[1]" = _gpupolicy ]; then
	_gpupolicy "$@"
else
	compdef _gpupolicy gpupolicy
fi
`;
}

function caseOf({ name, flags, args }: CompletedCommand): string {
	const specs = [...flags.map(flagSpec), ...args.map((values, at) => quoted(`${at + 1}::argument:${action(values)}`))];
	return `\t\t${name})\n\t\t\t_arguments ${specs.map((spec) => `\\\n\t\t\t\t${spec}`).join(' ')}\n\t\t\t;;\n`;
}

/** `{-o,--output=}'[Format of the result]:value:(text json)'`, with what keeps one from being proposed twice. */
function flagSpec({ long, short, summary, value, repeatable }: CompletedFlag): string {
	const text = `[${summary.replace(/[[\]\\:]/g, '\\$&')}]${value === null ? '' : `:value:${action(value)}`}`;
	const name = value === null ? long : `${long}=`;
	if (short === null) return quoted(`${repeatable ? '*' : ''}${name}${text}`);
	const once = repeatable ? "'*'" : quoted(`(${short} ${long})`);
	return `${once}{${short},${name}}${quoted(text)}`;
}

function action(values: Values): string {
	switch (values.kind) {
		case 'words':
			return `(${values.words.join(' ')})`;
		case 'files':
			return '_files';
		case 'directories':
			return '_files -/';
		case 'policies':
			return '_gpupolicy_policies';
		case 'free':
			return ' ';
	}
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
