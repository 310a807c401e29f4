/**
 * Commands and what they print, as they stand in the ```console blocks of a Markdown page: a command after `$ `, its output under it. They
 * are run again to keep the page true.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Parts of a page: text that stays, and commands. */
type Part = { readonly text: string } | { readonly command: string };

/** How the shell tells its outputs apart. */
const mark = '\u241e';

function partsOf(page: string): Part[] {
	const parts: Part[] = [];
	let inside = false;
	for (const line of page.split('\n')) {
		const last = parts.at(-1);
		if (line.startsWith('```')) {
			inside = line === '```console';
			parts.push({ text: line });
		} else if (!inside) parts.push({ text: line });
		else if (line.startsWith('$ ')) parts.push({ command: line.slice(2) });
		else if (last && 'command' in last && last.command.endsWith('\\')) parts[parts.length - 1] = { command: `${last.command}\n${line}` };
		// Anything else is what a command printed the last time.
	}
	return parts;
}

/** The page with what its commands print now, made alike from run to run. Rejects where one ends with another status than 0. */
export async function runAgain(page: string, env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
	const parts = partsOf(page);
	const commands = parts.flatMap((part) => ('command' in part ? [part.command] : []));
	const script = commands.map((command) => `echo '${mark}'\n${command}`).join('\n');
	const shell = spawn('bash', ['-eu', '-o', 'pipefail', '-c', `exec 2>&1\n${script}`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
	let printed = '';
	shell.stdout.setEncoding('utf8').on('data', (text: string) => {
		printed += text;
	});
	const [code] = (await once(shell, 'close')) as [number];
	const outputs = printed.split(`${mark}\n`).slice(1);
	if (code !== 0) throw new Error(`exit ${code}: ${commands[outputs.length - 1]}\n${outputs.at(-1)}`);
	let next = 0;
	return parts
		.map((part) => {
			if ('text' in part) return part.text;
			const output = alike(outputs[next++] ?? '').trimEnd();
			return `$ ${part.command}${output === '' ? '' : `\n${output}`}`;
		})
		.join('\n');
}

/** Times and what follows from them, the same in every run. */
function alike(output: string): string {
	return output
		.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-01-01T10:41:02Z')
		.replaceAll(/\bat \d\d:\d\d:\d\d\b/g, 'at 10:41:02')
		.replaceAll(/\b\d+s ago\b/g, '1s ago')
		.split('\n')
		.map((line, i, lines) => (/\b(AGE|OBSERVED)\b/.test(lines[0] ?? '') && i > 0 ? line.replaceAll(/(?<= )(\d+[smh])+ *(?= |$)/g, age) : line).trimEnd())
		.join('\n');
}

/** A column keeps its width. */
function age(cell: string): string {
	return '1s'.padEnd(cell.length);
}
