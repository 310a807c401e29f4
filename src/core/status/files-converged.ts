import type { ConditionReason } from '../../api/conditions.ts';
import type { FilesStatus } from '../../api/v1alpha1.generated.ts';
import type { Finding } from '../plan/finding.ts';
import type { FileState, ObservedFile, PolicyObservation } from './observation.ts';
import { percentage } from './percentage.ts';
import { type ConditionVerdict, verdict } from './verdict.ts';

const MAX_VIOLATIONS = 20;
const MAX_NAMED = 5;

/** How many files are in each state. */
function countStates(files: readonly ObservedFile[]): Readonly<Record<FileState, number>> {
	const counts: Record<FileState, number> = { compliant: 0, drifted: 0, person: 0, refused: 0, unknown: 0 };
	for (const { state } of files) counts[state]++;
	return counts;
}

function named(files: readonly ObservedFile[], states: readonly FileState[]): string {
	const paths = files.filter((file) => states.includes(file.state)).map((file) => file.path);
	if (paths.length === 0) return '';
	const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more` : '';
	return `: ${paths.slice(0, MAX_NAMED).join(', ')}${more}`;
}

/** Does the policy hold for the files of this repo? The chain goes from what hides the most to what hides nothing. */
export function judgeFiles(observation: PolicyObservation): ConditionVerdict<'FilesConverged'> {
	const { files, matched, unreadable, general } = observation;
	const { compliant, drifted, person, refused: denied, unknown } = countStates(files);
	const read = `${compliant} of ${files.length} governed files in order (${percentage(compliant, files.length)}%), ${matched} matched in ${observation.root}`;
	const because = (reason: ConditionReason<'FilesConverged'>, why: string) =>
		verdict('FilesConverged', reason, why === '' ? read : `${read}; ${why}`);
	if (unreadable.length > 0) return because('RepoUnavailable', `could not list ${unreadable.slice(0, MAX_NAMED).join(', ')}`);
	const failed = files.filter((file) => file.findings.some((finding) => finding.rule === 'file/write-failed'));
	if (failed.length > 0) {
		const paths = failed.map((file) => file.path);
		return because('WriteFailed', `not written: ${paths.slice(0, MAX_NAMED).join(', ')}`);
	}
	const refused = denied + person;
	if (drifted > 0) {
		const tail = refused > 0 ? `; ${refused} for a person` : '';
		return because('Drifted', `${drifted} to change${named(files, ['drifted'])}${tail}`);
	}
	if (refused > 0) return because('Refused', `${refused} for a person${named(files, ['refused', 'person'])}`);
	const open = general.filter((finding) => finding.disposition === 'person');
	if (open[0]) return because('Refused', open[0].message);
	if (unknown > 0) return because('NotYetObserved', `${unknown} rest on a fact that is unknown${named(files, ['unknown'])}`);
	return because('InSync', '');
}

function placeOf(finding: Finding): string {
	return finding.place ? `${finding.path}:${finding.place.line}:${finding.place.column}` : finding.path;
}

/** `status.files`: counts, then the first violations. */
export function filesStatus(observation: PolicyObservation): FilesStatus {
	const { files, matched } = observation;
	const violations = files
		.flatMap((file) => file.findings)
		.filter((finding) => finding.disposition !== 'ignored')
		.slice(0, MAX_VIOLATIONS)
		.map((finding) => ({ place: placeOf(finding), rule: finding.rule, message: finding.message }));
	const { compliant, refused, person } = countStates(files);
	return {
		summary: `${compliant}/${files.length}`,
		matched,
		governed: files.length,
		compliant,
		changed: files.filter((file) => file.written).length,
		refused: refused + person,
		...(violations.length > 0 ? { violations } : {}),
	};
}
