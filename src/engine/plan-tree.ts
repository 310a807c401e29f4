import type { FileSet } from '../api/v1alpha1.generated.ts';
import type { Application, FilePolicy } from '../core/desired/file-policy.ts';
import type { ResolvedPolicy } from '../core/desired/resolve.ts';
import type { Finding } from '../core/plan/finding.ts';
import { nameByInterpreter } from '../core/plan/interpreter.ts';
import { type FilePlan, planFile } from '../core/plan/plan-file.ts';
import type { Format, Interest } from '../core/ports/format.ts';
import type { Hold } from '../core/ports/journal.ts';
import type { FileSelector, ReadResult, Survey, SurveyedFile, Worktree } from '../core/ports/worktree.ts';
import type { EnginePorts } from './ports.ts';
import type { FileChange, FileOutcome } from './result.ts';

/** Larger files are refused (`file/too-large`): no hand-written program is. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

/** One `spec.files[]` entry of one policy. */
interface Selection {
	readonly policy: ResolvedPolicy;
	readonly set: FileSet;
	readonly field: string;
}

export interface TreeOptions {
	/** Plan and prove changes, also where the outcome is remembered; false: only findings are wanted, as `check` does. */
	readonly needChanges: boolean;
	readonly prune: boolean;
	/** Names of every policy that is declared, suspended ones too; `null` where that cannot be told: no block may be called an orphan. */
	readonly policyNames: ReadonlySet<string> | null;
	readonly holds: readonly Hold[];
	/** Paths that an earlier revision wrote: looked at for orphaned blocks even where no policy selects them any more. */
	readonly journaled: readonly string[];
	/** Store outcomes for the next pass; false for `plan`, which changes nothing at all. */
	readonly remember: boolean;
	/** Keep both contents of a changed file, for diffs. */
	readonly keepContent: boolean;
}

export interface PlannedFile {
	readonly outcome: FileOutcome;
	readonly change?: FileChange;
	/** Also where no change is made, for `check`. */
	readonly writesSecret: boolean;
}

export interface TreePlan {
	readonly survey: Survey;
	readonly files: readonly PlannedFile[];
	readonly matched: ReadonlyMap<string, number>;
	readonly read: number;
	readonly bytesRead: number;
	/** Judges a file again with other content (after it was written), or without leave to write secrets. */
	replan(path: string, bytes: Uint8Array, secretsWritable: boolean): FilePlan;
	/** Reads a surveyed file again. */
	reread(path: string): ReadResult;
	/** Stores outcomes for the next pass. */
	remember(outcomes: readonly FileOutcome[]): void;
}

const nothing: Omit<FilePlan, 'path' | 'format'> = {
	governed: false,
	findings: [],
	conflicts: [],
	summary: '',
	policies: [],
	writesSecret: false,
	secrets: [],
};

/** A file that an include names, and that no format can read. */
function unreadKind(path: string): Finding {
	return {
		rule: 'include/no-format',
		policy: null,
		path,
		place: null,
		message: 'named by an include, but files of this kind are not read: nothing is known of it',
		hint: 'look at it by hand, and take it out of the include',
		field: null,
		disposition: 'person',
	};
}

const inOrder: Pick<FileOutcome, 'findings' | 'conflicts'> = { findings: [], conflicts: [] };

/** Surveys the tree and plans every matched file that changed since it was last judged. */
export function planTree(policies: readonly ResolvedPolicy[], ports: EnginePorts, options: TreeOptions): TreePlan {
	const planner = new TreePlanner(policies, ports, options);
	return planner.run();
}

class TreePlanner {
	readonly #ports: EnginePorts;
	readonly #options: TreeOptions;
	readonly #selections: readonly Selection[];
	readonly #selecting: ReadonlySet<string>;
	readonly #basis: string;
	readonly #interests = new Map<string, Interest>();
	readonly #filePolicies = new Map<string, readonly FilePolicy[]>();
	readonly #names = new WeakMap<readonly number[], readonly string[]>();
	readonly #surveyed = new Map<string, SurveyedFile>();
	#modules: ReadonlySet<string> = new Set();
	#shadowKey = '';

