import type { PassReport } from '../engine/report.ts';
import { openFindings } from './findings.ts';

function escapeData(text: string): string {
	return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
	return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

/** Workflow commands of GitHub Actions: one annotation a finding. */
export function renderGithub(report: PassReport): string {
	return openFindings(report)
		.map((finding) => {
			const level = finding.disposition === 'fixable' || finding.disposition === 'person' ? 'error' : 'warning';
			const properties = [`file=${escapeProperty(finding.path)}`];
			if (finding.place)
				properties.push(`line=${finding.place.line}`, `col=${finding.place.column}`, `endColumn=${finding.place.endColumn}`);
			properties.push(`title=${escapeProperty(finding.rule)}`);
			return `::${level} ${properties.join(',')}::${escapeData(`${finding.message}; ${finding.hint}`)}\n`;
		})
		.join('');
}
