import type { Definition, Parsed } from './oclif.ts';

/** What a definition may say for its flag to be read here; a flag with anything more is oclif's. */
const understood: ReadonlySet<string> = new Set([
	'type',
	'char',
	'options',
	'default',
	'multiple',
	'multipleNonGreedy',
	'dependsOn',
	'summary',
	'description',
	'helpValue',
	'helpGroup',
	'helpLabel',
]);

/**
 * Reads a plain command line: long and short flags of the definitions, each once, and values that are words. `null` for
 * anything else, right or wrong (`--`, `-xy`, positional arguments, unknown flags, help): oclif reads it, and has the last
 * word on what is an error.
 */
export function plainArguments(argv: readonly string[], definitions: Readonly<Record<string, Definition>>): Parsed | null {
	const names = new Map<string, string>();
	for (const [name, definition] of Object.entries(definitions)) {
		if (!isUnderstood(definition)) return null;
		names.set(`--${name}`, name);
		if (typeof definition.char === 'string') names.set(`-${definition.char}`, name);
	}
	const flags: Record<string, unknown> = {};
	for (let at = 0; at < argv.length; at++) {
		const word = argv[at] as string;
		const equals = word.startsWith('--') ? word.indexOf('=') : -1;
		const name = names.get(equals < 0 ? word : word.slice(0, equals));
		const definition = name === undefined ? undefined : definitions[name];
		if (name === undefined || definition === undefined) return null;
		if (definition.type === 'boolean') {
			if (equals >= 0 || flags[name] !== undefined) return null;
			flags[name] = true;
			continue;
		}
		const value = equals < 0 ? argv[++at] : word.slice(equals + 1);
		if (value === undefined || value === '' || value.startsWith('-')) return null;
		if (Array.isArray(definition.options) && !definition.options.includes(value)) return null;
		if (definition.multiple) flags[name] = [...((flags[name] as string[] | undefined) ?? []), value];
		else if (flags[name] !== undefined) return null;
		else flags[name] = value;
	}
	for (const [name, { dependsOn, default: standard }] of Object.entries(definitions)) {
		if (flags[name] === undefined) {
			if (standard !== undefined) flags[name] = standard;
		} else if (Array.isArray(dependsOn) && dependsOn.some((other) => flags[other] === undefined)) return null;
	}
	return { flags, args: {} };
}

function isUnderstood(definition: Definition): boolean {
	if (definition.type !== 'string' && definition.type !== 'boolean') return false;
	if (definition.multiple && !definition.multipleNonGreedy) return false;
	if (typeof definition.default === 'function') return false;
	return Object.keys(definition).every((key) => understood.has(key));
}
