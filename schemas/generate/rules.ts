import { type RulePage, rulePages } from '../../src/core/plan/rule-pages.ts';

const source = 'src/core/plan/rule-pages.ts';

/** `docs/rules/*.md`: a page per rule, and an index; path relative to the root, and text. */
export function generateRulePages(): [string, string][] {
	const pages = Object.entries(rulePages).map(([id, page]): [string, string] => [
		`docs/rules/${id.replace('/', '-')}.md`,
		renderPage(id, page),
	]);
	const rows = Object.entries(rulePages).map(([id, { title }]) => `| [\`${id}\`](${id.replace('/', '-')}.md) | ${title} |`);
	const index = `${banner}\n\n# Rules\n\nWhat \`gpupolicy check\` reports. \`gpupolicy explain RULE\` prints a page on a terminal.\n\n| Rule | Finding |\n|---|---|\n${rows.join('\n')}\n`;
	return [['docs/rules/README.md', index], ...pages];
}

const banner = `<!-- Generated from ${source} by \`node schemas/generate/index.ts\`. Do not edit. -->`;

function renderPage(id: string, { title, what, why, before, after, ignore }: RulePage): string {
	const example = (heading: string, code: string) => (code === '' ? [] : [`## ${heading}`, `\`\`\`\n${code}\n\`\`\``]);
	return `${[banner, `# ${id}`, `${title.charAt(0).toUpperCase()}${title.slice(1)}.`, what, '## Why it matters', why, ...example('Before', before), ...example('After', after), '## How to ignore it', ignore].join('\n\n')}\n`;
}
