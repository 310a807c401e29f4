import type { EnginePorts } from './ports.ts';
import type { FileOutcome } from './result.ts';

/** Where a pass records its work in git, when asked to. */
export interface GitRecord {
	readonly branch: string;
	/** Tag of the state before; `null` for none. */
	readonly tag: string | null;
}

/** Tags the state before and goes to the dedicated branch; called only when something will be written. */
export async function openRecord(record: GitRecord, ports: EnginePorts): Promise<void> {
	if (record.tag !== null) await ports.repository.tag(record.tag);
	await ports.repository.switchTo(record.branch);
}

/** One commit per policy; a file that several policies changed goes into the commit of the first and is named there. */
export async function commitByPolicy(files: readonly FileOutcome[], revision: number, ports: EnginePorts): Promise<string[]> {
	const groups = new Map<string, FileOutcome[]>();
	for (const file of files) {
		if (!file.change?.written) continue;
		const first = file.change.policies[0] ?? 'prune';
		groups.set(first, [...(groups.get(first) ?? []), file]);
	}
	const commits: string[] = [];
	for (const [policy, changed] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const body = changed.map((file) => `${file.path}: ${file.change?.summary}`).join('\n');
		const subject = `Converge ${changed.length} file${changed.length === 1 ? '' : 's'} to GpuPolicy ${policy}`;
		const commit = await ports.repository.commit(
			changed.map((file) => file.path),
			`${subject}\n\n${body}\n\nGpuPolicy-Revision: ${revision}\n`,
		);
		if (commit !== null) commits.push(commit);
	}
	return commits;
}