	constructor(policies: readonly ResolvedPolicy[], ports: EnginePorts, options: TreeOptions) {
		this.#ports = ports;
		this.#options = options;
		this.#selections = policies.flatMap((policy) =>
			policy.fileSets.map((set, index) => ({ policy, set, field: `spec.files[${index}]` })),
		);
		this.#selecting = new Set(policies.map(({ name }) => name));
		this.#basis = ports.hash(
			JSON.stringify({
				version: ports.version,
				prune: options.prune,
				names: options.policyNames && [...options.policyNames].sort(),
				holds: options.holds,
				policies: policies.map((policy) => [
					policy.name,
					policy.digest,
					policy.origin,
					policy.visibleCount,
					policy.variables.map(({ name, value }) => [name, value]),
				]),
			}),
		);
	}

	run(): TreePlan {
		const { worktree, progress } = this.#ports;
		const survey = worktree.survey(this.#selectors(), this.#basis, (seen) => progress?.('listing', seen, 0));
		this.#indexModules(survey);
		const files: PlannedFile[] = [];
		/** By list of names: most files share one. */
		const matches = new Map<readonly string[], number>();
		let read = 0;
		let bytesRead = 0;
		let index = 0;
		for (const file of survey.files) {
			if (index++ % 256 === 0) progress?.('reading', index, survey.files.length);
			this.#surveyed.set(file.path, file);
			const names = this.#policyNamesOf(file);
			matches.set(names, (matches.get(names) ?? 0) + 1);
			const remembered = this.#recall(file, names);
			if (remembered !== undefined) {
				if (remembered !== null) files.push({ outcome: remembered, writesSecret: false });
				continue;
			}
			read++;
			bytesRead += file.stamp.size;
			const planned = this.#plan(worktree, file, names);
			if (planned) files.push(planned);
		}
		progress?.('reading', survey.files.length, survey.files.length);
		files.push(...this.#planForsaken());
		const matched = new Map<string, number>();
		for (const [names, count] of matches) for (const name of names) matched.set(name, (matched.get(name) ?? 0) + count);
		return {
			survey,
			files,
			matched,
			read,
			bytesRead,
			reread: (path) => worktree.read(this.#surveyed.get(path) as SurveyedFile, MAX_FILE_BYTES),
			replan: (path, bytes, secretsWritable) => this.#planBytes(this.#surveyed.get(path) as SurveyedFile, bytes, secretsWritable),
			// Where every outcome was recalled there is nothing to store but what the survey found.
			remember: (outcomes) => (read === 0 ? this.#rememberSurveyed() : this.#remember(survey, outcomes)),
		};
	}

	/** One selector per file set. */
	#selectors(): FileSelector[] {
		return this.#selections.map(({ set }) => ({
			include: set.include,
			exclude: set.exclude ?? [],
			defaultExcludes: set.defaultExcludes !== false,
		}));
	}

	/** Files that we wrote once and that no policy selects any more: a block may be left over in them. */
	#planForsaken(): PlannedFile[] {
		const { worktree } = this.#ports;
		const forsaken = worktree.locate(this.#options.journaled.filter((path) => !this.#surveyed.has(path)));
		return forsaken.flatMap((file) => {
			this.#surveyed.set(file.path, file);
			return this.#plan(worktree, file, []) ?? [];
		});
	}

	#selectionsOf(file: SurveyedFile): Selection[] {
		return file.selectors.flatMap((index) => this.#selections[index] ?? []);
	}

	/** The lists of selectors are few, and mostly one and the same object. */
	#policyNamesOf(file: SurveyedFile): readonly string[] {
		let names = this.#names.get(file.selectors);
		if (names === undefined) {
			names = [...new Set(this.#selectionsOf(file).map(({ policy }) => policy.name))];
			this.#names.set(file.selectors, names);
		}
		return names;
	}

	/** Outcome of an unchanged file: `null` where nothing governs it, `undefined` where it must be judged. */
	#recall(file: SurveyedFile, names: readonly string[]): FileOutcome | null | undefined {
		if (!file.remembered?.startsWith(this.#shadowKey)) return undefined;
		const text = file.remembered.slice(this.#shadowKey.length);
		if (text === '') return null;
		const { findings, conflicts } = text === '=' ? inOrder : (JSON.parse(text) as FileOutcome);
		if (this.#options.needChanges && findings.some((finding) => finding.disposition === 'fixable')) return undefined;
		return { path: file.path, policies: names, findings, conflicts, stamp: 'surveyed' };
	}

	#plan(worktree: Worktree, file: SurveyedFile, names: readonly string[]): PlannedFile | null {
		const result = worktree.read(file, MAX_FILE_BYTES);
		if (!result.ok) {
			const finding: Finding = {
				rule: result.rule,
				policy: null,
				path: file.path,
				place: null,
				message: result.message,
				hint: 'the file is left as it is',
				field: null,
				disposition: 'person',
			};
			return {
				outcome: { path: file.path, policies: names, findings: [finding], conflicts: [], stamp: null },
				writesSecret: false,
			};
		}
		const plan = this.#planBytes(file, result.bytes, true);
		const outcome: FileOutcome = {
			path: file.path,
			policies: names,
			findings: plan.findings,
			conflicts: plan.conflicts,
			stamp: result.stamp,
		};
		if (plan.edit === undefined)
			return plan.governed || plan.findings.length > 0 ? { outcome, writesSecret: plan.writesSecret } : null;
		const change: FileChange = {
			summary: plan.summary,
			policies: plan.policies,
			edits: plan.edit.edits.map(({ span, text }) => ({ span, text: Uint8Array.from(text) })), // not a slice of a pool
			findingsAfter: plan.edit.findings,
			beforeHash: this.#ports.hash(result.bytes),
			...(this.#options.keepContent ? { content: { before: Uint8Array.from(result.bytes), after: plan.edit.after } } : {}),
			format: plan.format,
			secrets: plan.secrets,
			written: false,
		};
		return { outcome, change, writesSecret: plan.writesSecret };
	}

	#planBytes(file: SurveyedFile, bytes: Uint8Array, secretsWritable: boolean): FilePlan {
		const format = this.#formatOf(file, bytes);
		if (!format) {
			const none = { ...nothing, path: file.path, format: '' };
			return file.declared ? { ...none, governed: true, findings: [unreadKind(file.path)] } : none;
		}
		const interest = this.#interestOf(file);
		if (!format.mayConcern(bytes, interest, file.declared)) return { ...nothing, path: file.path, format: format.id };
		return planFile(
			format,
			{ path: file.path, bytes },
			interest,
			this.#filePoliciesOf(file, bytes),
			{
				policyNames: this.#options.policyNames,
				selecting: this.#selecting,
				prune: this.#options.prune,
				writable: (file.stamp.mode & 0o200) !== 0,
				secretsWritable,
			},
			{ proof: this.#options.needChanges },
		);
	}

	/** By name; a file that an include names exactly also by the interpreter on its first line. */
	#formatOf({ path, declared }: SurveyedFile, bytes: Uint8Array): Format | undefined {
		const { formats } = this.#ports;
		const format = formats.find((candidate) => candidate.matches(path));
		const name = format === undefined && declared ? nameByInterpreter(bytes) : null;
		return name === null ? format : formats.find((candidate) => candidate.matches(name));
	}

	#interestOf(file: SurveyedFile): Interest {
		const key = file.selectors.join(',');
		const standing = this.#interests.get(key);
		if (standing) return standing;
		const selections = this.#selectionsOf(file);
		const interest: Interest = {
			variables: new Set(selections.flatMap(({ policy }) => policy.variables.map((variable) => variable.name))),
			gpuLibraries: new Set(selections.flatMap(({ set }) => set.gpuLibraries ?? this.#ports.defaultGpuLibraries)),
			ordinals: selections.some(({ policy, set }) => set.deviceOrdinal !== undefined || policy.visibleCount !== null),
			isLocalModule: (name, path) => this.#isLocalModule(name, path),
		};
		this.#interests.set(key, interest);
		return interest;
	}

	#filePoliciesOf(file: SurveyedFile, bytes: Uint8Array): readonly FilePolicy[] {
		const holds = this.#options.holds.filter((hold) => hold.path === file.path);
		const key = `${file.selectors.join(',')}${file.declared ? '!' : ''}`;
		const standing = holds.length === 0 ? this.#filePolicies.get(key) : undefined;
		if (standing) return standing;
		const contentHash = holds.length === 0 ? '' : this.#ports.hash(bytes);
		const byName = new Map<string, FilePolicy>();
		for (const { policy, set, field } of this.#selectionsOf(file)) {
			if (byName.has(policy.name)) continue;
			const held = holds.find(
				(hold) => hold.policy === policy.name && hold.digest === policy.digest && hold.contentHash === contentHash,
			);
			const application: Application = policy.audit
				? { kind: 'audit' }
				: held
					? { kind: 'held', revision: held.revision }
					: { kind: 'enforce' };
			byName.set(policy.name, {
				name: policy.name,
				digest: policy.digest,
				application,
				origin: policy.origin,
				variables: policy.variables,
				field,
				ordinal: set.deviceOrdinal ?? null,
				visibleCount: policy.visibleCount,
				declared: file.declared && set.include.includes(file.path),
			});
		}
		const list = [...byName.values()];
		if (holds.length === 0) this.#filePolicies.set(key, list);
		return list;
	}

	/** Notes which GPU libraries a module of the repo shadows; outcomes remembered under other shadows are not reused. */
	#indexModules(survey: Survey): void {
		const libraries = new Set(
			this.#selections
				.flatMap(({ set }) => set.gpuLibraries ?? this.#ports.defaultGpuLibraries)
				.map((name) => name.split('.')[0] as string),
		);
		const modules = new Set<string>();
		for (const { path } of survey.files) {
			if (!path.endsWith('.py')) continue;
			const end = path.length - (path.endsWith('/__init__.py') ? '/__init__.py' : '.py').length;
			if (libraries.has(path.slice(path.lastIndexOf('/', end - 1) + 1, end))) modules.add(path.slice(0, end));
		}
		for (const name of libraries) {
			for (const base of ['', 'src/']) {
				if (this.#ports.worktree.exists(`${base}${name}.py`) || this.#ports.worktree.exists(`${base}${name}/__init__.py`))
					modules.add(`${base}${name}`);
			}
		}
		this.#modules = modules;
		this.#shadowKey = modules.size === 0 ? '' : `${this.#ports.hash([...modules].sort().join('\n')).slice(0, 8)} `;
	}

	#isLocalModule(name: string, path: string): boolean {
		if (this.#modules.size === 0) return false;
		const top = name.split('.')[0] as string;
		const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
		return [folder, '', 'src/'].some((base) => this.#modules.has(`${base}${top}`));
	}

	#rememberSurveyed(): void {
		if (this.#options.remember) this.#ports.worktree.remember(this.#basis, 'recalled');
	}

	#remember(survey: Survey, outcomes: readonly FileOutcome[]): void {
		if (!this.#options.remember) return;
		const governed = new Map(outcomes.map((outcome) => [outcome.path, outcome]));
		const entries = new Map<string, { stamp: SurveyedFile['stamp']; outcome: string }>();
		for (const file of survey.files) {
			const outcome = governed.get(file.path);
			if (outcome?.stamp === null) continue;
			const text =
				outcome === undefined
					? ''
					: outcome.findings.length === 0 && outcome.conflicts.length === 0
						? '='
						: JSON.stringify({ findings: outcome.findings, conflicts: outcome.conflicts });
			const stamp = outcome === undefined || outcome.stamp === 'surveyed' ? file.stamp : outcome.stamp;
			entries.set(file.path, { stamp, outcome: `${this.#shadowKey}${text}` });
		}
		this.#ports.worktree.remember(this.#basis, entries);
	}
}
