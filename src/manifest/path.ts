/** Steps from the top of a document to a value: keys and list indexes. */
export type Path = readonly (string | number)[];

/** `spec.devices.allow[0].minMemory`; a key that is no plain word is quoted: `metadata.labels["a/b"]`. */
export function formatPath(path: Path): string {
	let text = '';
	for (const step of path) {
		if (typeof step === 'number') text += `[${step}]`;
		else if (/^[A-Za-z_$][\w$-]*$/.test(step)) text += text === '' ? step : `.${step}`;
		else text += `[${JSON.stringify(step)}]`;
	}
	return text;
}

/** The inverse of `formatPath`. Throws a `SyntaxError` on text that no path formats to. */
export function parsePath(text: string): Path {
	const steps: (string | number)[] = [];
	const step = /\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
	while (step.lastIndex < text.length) {
		const at = step.lastIndex;
		const match = step.exec(text);
		if (!match) throw new SyntaxError(`not a path: ${JSON.stringify(text)} at ${at}`);
		const [, word, index, quoted] = match;
		if (word !== undefined) steps.push(word);
		else if (index !== undefined) steps.push(Number(index));
		else steps.push(JSON.parse(quoted ?? '""') as string);
	}
	return steps;
}

/** Steps of a JSON pointer as ajv prints it; whether a step is an index follows from the value. */
export function fromPointer(pointer: string, value: unknown): Path {
	const steps: (string | number)[] = [];
	let at = value;
	for (const part of pointer.split('/').slice(1)) {
		const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
		steps.push(Array.isArray(at) ? Number(key) : key);
		at = (at as Record<string, unknown> | undefined)?.[key];
	}
	return steps;
}
