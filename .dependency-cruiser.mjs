/**
 * Who may import whom: one entry for each room of src/, with its reason; docs/concepts.md explains the rooms.
 * `.ci/import-rules.ts` runs the rules and fails when the parser read nothing.
 */

/**
 * @typedef {object} Room
 * @property {readonly string[]} to Rooms (or modules) of src/ that it may import besides itself.
 * @property {'any' | readonly string[]} [node] Modules of Node that it may import; none by default.
 * @property {'any' | readonly string[]} [packages] npm packages that it may import; none by default.
 * @property {string} why
 */

/** @type {Readonly<Record<string, Room>>} */
const rooms = {
	api: { to: [], why: 'The API is the one thing that everybody shares, so it rests on nothing.' },
	core: {
		to: ['api'],
		packages: ['picomatch'],
		why: 'The core decides and does nothing: no file, network, clock, environment or process. What is not pure comes in through core/ports.',
	},
	formats: {
		to: ['core'],
		node: ['buffer'],
		packages: ['yaml', 'js-yaml'],
		why: 'A format is pure text: bytes in, settings and edits out. js-yaml reads independently what an edit by yaml says.',
	},
	manifest: {
		to: ['api', 'core', 'runtime/errors'],
		node: ['buffer', 'crypto'],
		packages: ['yaml', 'ajv', 'ajv-formats', 'js-yaml', 'picomatch'],
		why: 'Reading a manifest is pure text too: the caller gives the text and the name of the file.',
	},
	runtime: { to: [], node: 'any', why: 'The work queue and the loop know no domain, so that any duty can run on them.' },
	gpu: {
		to: ['api', 'core', 'runtime'],
		node: 'any',
		packages: 'any',
		why: 'An adapter behind core/ports: it never knows another adapter.',
	},
	host: {
		to: ['api', 'core', 'runtime'],
		node: 'any',
		packages: 'any',
		why: 'An adapter behind core/ports: it never knows another adapter.',
	},
	kube: {
		to: ['api', 'core', 'runtime'],
		node: 'any',
		packages: 'any',
		why: 'An adapter behind core/ports: it never knows another adapter.',
	},
	kubelet: {
		to: ['api', 'core', 'runtime'],
		node: 'any',
		why: 'An adapter behind core/ports, of what the kubelet and device plugins speak: it never knows another adapter.',
	},
	engine: {
		to: ['api', 'core', 'runtime'],
		why: 'The phases run over ports; which adapter stands behind one is known to app/ only.',
	},
	controller: {
		to: ['api', 'core', 'runtime'],
		node: ['crypto'],
		why: 'The duties in a cluster run over ports too; which client stands behind them is known to app/ only.',
	},
	agent: {
		to: ['api', 'core', 'runtime'],
		why: 'The duty on one node runs over ports too: which devices, files and client stand behind them is known to app/ only.',
	},
	'device-plugin': {
		to: ['api', 'core', 'runtime', 'kubelet'],
		node: 'any',
		why: 'The proxy is between two ends of the same API: it speaks it through kubelet/, and knows no other adapter.',
	},
	render: {
		to: ['api', 'core', 'engine', 'manifest', 'runtime/errors'],
		node: ['path'],
		packages: ['js-yaml'],
		why: 'Results to text: types of what is shown, nothing that reads or does.',
	},
	app: {
		to: [
			'api',
			'core',
			'formats',
			'manifest',
			'runtime',
			'gpu',
			'host',
			'kube',
			'kubelet',
			'engine',
			'controller',
			'agent',
			'device-plugin',
			'render',
		],
		node: 'any',
		packages: 'any',
		why: 'The composition roots: the only place where ports meet adapters.',
	},
	commands: {
		to: ['api', 'app', 'render', 'runtime/errors'],
		node: 'any',
		packages: ['@oclif/core'],
		why: 'A command parses, calls app/ and renders; it knows no adapter and decides nothing.',
	},
};

const tests = '\\.(test|fixture)\\.ts$';
const literally = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const roomRules = Object.entries(rooms).flatMap(([name, { to, node = [], packages = [], why }]) => {
	const from = { path: `^src/${name}/`, pathNot: tests };
	const rule = (what, target) => ({ name: `${name}-${what}`, comment: `${name}/: ${why}`, severity: 'error', from, to: target });
	const rules = [rule('rooms', { path: '^src/', pathNot: [name, ...to].map((path) => `^src/${literally(path)}(/|\\.ts$)`) })];
	if (node !== 'any')
		rules.push(rule('node', { dependencyTypes: ['core'], pathNot: node.map((module) => `^(node:)?${module}$`) }));
	if (packages !== 'any')
		rules.push(rule('packages', { path: 'node_modules/', pathNot: packages.map((name) => `node_modules/${literally(name)}/`) }));
	return rules;
});

export default {
	forbidden: [
		...roomRules,
		{
			name: 'formats-apart',
			comment: 'A format never knows another: what several need lives in formats/text, and formats/registry.ts alone lists them.',
			severity: 'error',
			from: { path: '^src/formats/([^/]+)/', pathNot: tests },
			to: { path: '^src/formats/', pathNot: ['^src/formats/$1/', '^src/formats/text/'] },
		},
		{
			name: 'known-room',
			comment: 'A new folder of src/ is a decision: give it an entry in `rooms` above.',
			severity: 'error',
			from: { path: '^src/', pathNot: `^src/(${Object.keys(rooms).join('|')})/|^src/(entry|quick)\\.ts$` },
			to: {},
		},
		{
			name: 'entry',
			comment: 'The entries load what they need by themselves, and only that: start-up time is paid on every command.',
			severity: 'error',
			from: { path: '^src/(entry|quick)\\.ts$' },
			to: { path: '^src/', pathNot: '^src/(app|commands|render)/' },
		},
		{
			name: 'quick-is-light',
			comment: 'quick.ts is bundled into the file that answers `get`: a library reached from there is paid for on every call.',
			severity: 'error',
			from: { path: '^src/quick\\.ts$' },
			to: { path: 'node_modules', reachable: true },
		},
		{
			name: 'tests-outside',
			comment: 'Published code never imports a test or what lies outside src/, except the schemas.',
			severity: 'error',
			from: { path: '^src/', pathNot: tests },
			to: { path: ['^(test|docs|examples|\\.ci)/', tests] },
		},
		{
			name: 'no-cycles',
			comment: 'Modules that import each other cannot be read or loaded one at a time.',
			severity: 'error',
			from: { path: '^src/' },
			to: { circular: true },
		},
		{
			name: 'resolvable',
			comment: 'An import that leads nowhere fails at run time.',
			severity: 'error',
			from: { path: '^src/' },
			to: { couldNotResolve: true },
		},
		{
			name: 'no-dev-packages',
			comment: 'The published package brings its dependencies only.',
			severity: 'error',
			from: { path: '^src/', pathNot: tests },
			to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
		},
	],
	options: {
		parser: 'swc',
		tsPreCompilationDeps: true,
		doNotFollow: { path: 'node_modules' },
		enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
	},
};
