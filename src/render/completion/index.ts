import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completedCommands, type TableCommand } from './table.ts';
import { zshCompletion } from './zsh.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export type Shell = keyof typeof scripts;

/** The shells that a script can be had for. */
export const shells = Object.keys(scripts) as readonly Shell[];

/** The script that completes what the commands of oclif's table take. */
export function renderCompletion(shell: Shell, table: readonly TableCommand[]): string {
	return scripts[shell](completedCommands(table));
}
