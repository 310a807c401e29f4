import type { PassReport, ReportedFile, ReportedPolicy } from '../engine/report.ts';
import { openFindings } from './findings.ts';
import { paint, printable, type Terminal, type Tone } from './terminal.ts';

const tones: Record<string, Tone> = { allowed: 'good', forbidden: 'bad', unknown: 'warn' };

function gibibytes(bytes: number | null): string {
	return bytes === null ? '-' : `${Math.round(bytes / 2 ** 30)} GiB`;
}

function renderDevices(policy: ReportedPolicy, terminal: Terminal): string {
	const { devices } = policy;
	if (devices === null) return '';
	if (devices.state === 'unknown') return `  devices   ${paint(terminal, 'warn', 'unknown')}: ${devices.message}\n`;
	const count = (verdict: string) => devices.list.filter((device) => device.verdict === verdict).length;
	const widths = {
		name: Math.max(0, ...devices.list.map((device) => device.productName.length)),
		memory: Math.max(0, ...devices.list.map((device) => gibibytes(device.memoryBytes).length)),
	};
	const head = `  devices   ${count('allowed')} allowed, ${count('forbidden')} forbidden, ${count('unknown')} unknown     ${devices.source}, ${devices.at}\n`;
	return (
		head +
		devices.list
			.map(
				(device) =>
					`              ${device.index}  ${device.productName.padEnd(widths.name)}  ${gibibytes(device.memoryBytes).padStart(widths.memory)}   ${device.pciBusId}   ${paint(terminal, tones[device.verdict] ?? 'bold', device.reason)}\n`,
			)
			.join('')
	);
}

function renderFile(file: ReportedFile, width: number, terminal: Terminal): string {
	const lines: string[] = [];
	const path = printable(file.path).padEnd(width);
	if (file.change) {
		const figures = `+${file.change.added} -${file.change.removed}`;
		lines.push(`  ${paint(terminal, 'good', '~')} ${path}  ${figures.padEnd(8)} ${file.change.summary}\n`);
	}
	for (const finding of file.findings) {
		if (finding.disposition !== 'person' && finding.disposition !== 'unknown' && finding.disposition !== 'audit') continue;
		const place = finding.place ? `${finding.place.line}:${finding.place.column} ` : '';
		const symbol = finding.disposition === 'unknown' ? '?' : '!';
		lines.push(`  ${paint(terminal, 'bad', symbol)} ${path}  ${finding.rule}: ${place}${printable(finding.message)}\n`);
	}
	return lines.join('');
}

function renderPolicy(policy: ReportedPolicy, terminal: Terminal): string {
	const { counts } = policy;
	const head = `${paint(terminal, 'bold', policy.name)}  ${policy.origin}  ${policy.mode}${policy.suspended ? '  suspended' : ''}\n`;
	const problems = policy.problems.map((message) => `  ${paint(terminal, 'bad', 'stalled')}   ${message}\n`).join('');
	const unknown = counts.unknown > 0 ? `, ${counts.unknown} unknown` : '';
	const files = `  files     ${counts.compliant} in order, ${counts.fixable} ${policy.mode === 'Audit' ? 'deviate (Audit)' : 'to change'}, ${counts.person} for a person${unknown}   of ${counts.governed} governed, ${counts.matched} matched\n`;
	return head + renderDevices(policy, terminal) + problems + files;
}

/** What `plan` prints: the devices, a line a change, what is left for a person, and what to type next. */
export function renderPlan(report: PassReport, terminal: Terminal, options: { readonly diff: boolean }): string {
	const width = Math.min(48, Math.max(0, ...report.files.map((file) => printable(file.path).length)));
	const head = report.policies.map((policy) => renderPolicy(policy, terminal)).join('\n');
	const files = report.files.map((file) => renderFile(file, width, terminal)).join('');
	const general = report.general
		.map(
			(finding) =>
				`  ${paint(terminal, 'bad', '!')} ${printable(finding.path)}  ${finding.rule}: ${printable(finding.message)}\n`,
		)
		.join('');
	const mismatches = report.inventoryMismatches
		.map((message) => `  ${paint(terminal, 'bad', '!')} recorded inventory: ${message}\n`)
		.join('');
	const diffs = options.diff ? report.files.map((file) => file.change?.diff ?? '').join('') : '';
	const body = [files, general, mismatches].join('');
	const pending = report.files.some((file) => file.change);
	const next = pending
		? `Nothing was written.  ${options.diff ? '' : 'gpupolicy plan --diff shows each change, '}gpupolicy reconcile makes them.\n`
		: openFindings(report).length > 0
			? 'Nothing to change.  gpupolicy check shows what is left for a person.\n'
			: 'Nothing to change.\n';
	return [head, body, diffs, next].filter((part) => part !== '').join('\n');
}
