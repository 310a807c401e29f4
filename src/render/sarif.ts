import type { Finding } from '../core/plan/finding.ts';
import type { PassReport } from '../engine/report.ts';
import { openFindings } from './findings.ts';

const levels: Record<Finding['disposition'], string> = {
	fixable: 'error',
	audit: 'warning',
	person: 'error',
	unknown: 'warning',
	ignored: 'none',
};

/** SARIF 2.1.0, as GitHub code scanning reads it. */
export function renderSarif(report: PassReport, version: string): string {
	const findings = openFindings(report);
	const rules = [...new Set(findings.map((finding) => finding.rule))].sort();
	const sarif = {
		$schema: 'https://json.schemastore.org/sarif-2.1.0.json',
		version: '2.1.0',
		runs: [
			{
				tool: { driver: { name: 'gpupolicy', version, rules: rules.map((id) => ({ id, shortDescription: { text: id } })) } },
				columnKind: 'unicodeCodePoints',
				results: findings.map((finding) => ({
					ruleId: finding.rule,
					ruleIndex: rules.indexOf(finding.rule),
					level: levels[finding.disposition],
					message: { text: finding.hint ? `${finding.message}; ${finding.hint}` : finding.message },
					locations: [
						{
							physicalLocation: {
								artifactLocation: { uri: encodeURI(finding.path), uriBaseId: '%SRCROOT%' },
								...(finding.place
									? {
											region: {
												startLine: finding.place.line,
												startColumn: finding.place.column,
												endColumn: finding.place.endColumn,
											},
										}
									: {}),
							},
						},
					],
					partialFingerprints: {
						'gpupolicy/v1': [finding.rule, finding.policy ?? '', finding.path, finding.place?.excerpt.trim() ?? ''].join('|'),
					},
				})),
			},
		],
	};
	return `${JSON.stringify(sarif, null, 2)}\n`;
}
