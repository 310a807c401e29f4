import type { Format } from '../core/ports/format.ts';
import { dockerfile } from './dockerfile/index.ts';
import { dotenv } from './dotenv/index.ts';
import { python } from './python/index.ts';
import { shell } from './shell/index.ts';
import { yaml } from './yaml/index.ts';

/** Every file format, in the order in which they are asked. */
export const formats: readonly Format[] = [python, dotenv, yaml, dockerfile, shell];

/** The format of a root-relative path, by its name only; `undefined` where no format knows it. */
export function formatFor(path: string): Format | undefined {
	return formats.find((format) => format.matches(path));
}
