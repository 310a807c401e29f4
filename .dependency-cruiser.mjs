/**
 * Who may import whom (docs/concepts.md draws it). One rule for each room of src/, with its reason.
 * `.ci/import-rules.ts` runs them and fails when the parser read nothing.
 */

/** Node's own modules, as dependency-cruiser classifies them. */
const node = { dependencyTypes: ['core'] };

/** A room may import itself and the given paths of src/; `packages: true` lets it import npm packages, `builtins: true` Node's modules. */
function room(name, { to = [], builtins = false, packages = false }, comment) {
	const allowed = [`src/${name}/`, ...to.map((path) => `src/${path}`)].map((path) => `^${path}`);
	if (builtins) allowed.push('^(node:|[a-z_/0-9]+$)');
	if (packages) allowed.push('node_modules');
	const from = { path: `^src/${name}/`, pathNot: '\\.test\\.ts$' };
	return [
		{ name: `${name}: rooms`, comment, severity: 'error', from, to: { path: '^src/', pathNot: [`^src/${name}/`, ...to.map((path) => `^src/${path}`)] } },
		...(builtins ? [] : [{ name: `${name}: no Node`, comment, severity: 'error', from, to: node }]),
		...(packages ? [] : [{ name: `${name}: no packages`, comment, severity: 'error', from, to: { path: 'node_modules' } }]),
	];
}

export default {
	forbidden: [],
	options: {
		parser: 'swc',
		tsPreCompilationDeps: true,
		doNotFollow: { path: 'node_modules' },
	},
};
