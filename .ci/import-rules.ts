/**
 * Holds .dependency-cruiser.mjs over src/. dependency-cruiser passes happily when its parser reads nothing (it cannot read
 * TypeScript 7 by itself), so the number of modules that it saw is compared with the number of files there are.
 *
 *     node .ci/import-rules.ts [ROOT]
 */
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const files = globSync('src/**/*.ts', { cwd: root });
const { output } = await cruise(['src'], {
	...config.options,
	ruleSet: { forbidden: config.forbidden },
	validate: true,
	baseDir: root,
});
const { modules, summary } = output as ICruiseResult;

const seen = modules.filter((module) => module.source.startsWith('src/') && module.source.endsWith('.ts')).length;
const edges = modules.reduce((sum, module) => sum + module.dependencies.length, 0);
if (seen < files.length || files.length === 0 || edges === 0) {
	console.error(
		`cruised ${seen} modules with ${edges} imports, but src/ holds ${files.length} files: the parser reads nothing, the rules hold nothing`,
	);
	process.exitCode = 1;
}
for (const violation of summary.violations) {
	const path = violation.cycle?.map((step) => step.name).join(' -> ') ?? violation.to;
	console.error(`${violation.from} -> ${path}  breaks ${violation.rule.name}`);
	const comment = config.forbidden.find((rule) => rule.name === violation.rule.name)?.comment;
	if (comment !== undefined) console.error(`    ${comment}`);
}
if (summary.violations.length > 0) process.exitCode = 1;
console.log(`${seen} modules, ${edges} imports, ${summary.violations.length} violations`);
