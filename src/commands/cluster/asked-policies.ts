import type { PlanRequest } from '../../app/cluster/plan.ts';
import { loadPolicies, noUsablePolicy } from '../../app/load-policies.ts';
import type { Terminal } from '../../render/terminal.ts';
import { type ExitCode, exitCodes } from '../../runtime/errors.ts';
import { wrongUsage } from '../base.ts';
import { reportManifests } from '../local-flags.ts';

/** What the command line says about which policies and pods are meant. */
export interface AskedPolicies {
	readonly name: string | undefined;
	readonly directory?: string | undefined;
	readonly filename?: readonly string[] | undefined;
	readonly namespace?: string | undefined;
	readonly 'all-namespaces'?: boolean | undefined;
}

/** The policies that are asked about in a cluster. What is wrong with manifests goes to stderr, and `exit` says so. */
export async function askedPolicies(
	asked: AskedPolicies,
	errors: Terminal,
): Promise<{ readonly proposal: PlanRequest; readonly exit: ExitCode }> {
	const { name, directory, filename, namespace } = asked;
	if (namespace !== undefined && asked['all-namespaces'] === true)
		throw wrongUsage('-n and -A are two ways to choose namespaces', 'leave one out');
	if (filename === undefined) {
		if (directory !== undefined)
			throw wrongUsage('-C speaks of a repo; in a cluster it goes with -f', 'leave -C out, or name manifests with -f');
		return { proposal: { name, namespace }, exit: exitCodes.ok };
	}
	const loaded = await loadPolicies({ directory, filenames: filename });
	reportManifests(loaded, errors);
	if (loaded.policies.length === 0) throw noUsablePolicy(loaded);
	const exit = loaded.incomplete ? exitCodes.failed : exitCodes.ok;
	return { proposal: { name, namespace, manifests: loaded.policies }, exit };
}
