import { existsSync, readFileSync } from 'node:fs';

/** The JSON objects of a file that holds one a line and is written to now; none where there is no file yet. */
export function readLines<T>(file: string): T[] {
	if (!existsSync(file)) return [];
	const text = readFileSync(file, 'utf8');
	const whole = text.slice(0, text.lastIndexOf('\n') + 1);
	return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}
