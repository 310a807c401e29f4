import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Requests } from './requests.ts';

const folder = join(import.meta.dirname, '..', '..', 'manifests', 'crds');
const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Definition {
	readonly metadata: { readonly name: string };
	readonly spec: {
		readonly group: string;
		readonly names: { readonly plural: string };
		readonly versions: readonly { readonly name: string }[];
	};
}

/** The CRDs of `manifests/crds`. */
export function shippedCrds(): Definition[] {
	return readdirSync(folder).map((name) => parse(readFileSync(join(folder, name), 'utf8')) as Definition);
}

/** Installs the CRDs of `manifests/crds` and waits until the server serves them. */
export async function installCrds(requests: Requests): Promise<void> {
	const definitions = shippedCrds();
	for (const definition of definitions) {
		const { status, body } = await requests.send('POST', path, definition);
		if (status !== 201) throw new Error(`the API server refuses the CRD ${definition.metadata.name}: ${body.message}`);
	}
	for (const { spec } of definitions) {
		const served = `/apis/${spec.group}/${spec.versions[0]?.name}/${spec.names.plural}?limit=1`;
		while ((await requests.send('GET', served)).status !== 200) await pause(20);
	}
}
