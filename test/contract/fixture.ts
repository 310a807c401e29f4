import { readdirSync, readFileSync } from 'node:fs';
import type { FilePolicy } from '../../src/core/desired/file-policy.ts';
import type { FileContext } from '../../src/core/plan/judge-file.ts';
import type { Interest } from '../../src/core/ports/format.ts';

/** The values of the example policy; what a fixture means where it names no others. */
const EXAMPLE_ENV = {
	CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
	CUDA_VISIBLE_DEVICES: '1',
	PYTORCH_CUDA_ALLOC_CONF: 'max_split_size_mb:1024',
};

/** `case.json` of a fixture; README.md beside this file says what each field means. */
export interface FixtureCase {
	readonly title: string;
	readonly path: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly ordinal?: number | null;
	readonly declared?: boolean;
	readonly policy?: string;
	readonly policies?: readonly {
		readonly name: string;
		readonly env: Readonly<Record<string, string>>;
		readonly ordinal?: number | null;
	}[];
	readonly prune?: boolean;
	readonly libraries?: readonly string[];
	readonly localModules?: readonly string[];
	readonly findings?: readonly string[];
	readonly left?: readonly string[];
	readonly settings?: readonly string[];
}

/** One fixture as read from its folder. */
export interface Fixture {
	readonly name: string;
	readonly case: FixtureCase;
	readonly before: Uint8Array;
	/** `before` itself where nothing may be changed. */
	readonly after: Uint8Array;
	readonly policies: readonly FilePolicy[];
	readonly interest: Interest;
	readonly context: FileContext;
}

const FIELDS = new Set(
	'title path env ordinal declared policy policies prune libraries localModules findings left settings'.split(' '),
);

/** All fixtures of a format, sorted by name. Throws on a folder without `before` or `case.json`, or with an unknown field. */
export function fixturesOf(formatId: string): Fixture[] {
	const root = new URL(`../../src/formats/${formatId}/fixtures/`, import.meta.url);
	return readdirSync(root)
		.sort()
		.map((name) => readFixture(new URL(`${name}/`, root), name));
}

function readFixture(folder: URL, name: string): Fixture {
	const files = readdirSync(folder);
	const content = (stem: string): Uint8Array | null => {
		const file = files.find((candidate) => candidate === stem || candidate.startsWith(`${stem}.`));
		return file === undefined ? null : readFileSync(new URL(file, folder));
	};
	const before = content('before');
	const json = content('case');
	if (before === null || json === null) throw new Error(`${folder.pathname}: a fixture needs case.json and before.<ext>`);
	const fixtureCase = JSON.parse(Buffer.from(json).toString()) as FixtureCase;
	for (const field of Object.keys(fixtureCase)) {
		if (!FIELDS.has(field)) throw new Error(`${folder.pathname}case.json: unknown field ${field}`);
	}
	const policies = policiesOf(fixtureCase);
	return {
		name,
		case: fixtureCase,
		before,
		after: content('after') ?? before,
		policies,
		interest: interestOf(policies, fixtureCase),
		context: {
			policyNames: new Set(policies.map((policy) => policy.name)),
			prune: fixtureCase.prune ?? false,
			writable: true,
			secretsWritable: true,
		},
	};
}

function policiesOf(fixtureCase: FixtureCase): FilePolicy[] {
	const { policy = 'rtx3090-only', env = EXAMPLE_ENV, ordinal = 0, declared = false } = fixtureCase;
	return (fixtureCase.policies ?? [{ name: policy, env, ordinal }]).map((wanted) =>
		filePolicy(wanted.name, wanted.env, wanted.ordinal === undefined ? ordinal : wanted.ordinal, declared),
	);
}

/** An enforcing policy with these values; one device is visible. */
export function filePolicy(
	name: string,
	env: Readonly<Record<string, string>>,
	ordinal: number | null,
	declared: boolean,
): FilePolicy {
	return {
		name,
		digest: name,
		application: { kind: 'enforce' },
		origin: 'gpupolicy.yaml:1',
		variables: Object.entries(env).map(([variable, text], index) => ({
			name: variable,
			value: { state: 'known', text },
			secret: false,
			field: `spec.env[${index}]`,
		})),
		field: 'spec.files[0]',
		ordinal,
		visibleCount: 1,
		declared,
	};
}

/** What the engine listens for under these policies. */
export function interestOf(policies: readonly FilePolicy[], fixtureCase?: FixtureCase): Interest {
	const local = new Set(fixtureCase?.localModules ?? []);
	return {
		variables: new Set(policies.flatMap((policy) => policy.variables.map(({ name }) => name))),
		gpuLibraries: new Set(fixtureCase?.libraries ?? ['torch']),
		ordinals: policies.some((policy) => policy.ordinal !== null),
		isLocalModule: (name) => local.has(name),
	};
}
