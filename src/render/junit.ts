import type { PassReport } from '../engine/report.ts';
import { openFindings } from './findings.ts';

function escapeXml(text: string): string {
	return (
		text
			.replace(/&/g, '&amp;')
			.replace(/</g, '&lt;')
			.replace(/>/g, '&gt;')
			.replace(/"/g, '&quot;')
			// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
			.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
	);
}

/** JUnit XML: one case a file with findings, one for all files in order. */
export function renderJunit(report: PassReport): string {
	const byPath = new Map<string, string[]>();
	for (const finding of openFindings(report)) {
		const at = finding.place ? `${finding.place.line}:${finding.place.column} ` : '';
		byPath.set(finding.path, [...(byPath.get(finding.path) ?? []), `${at}${finding.rule} ${finding.message}`]);
	}
	const seconds = (report.figures.durationMs / 1000).toFixed(3);
	const failures = [...byPath].map(
		([path, messages]) =>
			`    <testcase classname="gpupolicy" name="${escapeXml(path)}"><failure message="${escapeXml(messages[0] as string)}">${escapeXml(messages.join('\n'))}</failure></testcase>\n`,
	);
	const inOrder = `    <testcase classname="gpupolicy" name="${report.counts.compliant} files in order"/>\n`;
	return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite name="gpupolicy" tests="${failures.length + 1}" failures="${failures.length}" time="${seconds}">\n${inOrder}${failures.join('')}  </testsuite>\n</testsuites>\n`;
}
