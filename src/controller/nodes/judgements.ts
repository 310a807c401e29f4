import type { NodeFacts } from '../../core/nodes/facts.ts';
import { gradeNode, type NodeGrade } from '../../core/nodes/judge-node.ts';
import type { ClusterNode } from '../../core/nodes/node.ts';
import { type PolicyOverNodes, selects } from './node-policy.ts';
import type { NodeView } from './node-view.ts';

/** Nodes judged between two turns of the event loop, which renews the lease. */
const stretch = 100;

interface Sheet {
	/** What the verdicts rest on besides the facts. */
	readonly digest: string;
	readonly kept: unknown;
	/** By place: the grade as `codes` has it, 0 where the policy does not select the node; and the tick at which it was judged. */
	grades: Uint8Array;
	judgedAt: Float64Array;
	/** Of the node index: every change up to it is judged. */
	tick: number;
}

/** What every policy says of every node, a byte each, brought up to date by judging what changed. */
export class Judgements {
	readonly #view: NodeView;
	readonly #sheets = new Map<string, Sheet>();

	constructor(view: NodeView) {
		this.#view = view;
	}

	/** Judges what changed since, node by node, so that the facts of each are made once for all policies. */
	async refresh(policies: readonly PolicyOverNodes[], signal: AbortSignal): Promise<void> {
		const { index } = this.#view;
		const { tick } = index;
		const sheets = policies.map((policy) => ({ policy, sheet: this.#sheet(policy) })).filter(({ sheet }) => sheet.tick < tick);
		if (sheets.length === 0) return;
		let judged = 0;
		for (const place of index.places()) {
			const changed = index.changedAt(place);
			let node: ClusterNode | undefined;
			let facts: NodeFacts | undefined;
			for (const { policy, sheet } of sheets) {
				if ((sheet.judgedAt[place] ?? 0) >= changed) continue;
				node ??= this.#view.node(index.nameAt(place));
				if (!node) break;
				facts ??= this.#view.facts(node);
				sheet.judgedAt[place] = changed;
				sheet.grades[place] = selects(policy, node) ? codeOf(gradeNode(policy, facts)) : 0;
			}
			if (!facts || ++judged % stretch !== 0) continue;
			await new Promise<void>((resolve) => setImmediate(resolve));
			signal.throwIfAborted();
			// Whoever was removed or came meanwhile is seen to in the next pass.
			for (const { sheet } of sheets) this.#fit(sheet);
		}
		for (const { sheet } of sheets) sheet.tick = tick;
	}

	/** The nodes that a policy selects, by name, with what it says of them, as of the last refresh. */
	*of(policy: PolicyOverNodes): Iterable<readonly [node: string, grade: NodeGrade]> {
		const sheet = this.#sheets.get(policy.owner.uid);
		const { index } = this.#view;
		if (!sheet) return;
		for (const place of index.places()) {
			const grade = codes[(sheet.grades[place] ?? 0) - 1];
			if (grade) yield [index.nameAt(place), grade];
		}
	}

	/** What a policy says of one node, as of the last refresh. */
	on(policy: PolicyOverNodes, node: string): NodeGrade['verdict'] {
		const place = this.#view.index.placeOf(node);
		const code = place === null ? 0 : (this.#sheets.get(policy.owner.uid)?.grades[place] ?? 0);
		return codes[code - 1]?.verdict ?? 'Unknown';
	}

	/** Whether a node, or what a verdict on it rests on besides, changed after some of these policies judged it last. */
	isOutdated(node: string, policies: readonly PolicyOverNodes[]): boolean {
		const { index } = this.#view;
		const place = index.placeOf(node);
		if (place === null) return false;
		const changed = index.changedAt(place);
		return policies.some((policy) => {
			const sheet = this.#sheets.get(policy.owner.uid);
			return sheet?.kept !== policy.kept() || (sheet?.judgedAt[place] ?? 0) < changed;
		});
	}

	/** How many nodes a policy selects. */
	selected(policy: PolicyOverNodes): number {
		const sheet = this.#sheets.get(policy.owner.uid);
		let count = 0;
		for (const place of this.#view.index.places()) if (sheet?.grades[place]) count++;
		return count;
	}

	/** Keeps the sheets of these policies only. */
	keep(policies: readonly PolicyOverNodes[]): void {
		const uids = new Set(policies.map(({ owner }) => owner.uid));
		for (const uid of this.#sheets.keys()) if (!uids.has(uid)) this.#sheets.delete(uid);
	}

	#sheet(policy: PolicyOverNodes): Sheet {
		const { uid } = policy.owner;
		const kept = policy.kept();
		let sheet = this.#sheets.get(uid);
		if (sheet?.digest !== policy.digest || sheet.kept !== kept) {
			sheet = { digest: policy.digest, kept, grades: new Uint8Array(), judgedAt: new Float64Array(), tick: -1 };
			this.#sheets.set(uid, sheet);
		}
		this.#fit(sheet);
		return sheet;
	}

	#fit(sheet: Sheet): void {
		const { size } = this.#view.index;
		if (sheet.grades.length >= size) return;
		const room = Math.ceil(size * 1.25);
		const [grades, judgedAt] = [new Uint8Array(room), new Float64Array(room)];
		grades.set(sheet.grades);
		judgedAt.set(sheet.judgedAt);
		Object.assign(sheet, { grades, judgedAt });
	}
}

/** Every grade that was ever given: verdict, reason and source, a few dozen at most. */
const codes: NodeGrade[] = [];
const codeByText = new Map<string, number>();

function codeOf({ verdict, reason, source }: NodeGrade): number {
	const text = `${verdict} ${reason} ${source}`;
	const known = codeByText.get(text);
	if (known !== undefined) return known;
	const code = codes.push({ verdict, reason, source });
	codeByText.set(text, code);
	return code;
}
