import { ClusterError } from '../../core/ports/cluster.ts';
import { rbacVerb } from '../../kube/index.ts';
import { CodedError } from '../../runtime/errors.ts';

/** Where it was asked, for messages. */
export interface Asked {
	/** Context of the kubeconfig, or `in-cluster`. */
	readonly context: string;
	readonly server: URL;
}

/** What failed in a cluster as an error for a person, one line and what to do; anything else as it is. */
export function clusterFailure(error: unknown, { context, server }: Asked): unknown {
	if (!(error instanceof ClusterError)) return error;
	const message = oneLine(error.message);
	const at = `context ${context}`;
	const coded = (code: string, text: string, hint: string): CodedError => new CodedError(code, text, { hint, cause: error });
	switch (error.failure) {
		case 'Forbidden':
			return coded('GP4301', message, `${grant(error)}, or use another account than that of ${at}`);
		case 'Unauthorized':
			return coded('GP4302', message, `log in again; the credentials of ${at} are not accepted`);
		case 'Unreachable':
		case 'TimedOut':
		case 'Aborted':
			return coded(
				'GP4303',
				`${server.origin} (${at}) does not answer: ${message}`,
				'check the address, the network and the proxy settings',
			);
		case 'NotServed':
			return error.resource.includes('gpupolicy.dev')
				? coded(
						'GP4304',
						`the cluster of ${at} does not serve ${error.resource}`,
						'install it: kubectl apply -k manifests, or the Helm chart',
					)
				: coded('GP4305', message, 'the API server does not serve what is needed here');
		case 'Denied':
		case 'Invalid':
			return coded('GP4306', message, 'change what the message names');
		case 'Conflict':
		case 'AlreadyExists':
		case 'Gone':
		case 'NotFound':
			return coded('GP4307', message, 'nothing was written; run the command again');
		case 'FieldManagerConflict':
			return coded('GP4309', message, 'change it where that manager takes it from; we never force');
		case 'TooManyRequests':
		case 'ServerFailed':
			return coded('GP4305', message, 'try again; the logs of the API server say more');
	}
}

/** A message of a server on one line. */
export function oneLine(text: string): string {
	return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

/** Nothing that time mends. */
export function forGood({ failure }: ClusterError): boolean {
	return failure === 'Forbidden' || failure === 'Unauthorized' || failure === 'NotServed' || failure === 'Invalid';
}

/** What an administrator types. */
function grant({ verb, resource, message }: ClusterError): string {
	const [, user = 'USER'] = /\bUser "([^"]+)" cannot/.exec(message) ?? [];
	const role = `gpupolicy-${rbacVerb(verb)}-${resource.replaceAll(/[^a-z]+/g, '-')}`;
	return `an administrator grants it: kubectl create clusterrole ${role} --verb=${rbacVerb(verb)} --resource=${resource}; kubectl create clusterrolebinding ${role} --clusterrole=${role} --user=${user}`;
}
