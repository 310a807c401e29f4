import { stringify } from 'yaml';
import { type Bundle, inlineRefs, type Kind, type Schema, sourceFiles } from './sources.ts';
import { structuralFaults } from './structural.ts';

interface Names {
	readonly plural: string;
	readonly singular: string;
	readonly shortNames: readonly string[];
}

interface Column {
	readonly name: string;
	readonly type: 'string' | 'date' | 'boolean' | 'integer';
	readonly jsonPath: string;
	readonly description: string;
	/** 1: only with `-o wide`. */
	readonly priority?: 1;
}

const condition = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`;
const age: Column = {
	name: 'Age',
	type: 'date',
	jsonPath: '.metadata.creationTimestamp',
	description: 'Time since it was created.',
};

const crds: Readonly<Record<Kind, { readonly names: Names; readonly columns: readonly Column[] }>> = {
	GpuPolicy: {
		names: { plural: 'gpupolicies', singular: 'gpupolicy', shortNames: ['gpol'] },
		columns: [
			{ name: 'Ready', type: 'string', jsonPath: condition('Ready', 'status'), description: 'Status of the condition Ready.' },
			{ name: 'Mode', type: 'string', jsonPath: '.spec.mode', description: 'Enforce or Audit.' },
			{ name: 'Files', type: 'string', jsonPath: '.status.files.summary', description: 'Files in order, of all.' },
			{ name: 'Pods', type: 'string', jsonPath: '.status.workloads.summary', description: 'Pods in order, of all.' },
			{ name: 'Nodes', type: 'string', jsonPath: '.status.nodes.summary', description: 'Compliant nodes, of all.' },
			{ name: 'Reason', type: 'string', jsonPath: condition('Ready', 'reason'), description: 'Reason of the condition Ready.' },
			{
				name: 'Suspended',
				type: 'boolean',
				jsonPath: '.spec.suspend',
				description: 'Whether reconciling is suspended.',
				priority: 1,
			},
			{
				name: 'Message',
				type: 'string',
				jsonPath: condition('Ready', 'message'),
				description: 'Evidence of the condition Ready.',
				priority: 1,
			},
			age,
		],
	},
	GpuNodeReport: {
		names: { plural: 'gpunodereports', singular: 'gpunodereport', shortNames: ['gnr'] },
		columns: [
			{ name: 'Allowed', type: 'string', jsonPath: '.status.summary', description: 'Allowed devices, of all.' },
			{ name: 'Source', type: 'string', jsonPath: '.status.source.kind', description: 'Where the facts come from.' },
			{ name: 'Driver', type: 'string', jsonPath: '.status.source.driverVersion', description: 'Driver version.' },
			{ name: 'Observed', type: 'date', jsonPath: '.status.observedAt', description: 'Time since the devices were read.' },
			age,
		],
	},
};

/** A schema as the API server takes it: references inlined, what only we read removed. Throws on whatever is not structural. */
export function structuralSchema(kind: Kind, { roots, defs }: Bundle): Schema {
	const schema = strip(inlineRefs(roots[kind], defs)) as Schema;
	const faults = structuralFaults(schema);
	if (faults.length > 0) throw new Error(`${sourceFiles[kind]} is not structural:\n  ${faults.join('\n  ')}`);
	const { apiVersion, kind: kindField, metadata: _ours, ...rest } = schema.properties ?? {};
	const required = (schema.required ?? []).filter((name) => name in rest);
	return {
		description: schema.description ?? '',
		type: 'object',
		...(required.length > 0 ? { required } : {}),
		properties: {
			// The server owns these three; a schema may only describe them.
			apiVersion: { type: 'string', description: apiVersion?.description ?? '' },
			kind: { type: 'string', description: kindField?.description ?? '' },
			metadata: { type: 'object' },
			...rest,
		},
	};
}

function strip(node: unknown): unknown {
	if (Array.isArray(node)) return node.map(strip);
	if (node === null || typeof node !== 'object') return node;
	const kept = Object.entries(node).filter(
		([key]) => !key.startsWith('x-gpupolicy-') && !['$schema', '$id', 'title'].includes(key),
	);
	return Object.fromEntries(kept.map(([key, value]) => [key, strip(value)]));
}

/** `manifests/crds/*.yaml`: the CustomResourceDefinition of a kind. Quoted for YAML 1.1, which the API server reads: `Off` is false there. */
export function generateCrd(kind: Kind, bundle: Bundle): string {
	const { names, columns } = crds[kind];
	const crd = {
		apiVersion: 'apiextensions.k8s.io/v1',
		kind: 'CustomResourceDefinition',
		metadata: {
			name: `${names.plural}.gpupolicy.dev`,
			// A release that is removed must not take every policy with it.
			annotations: { 'helm.sh/resource-policy': 'keep' },
			labels: { 'app.kubernetes.io/part-of': 'gpupolicy' },
		},
		spec: {
			group: 'gpupolicy.dev',
			scope: 'Cluster',
			names: {
				kind,
				listKind: `${kind}List`,
				plural: names.plural,
				singular: names.singular,
				shortNames: names.shortNames,
				// Not the name of a kind: kubectl looks among the categories first, and `kubectl get gpupolicy NAME` would ask for both kinds.
				categories: ['gpu-policy'],
			},
			versions: [
				{
					name: 'v1alpha1',
					served: true,
					storage: true,
					subresources: { status: {} },
					additionalPrinterColumns: columns,
					schema: { openAPIV3Schema: structuralSchema(kind, bundle) },
				},
			],
		},
	};
	return `# Generated from ${sourceFiles[kind]} by \`node schemas/generate/index.ts\`. Do not edit.\n${stringify(crd, { lineWidth: 120, aliasDuplicateObjects: false, compat: 'yaml-1.1' })}`;
}
