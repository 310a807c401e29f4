import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '@oclif/core';

type CommandClass = typeof Command;

/** What the page shows of a flag, boolean or with a value. */
interface Flag {
	readonly type: 'boolean' | 'option';
	readonly char?: string;
	readonly summary?: string;
	readonly description?: string;
	readonly hidden?: boolean;
	readonly allowNo?: boolean;
	readonly options?: readonly string[];
	readonly default?: unknown;
	readonly helpValue?: string | readonly string[];
}

/** Every module of the folder whose default export is a command, by its name on the command line. */
async function commandsOf(folder: string): Promise<[string, CommandClass][]> {
	const found: [string, CommandClass][] = [];
	for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
		if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
		const module = (await import(join(folder, file))) as { default?: CommandClass };
		if (module.default !== undefined) found.push([file.replace(/\.ts$/, '').replaceAll(/[\\/]/g, ' '), module.default]);
	}
	return found;
}

/** Texts of oclif are templates; `config.bin` and `command.id` are all that ours use. */
function fill(text: string, name: string): string {
	return text.replaceAll(/<%=\s*config\.bin\s*%>/g, 'gpupolicy').replaceAll(/<%=\s*command\.id\s*%>/g, name);
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

function flagRow(name: string, flag: Flag): string {
	const value = flag.type === 'option' ? `=${[flag.helpValue ?? flag.options?.join('|') ?? 'VALUE'].flat()[0]}` : '';
	const long = `\`--${flag.allowNo === true ? '[no-]' : ''}${name}${value}\``;
	const standard =
		flag.default === undefined || typeof flag.default === 'function' || flag.default === false
			? ''
			: `\`${String(flag.default)}\``;
	return `| ${flag.char === undefined ? '' : `\`-${flag.char}\`, `}${cell(long)} | ${cell(flag.summary ?? flag.description ?? '')} | ${standard} |`;
}

function section(name: string, command: CommandClass): string {
	const args = Object.entries(command.args ?? {}).map(([arg, { required, description }]) => ({
		name: arg.toUpperCase(),
		required,
		description,
	}));
	const usage = ['gpupolicy', name, ...args.map((arg) => (arg.required === true ? arg.name : `[${arg.name}]`)), '[flags]'].join(
		' ',
	);
	const flags = (Object.entries(command.flags ?? {}) as unknown as [string, Flag][]).filter(([, flag]) => flag.hidden !== true);
	const examples = (command.examples ?? []).map((example) =>
		typeof example === 'string' ? example : `# ${example.description}\n${example.command}`,
	);
	return [
		`## gpupolicy ${name}`,
		fill(command.summary ?? '', name),
		`    ${usage}`,
		fill(command.description ?? '', name),
		args.some((arg) => arg.description !== undefined)
			? args.map((arg) => `- \`${arg.name}\`: ${arg.description ?? ''}`).join('\n')
			: '',
		flags.length > 0
			? ['| Flag | | Default |', '|---|---|---|', ...flags.map(([flag, props]) => flagRow(flag, props))].join('\n')
			: '',
		examples.length > 0 ? fill(examples.join('\n'), name).replaceAll(/^/gm, '    ') : '',
	]
		.filter((part) => part !== '')
		.join('\n\n');
}

/** Text of docs/reference/commands.md. */
export async function commandReference(commands: string): Promise<string> {
	const found = (await commandsOf(commands)).filter(([, command]) => command.hidden !== true);
	const sections = found.map(([name, command]) => {
		// Flags that every command has stand on the base class; oclif folds them in only when it runs.
		const own = Object.assign(Object.create(command), { flags: { ...command.flags, ...command.baseFlags } }) as CommandClass;
		return section(name, own);
	});
	const list = found.map(
		([name, command]) =>
			`| [\`${name}\`](#gpupolicy-${name.replaceAll(' ', '-')}) | ${cell(fill(command.summary ?? '', name))} |`,
	);
	return `${['# Commands', 'Generated from the commands themselves by `npm run generate`.', ['| Command | |', '|---|---|', ...list].join('\n'), ...sections].join('\n\n')}\n`;
}
