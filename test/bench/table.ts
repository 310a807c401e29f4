import { styleText } from 'node:util';
import type { Row } from './bench.ts';

/** Whether the goal of a row is met; `null` where it has none, or there is nothing to hold against it. */
export function isMet({ figure, goal }: Row): boolean | null {
	if (figure === undefined || goal === undefined) return null;
	return goal.kind === 'at most' ? figure <= goal.limit : figure >= goal.limit;
}

/** One line of the table, and its note below. */
export function lines(row: Row): string[] {
	const line = [row.what.padEnd(24), row.ours.padEnd(24), row.peer.padEnd(36), verdict(row)].join('  ').trimEnd();
	return row.note === undefined ? [line] : [line, styleText('dim', `    ${row.note}`)];
}

function verdict(row: Row): string {
	const { figure, goal } = row;
	if (figure === undefined || goal === undefined) return '';
	const value = `${figure >= 100 ? figure.toFixed(0) : figure.toFixed(2)} ${goal.unit}`;
	return `${value}  (goal ${goal.kind} ${goal.limit} ${goal.unit}: ${isMet(row) ? 'met' : 'NOT met'})`;
}
