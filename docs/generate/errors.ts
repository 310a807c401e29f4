import { errorCodes } from '../../src/api/error-codes.ts';

const rooms: readonly (readonly [prefix: string, title: string])[] = [
	['GP10', 'Manifests: errors'],
	['GP11', 'Manifests: warnings'],
	['GP12', 'explain'],
	['GP20', 'The command line'],
	['GP31', 'The root and its state folder'],
	['GP32', 'The journal'],
	['GP33', 'The lock'],
	['GP34', 'git'],
	['GP35', 'Files of manifests'],
	['GP36', 'New files'],
	['GP41', 'Reaching a cluster'],
	['GP42', 'The controller'],
	['GP43', 'What a cluster answers'],
	['GP44', 'The agent of a node'],
	['GP45', 'The device-plugin proxy of a node'],
];

/** Text of docs/errors.md; fails on a code that belongs to no section. */
export function errorReference(): string {
	const codes = Object.entries(errorCodes);
	const homeless = codes.filter(([code]) => !rooms.some(([prefix]) => code.startsWith(prefix)));
	if (homeless.length > 0)
		throw new Error(`docs/generate/errors.ts has no section for ${homeless.map(([code]) => code).join(', ')}`);
	const cell = (text: string): string => text.replaceAll('|', '\\|');
	const sections = rooms.map(([prefix, title]) => {
		const rows = codes
			.filter(([code]) => code.startsWith(prefix))
			.map(([code, page]) => `| ${code} | ${cell(page.title)} | ${cell(page.meaning)} | ${cell(page.remedy)} |`);
		return [`## ${title}`, ['| Code | | What is wrong | What to do |', '|---|---|---|---|', ...rows].join('\n')].join('\n\n');
	});
	return `${['# Errors', 'Generated from `src/api/error-codes.ts` by `npm run generate`. An error ends with its code in brackets; `gpupolicy explain GP1004` prints an entry. Codes are stable: none is ever given another meaning. Errors of the system keep their own code, such as `ENOSPC`.', ...sections].join('\n\n')}\n`;
}
