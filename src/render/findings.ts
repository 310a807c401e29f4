import type { Finding } from '../core/plan/finding.ts';
import { percentage } from '../core/status/percentage.ts';
import type { PassReport } from '../engine/report.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { paint, type Terminal } from './terminal.ts';

/** Findings of a report that are still open, files first, in the order of path and line. */
export function openFindings(report: PassReport): Finding[] {
	return [...report.files.flatMap((file) => file.findings), ...report.general].filter(
		(finding) => finding.disposition !== 'ignored',
	);
}

/** One finding as ruff and rustc show it: place, rule, the line with a caret, the way out, and the field that asks for it. */
export function renderFinding(finding: Finding, terminal: Terminal): string {
	const field = finding.policy === null ? (finding.field ?? '') : [finding.policy, finding.field].filter(Boolean).join(' ');
	return renderDiagnostic(
		{
			file: finding.path,
			line: finding.place?.line ?? null,
			column: finding.place?.column ?? null,
			endColumn: finding.place?.endColumn ?? null,
			rule: finding.rule,
			message: finding.message,
			sourceLine: finding.place?.excerpt ?? null,
			hint: finding.hint,
			footer: field,
		},
		terminal,
	);
}

/** `40 files: 35 in order, 3 fixable, 2 need a person.  0.21 s`. */
function renderSummary(report: PassReport, terminal: Terminal): string {
	const { governed, matched, compliant, fixable, person, unknown } = report.counts;
	const parts = [`${compliant} in order`];
	if (fixable > 0) parts.push(paint(terminal, 'warn', `${fixable} fixable`));
	if (person > 0) parts.push(paint(terminal, 'bad', `${person} need${person === 1 ? 's' : ''} a person`));
	if (unknown > 0) parts.push(paint(terminal, 'warn', `${unknown} unknown`));
	const percent = percentage(compliant, governed);
	const seconds = (report.figures.durationMs / 1000).toFixed(2);
	return `${governed} governed file${governed === 1 ? '' : 's'} of ${matched} matched: ${parts.join(', ')} (${percent}%).  ${seconds} s\n`;
}

/** What `check` prints: every open finding, then the summary. */
export function renderCheck(report: PassReport, terminal: Terminal): string {
	const findings = openFindings(report).map((finding) => `${renderFinding(finding, terminal)}\n`);
	const problems = report.policies.flatMap((policy) =>
		policy.problems.map(
			(message) => `${paint(terminal, 'bad', '!')} ${policy.origin}: policy ${policy.name} is stalled: ${message}\n`,
		),
	);
	const unknown = report.policies.flatMap((policy) =>
		policy.devices?.state === 'unknown' ? [`? policy ${policy.name}: the devices are unknown: ${policy.devices.message}\n`] : [],
	);
	const mismatches = report.inventoryMismatches.map(
		(message) => `${paint(terminal, 'bad', '!')} recorded inventory: ${message}\n`,
	);
	return [...findings, ...problems, ...unknown, ...mismatches, renderSummary(report, terminal)].join('');
}
