import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { inlineRefs, loadBundle } from '../../../../schemas/generate/sources.ts';
import { closed } from '../../../../schemas/generate/validator.ts';
import type { JsonSchema } from '../../../../src/api/json-schema.ts';
import { formatPath, fromPointer } from '../../../../src/manifest/path.ts';
import { startCluster, type TestCluster } from '../../../cluster/index.ts';
import { runs } from '../../../property/runs.ts';
import { mutate, mutation } from './mutation.ts';
import { fields } from './server-verdict.ts';

const reports = '/apis/gpupolicy.dev/v1alpha1/gpunodereports';
const at = '2026-01-02T03:04:05Z';
const { roots, defs } = loadBundle();
const schema = inlineRefs(roots.GpuNodeReport, defs) as JsonSchema;
const validate = new Ajv2020({ allErrors: true, strictTypes: false, validateFormats: false }).compile(
	closed(schema.properties?.['status'] as JsonSchema),
);

/** Every field of a report. */
const status = {
	observedAt: at,
	summary: '1/2',
	agentVersion: '0.1.0',
	source: { kind: 'NVML', driverVersion: '580.65.06', cudaVersion: '13.0' },
	devices: [
		{
			uuid: 'GPU-1',
			index: 0,
			productName: 'NVIDIA GeForce RTX 3090',
			pciBusId: '00000000:01:00.0',
			pciDeviceId: '0x220410DE',
			memoryBytes: 25_769_803_776,
			usedMemoryBytes: 0,
			computeCapability: '8.6',
			mig: 'NotSupported',
			exposure: 'Exposed',
			health: '',
		},
		{ uuid: 'GPU-2', index: 1, productName: 'NVIDIA GeForce RTX 5060 Ti' },
	],
	processes: [{ pid: 42, deviceUuid: 'GPU-1', name: 'python', usedMemoryBytes: 1, namespace: 'a', pod: 'b', container: 'c' }],
	policies: [
		{
			name: 'p',
			digest: 'a'.repeat(64),
			verdict: 'NonCompliant',
			reason: 'ForbiddenDevice',
			message: 'GPU-2 is exposed',
			devices: [{ uuid: 'GPU-2', verdict: 'Forbidden', because: 'deny[0] productName' }],
		},
	],
	conditions: [
		{ type: 'Ready', status: 'True', lastTransitionTime: at, reason: 'Converged', message: '', observedGeneration: 1 },
	],
};

let cluster: TestCluster;
let stored: object;
before(async () => {
	cluster = await startCluster();
	const object = { apiVersion: 'gpupolicy.dev/v1alpha1', kind: 'GpuNodeReport', metadata: { name: 'node-1' } };
	const { status: code, body } = await cluster.request('POST', reports, object);
	assert.equal(code, 201, body.message);
	stored = body;
});
after(() => cluster.stop());

const write = (body: unknown) =>
	cluster.request('PUT', `${reports}/node-1/status?dryRun=All&fieldValidation=Strict`, { ...stored, status: body });

/** Fields that ajv names. */
function named(value: unknown): string[] {
	if (validate(value)) return [];
	return (validate.errors ?? []).map(({ instancePath, params }) => {
		const field = (params['missingProperty'] ?? params['additionalProperty']) as string | undefined;
		return formatPath(['status', ...fromPointer(instancePath, value), ...(field === undefined ? [] : [field])]);
	});
}

/** The server takes any list where a text with a format is due (`typeValidator.Validate` of kube-openapi returns before it compares the types). */
function onlyListsForTimes(value: unknown): boolean {
	return (
		!validate(value) &&
		(validate.errors ?? []).every(
			({ keyword, instancePath }) => keyword === 'type' && /\/(observedAt|lastTransitionTime)$/.test(instancePath),
		)
	);
}

it('a report with every field is taken by ajv and by the server, which keeps all of it', async () => {
	assert.deepEqual(named(status), []);
	const { status: code, body } = await write(status);
	assert.equal(code, 200, body.message);
	assert.deepEqual(body.status, status);
});

it('a report with one thing changed is judged by the server as by ajv, duplicates and times aside, which ajv is not asked about', async () => {
	const judged = { accepted: 0, rejected: 0 };
	await fc.assert(
		fc.asyncProperty(mutation, async (change) => {
			const changed = (
				mutate({ spec: status }, { properties: { spec: schema.properties?.['status'] as JsonSchema } }, change) as {
					spec?: unknown;
				}
			).spec;
			if (changed === undefined) return;
			const { status: code, body } = await write(changed);
			judged[code === 200 ? 'accepted' : 'rejected']++;
			const ours = named(changed);
			const said = `${code} ${body.message}\n${JSON.stringify(validate.errors)}`;
			if (ours.length === 0 && code !== 200) assert.match(body.message, /Duplicate value|date-time|int32|int64/, said);
			else if (code === 200 && ours.length > 0) assert.ok(onlyListsForTimes(changed), said);
			else assert.equal(code === 200, ours.length === 0, said);
			if (ours.length === 0 || code === 200) return;
			for (const path of fields(body))
				assert.ok(
					ours.some((each) => path.startsWith(each) || each.startsWith(path)),
					`${path}: ${said}`,
				);
		}),
		runs(300),
	);
	assert.ok(judged.accepted >= 20 && judged.rejected >= 20, `the sample is one-sided: ${JSON.stringify(judged)}`);
});
