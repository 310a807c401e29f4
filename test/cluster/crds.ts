import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Requests } from './requests.ts';

const folder = join(import.meta.dirname, '..', '..', 'manifests', 'crds');
const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Definition {
	readonly spec: {
		readonly group: string;
		readonly names: { readonly plural: string };
		readonly versions: readonly { readonly name: string }[];
	};
}

/** The CRDs of `manifests/crds`, as text. */
export function shippedCrds(): string[] {
	return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Installs the CRDs of `manifests/crds` and waits until the server serves them. It reads the text by itself, with its YAML 1.1. */
export async function installCrds(requests: Requests): Promise<void> {
	const texts = shippedCrds();
	for (const text of texts) {
		const { status, body } = await requests.send('POST', path, text, { contentType: 'application/yaml' });
		if (status !== 201) throw new Error(`the API server refuses a CRD: ${body.message}`);
	}
	for (const { spec } of texts.map((text) => parse(text) as Definition)) {
		const served = `/apis/${spec.group}/${spec.versions[0]?.name}/${spec.names.plural}?limit=1`;
		while ((await requests.send('GET', served)).status !== 200) await pause(20);
	}
}
