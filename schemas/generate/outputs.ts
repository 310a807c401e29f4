import { generateCrd } from './crd.ts';
import { generateReference } from './reference.ts';
import { generateRulePages } from './rules.ts';
import { generateSchemaModule } from './schema-module.ts';
import { loadBundle } from './sources.ts';
import { generateTypes } from './types.ts';
import { generateValidator } from './validator.ts';

/** Every generated file: path relative to the root, and its text. */
export async function outputs(): Promise<ReadonlyMap<string, string>> {
	const bundle = loadBundle();
	return new Map([
		['src/api/v1alpha1.generated.ts', await generateTypes(bundle)],
		['src/api/schema.generated.ts', generateSchemaModule(bundle)],
		['src/manifest/policy-validator.generated.ts', generateValidator(bundle)],
		...['manifests/crds', 'charts/gpupolicy/files/crds'].flatMap((folder): [string, string][] => [
			[`${folder}/gpupolicies.gpupolicy.dev.yaml`, generateCrd('GpuPolicy', bundle)],
			[`${folder}/gpunodereports.gpupolicy.dev.yaml`, generateCrd('GpuNodeReport', bundle)],
		]),
		['docs/reference/policy.md', generateReference(bundle)],
		...generateRulePages(),
	]);
}
