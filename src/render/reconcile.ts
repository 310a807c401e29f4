import { percentage } from '../core/status/percentage.ts';
import type { PassReport } from '../engine/report.ts';
import { openFindings, renderFinding } from './findings.ts';
import { paint, printable, type Terminal } from './terminal.ts';

const SHOWN = 20;

/** What `reconcile` prints: a line a policy, what is left and why, and how to undo it. */
export function renderReconcile(report: PassReport, terminal: Terminal): string {
	const lines: string[] = [];
	const seconds = `${(report.figures.durationMs / 1000).toFixed(2)} s`;
	if (report.recovery) {
		const { finished, untouched, foreign, revision } = report.recovery;
		lines.push(
			`an earlier pass was interrupted: revision ${revision} recovered, ${finished.length} files new, ${untouched.length} old${foreign.length > 0 ? `, ${foreign.length} changed since: ${printable(foreign.join(', '))}` : ''}\n`,
		);
	}
	for (const policy of report.policies) {
		if (policy.suspended) {
			lines.push(`${policy.name}  suspended; nothing was done\n`);
			continue;
		}
		const changed = report.files.filter((file) => file.change?.written && file.change.policies.includes(policy.name)).length;
		const { compliant, fixable, person, unknown, governed } = policy.counts;
		const percent = percentage(compliant, governed);
		const left = [
			fixable > 0 ? `${fixable} ${policy.mode === 'Audit' ? 'deviate (Audit)' : 'not written'}` : '',
			person > 0 ? `${person} for a person` : '',
			unknown > 0 ? `${unknown} unknown` : '',
		].filter((part) => part !== '');
		const revision = report.revision !== null && changed > 0 ? `   revision ${report.revision}` : '';
		lines.push(
			`${paint(terminal, 'bold', policy.name)}  ${changed} file${changed === 1 ? '' : 's'} changed, ${compliant} in order${left.length > 0 ? `, ${left.join(', ')}` : ''} of ${governed} (${percent}%)${revision}   ${seconds}\n`,
		);
		for (const problem of policy.problems) lines.push(`  ${paint(terminal, 'bad', 'stalled')} ${problem}\n`);
		if (policy.devices?.state === 'unknown')
			lines.push(`  ${paint(terminal, 'warn', 'devices unknown')}: ${policy.devices.message}\n`);
	}
	const findings = openFindings(report);
	if (findings.length > 0) lines.push('\n');
	for (const finding of findings.slice(0, SHOWN)) lines.push(`${renderFinding(finding, terminal)}\n`);
	if (findings.length > SHOWN) lines.push(`${findings.length - SHOWN} more: gpupolicy check shows all.\n`);
	for (const mismatch of report.inventoryMismatches)
		lines.push(`${paint(terminal, 'bad', '!')} recorded inventory: ${mismatch}\n`);
	if (report.revision !== null) lines.push(`gpupolicy rollback ${report.revision} undoes this.\n`);
	return lines.join('');
}
