import type { PassReport } from '../engine/report.ts';
import { openFindings } from './findings.ts';
import { paint, printable, type Terminal } from './terminal.ts';

/** Events that led to a pass. */
export interface BatchView {
	readonly events: number;
	readonly paths: readonly string[];
	readonly rootReplaced: boolean;
	/** Milliseconds since the epoch. */
	readonly firstAt: number;
}

function clock(at: string): string {
	const date = new Date(at);
	return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** One line about the cluster. */
export function renderClusterLine(at: string, message: string): string {
	return `${clock(at)}  cluster  ${printable(message)}\n`;
}

function left(report: PassReport): string {
	const { fixable, person, unknown } = report.counts;
	const parts = [
		fixable > 0 ? `${fixable} not written` : '',
		person > 0 ? `${person} for a person` : '',
		unknown > 0 ? `${unknown} unknown` : '',
	];
	return parts.filter((part) => part !== '').join(', ');
}

/** First line of a watch: what was read, and that it stays. */
export function renderWatchStart(report: PassReport, terminal: Terminal): string {
	const names = report.policies.map((policy) => paint(terminal, 'bold', policy.name)).join(', ');
	const changed = report.files.filter((file) => file.change?.written).length;
	const devices = report.policies
		.map((policy) => (policy.devices?.state === 'known' ? `, ${policy.devices.list.length} devices` : ''))
		.find((part) => part !== '');
	const rest = left(report);
	const did = changed > 0 ? `${changed} files changed, revision ${report.revision}; ` : '';
	return `${clock(report.at)}  ${names}  ${did}${report.counts.compliant} of ${report.counts.governed} files in order${rest ? `, ${rest}` : ''}${devices ?? ''}.  Watching; Ctrl-C stops.\n`;
}

/** One line a changed file, or one a storm; nothing where nothing had to be done and nothing is left. */
export function renderBatch(report: PassReport, batch: BatchView | null, terminal: Terminal): string {
	const at = clock(report.at);
	const written = report.files.filter((file) => file.change?.written);
	const sinceEvent = batch ? Date.parse(report.at) - batch.firstAt : null;
	if (written.length > 3) {
		const cause = batch
			? `${batch.rootReplaced ? 'the root came back' : `${batch.events.toLocaleString('en')} events`}, 1 pass`
			: 'interval';
		return `${at}  ${cause}  ${written.length} files changed; revision ${report.revision}   (${(report.figures.durationMs / 1000).toFixed(1)} s)\n`;
	}
	const lines = written.map(
		(file) =>
			`${at}  ${paint(terminal, 'bold', printable(file.path))}  changed by someone; ${file.change?.summary}; revision ${report.revision}${sinceEvent === null ? '' : `   (${sinceEvent} ms after the save)`}\n`,
	);
	if (written.length === 0 && batch) {
		const touched = new Set(batch.paths);
		for (const finding of openFindings(report)) {
			if (touched.has(finding.path))
				lines.push(
					`${at}  ${printable(finding.path)}${finding.place ? `:${finding.place.line}` : ''}  ${finding.rule}: ${printable(finding.message)}\n`,
				);
		}
	}
	return lines.join('');
}

/** Something went wrong; the watch goes on. */
export function renderWatchError(message: string, retryInMs: number | null, terminal: Terminal): string {
	const at = clock(new Date().toISOString());
	return `${at}  ${paint(terminal, 'bad', 'error')}: ${message}${retryInMs === null ? '' : `; next try in ${(retryInMs / 1000).toFixed(1)} s`}\n`;
}
