import fc from 'fast-check';

/** A piece of a program: whole logical lines. `\n` stands for the line end and `\t` for one step of indentation of the program. */
export interface Fragment {
	readonly text: string;
	/** Minor version of Python 3 that first compiles it. */
	readonly since: number;
}

export function fragment(text: string, since = 8): Fragment {
	return { text, since };
}

/** One of several fragments; shrinks to the first. */
export function oneOf(texts: readonly string[], since = 8): fc.Arbitrary<Fragment> {
	return fc.constantFrom(...texts.map((text) => fragment(text, since)));
}

/** Puts a text one level deeper. Strings over several lines get other text, which is as good. */
export function indented(text: string): string {
	return text
		.split('\n')
		.map((line) => (line === '' ? line : `\t${line}`))
		.join('\n');
}
