/** Texts of the `Warning` headers of an answer (RFC 7234 section 5.5: code, agent, quoted text), in order. */
export function warningTexts(headers: readonly string[] | undefined): readonly string[] {
	const texts: string[] = [];
	for (const header of headers ?? []) {
		// Node reads headers as latin-1; the server wrote UTF-8.
		const line = Buffer.from(header, 'latin1').toString('utf8');
		for (const [, quoted = ''] of line.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/gs))
			texts.push(quoted.replaceAll(/\\(.)/gs, '$1'));
	}
	return texts;
}
