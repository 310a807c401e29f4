import { readFileSync } from 'node:fs';

/** The flags that the image gives Node: what runs in a cluster is measured with them. */
export function imageFlags(): readonly string[] {
	const entry = /^ENTRYPOINT (\[.*\])$/m.exec(textOf('Dockerfile'))?.[1];
	return flagsAmong(JSON.parse(entry ?? '[]'), 'the Dockerfile');
}

/** The flags that the chart gives Node for the agent instead. */
export function agentFlags(): readonly string[] {
	const template = 'charts/gpupolicy/templates/node/_agent.tpl';
	const command = /^ {2}command: \[(.*)\]$/m.exec(textOf(template))?.[1];
	return flagsAmong((command ?? '').split(', '), template);
}

function textOf(path: string): string {
	return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

function flagsAmong(words: readonly string[], where: string): readonly string[] {
	const flags = words.filter((word) => word.startsWith('--'));
	if (flags.length === 0) throw new Error(`${where} does not say with which flags Node runs`);
	return flags;
}
