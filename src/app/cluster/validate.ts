import { gpuPolicies } from '../../controller/gpupolicy/resource.ts';
import { type ApiObject, ClusterError } from '../../core/ports/cluster.ts';
import type { LoadedPolicy } from '../../manifest/index.ts';
import type { ServerDiagnostic } from '../../render/validate.ts';
import { loadPolicies, type PolicyLocation } from '../load-policies.ts';
import { type ValidateResult, validated } from '../validate.ts';
import { oneLine } from './failures.ts';
import { type ClusterRequest, withCluster } from './session.ts';

/** Who a dry run is made as: nobody owns a field by this name. */
const fieldManager = 'gpupolicy-validate';

/** Validates manifests here, then has the server try those that are in order. Nothing is stored anywhere. */
export async function validateInCluster(request: ClusterRequest, location: PolicyLocation): Promise<ValidateResult> {
	const loaded = await loadPolicies(location);
	return withCluster(request, async ({ cluster, account }) => {
		const asTrial = cluster.as(fieldManager);
		const said: ServerDiagnostic[] = [];
		const refused = new Set<LoadedPolicy>();
		for (const one of loaded.policies) {
			try {
				const { warnings } = await asTrial.tryApply(gpuPolicies, one.written() as ApiObject);
				for (const warning of warnings) said.push(diagnostic(one, 'warning', '', warning));
			} catch (error) {
				if (!(error instanceof ClusterError) || !aboutTheObject(error)) throw error;
				refused.add(one);
				said.push(...refusals(one, error));
			}
		}
		const policies = loaded.policies.filter((one) => !refused.has(one));
		const incomplete = loaded.incomplete || refused.size > 0;
		const diagnostics = [...loaded.diagnostics, ...said];
		const local = validated({ ...loaded, policies, incomplete });
		return { ...local, diagnostics, cluster: { context: account.context, server: account.server.origin } };
	});
}

/** The server refuses what it was sent; anything else is about us or the server. */
function aboutTheObject({ failure, message }: ClusterError): boolean {
	// What applying cannot merge, such as a field that the server does not know, comes as 500 and is known by words of the server only.
	return (
		failure === 'Invalid' ||
		failure === 'Denied' ||
		(failure === 'ServerFailed' && /failed to create typed patch object/.test(message))
	);
}

function refusals(policy: LoadedPolicy, error: ClusterError): readonly ServerDiagnostic[] {
	// The API server adds one such where it could not look at everything.
	const causes = error.causes.filter(({ field }) => field !== '' && field !== '<nil>');
	if (error.failure === 'Invalid' && causes.length > 0)
		return causes.map(({ field, message }) => diagnostic(policy, 'error', field, message));
	const [, field = ''] = /(?:^|[\s:])\.(spec\S*|metadata\S*): field not declared in schema/.exec(error.message) ?? [];
	const message = field === '' ? oneLine(error.message) : 'the cluster does not know this field: its CRD may be older';
	return [diagnostic(policy, 'error', field, message)];
}

function diagnostic(policy: LoadedPolicy, severity: 'error' | 'warning', path: string, message: string): ServerDiagnostic {
	const { line, column } = policy.position(path);
	return {
		code: severity === 'error' ? 'GP4306' : 'GP4310',
		severity,
		file: policy.file,
		line,
		column,
		endColumn: column + 1,
		path,
		message: `the server says: ${message}`,
		sourceLine: policy.sourceLine(line),
	};
}
