import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseManifest } from '../manifest/index.ts';
import { plainTerminal } from './terminal.ts';
import { renderManifestDiagnostic, renderValidate } from './validate.ts';

const text = `apiVersion: gpupolicy.dev/v1alpha1
kind: GpuPolicy
metadata: { name: rtx3090-only }
spec:
  mode: Enforce
  devices:
    allow:
      - minMemory: 20 gigs
`;

describe('what validate prints', () => {
	it('is the line with carets under the value, and the way out', () => {
		const [diagnostic] = parseManifest(text, 'gpupolicy.yaml').diagnostics;
		assert.ok(diagnostic);
		assert.equal(
			renderManifestDiagnostic(diagnostic, plainTerminal),
			`gpupolicy.yaml:8:20: spec.devices.allow[0].minMemory: "20 gigs" is not a quantity [GP1004]
    8 |       - minMemory: 20 gigs
      |                    ^^^^^^^ write 20Gi or 20480Mi
`,
		);
	});

	it('ends with one line that sums up, in colour only where asked', () => {
		const view = {
			files: ['a', 'b'],
			policies: [{ name: 'p', mode: 'Audit', file: 'a', line: 1 }],
			diagnostics: parseManifest(text, 'b').diagnostics,
			failures: [],
		};
		const plain = renderValidate(view, plainTerminal);
		assert.ok(plain.endsWith('✓ p  a:1  Audit\n2 files: 1 policy in order, 1 error.\n'), plain);
		assert.ok(!plain.includes('\u001b'));
		assert.ok(renderValidate(view, { color: true, width: 80 }).includes('\u001b[31m1 error'));
	});
});
