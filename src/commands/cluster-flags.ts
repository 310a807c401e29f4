import { Flags } from '@oclif/core';
import { CodedError, exitCodes } from '../runtime/errors.ts';
import { wrongUsage } from './base.ts';

/** Flags of every command that can ask a cluster. Either of them selects it. */
export const clusterFlags = {
	context: Flags.string({
		helpValue: 'NAME',
		summary: 'Ask the cluster of this context of the kubeconfig, not the repo.',
		helpGroup: 'CLUSTER',
	}),
	kubeconfig: Flags.string({
		helpValue: 'FILE',
		summary: 'Ask the cluster of this kubeconfig, not the repo; default: KUBECONFIG, ~/.kube/config.',
		helpGroup: 'CLUSTER',
	}),
};

/** Flags that narrow what is said of pods. */
export const podFlags = {
	namespace: Flags.string({
		char: 'n',
		helpValue: 'NAME',
		summary: 'Pods of this namespace only. In a cluster.',
		helpGroup: 'CLUSTER',
	}),
	'all-namespaces': Flags.boolean({
		char: 'A',
		summary: 'Pods of all namespaces, which is the default of plan and check. In a cluster.',
		helpGroup: 'CLUSTER',
	}),
};

/** Where the controller keeps what it keeps. */
export const controllerFlags = {
	'controller-namespace': Flags.string({
		helpValue: 'NAME',
		default: 'gpupolicy-system',
		summary: 'Namespace of the controller, with what it keeps. In a cluster.',
		helpGroup: 'CLUSTER',
	}),
};

/** What the flags say of the cluster. */
export interface ClusterChoice {
	readonly context?: string | undefined;
	readonly kubeconfig?: string | undefined;
}

/** What the executable is called as a plugin of kubectl; its current context is the default then. */
export const pluginName = 'kubectl gpupolicy';

/** The cluster that a command is asked about; `null`: the repo. */
export function chosenCluster(flags: ClusterChoice, bin: string): ClusterChoice | null {
	const { context, kubeconfig } = flags;
	return context !== undefined || kubeconfig !== undefined || bin === pluginName ? { context, kubeconfig } : null;
}

/** A command line for the same cluster, to be typed next. */
export function commandFor({ context, kubeconfig }: ClusterChoice, bin: string): (words: string) => string {
	const flags = [
		...(context === undefined ? [] : [`--context ${context}`]),
		...(kubeconfig === undefined ? [] : [`--kubeconfig ${kubeconfig}`]),
	];
	return (words) => [bin, words, ...flags].join(' ');
}

/** The number of a revision among the arguments, which in a cluster are names. */
export function revisionNumber(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const number = /^\d+$/.test(text) ? Number(text) : 0;
	if (Number.isSafeInteger(number) && number >= 1) return number;
	throw wrongUsage(
		`Expected the number of a revision, 1 or greater, but received: ${text}`,
		'gpupolicy history lists them; the name of a policy needs --context or --kubeconfig',
	);
}

/** Refuses flags that speak of a cluster where the repo is asked. */
export function needsCluster(given: Readonly<Record<string, unknown>>): void {
	const name = firstGiven(given);
	if (name !== undefined) throw clusterNeeded(name);
}

/** The error for what only a cluster can answer. */
export function clusterNeeded(what: string): CodedError {
	return new CodedError('GP2017', `${what} needs a cluster`, {
		hint: 'name one with --context NAME or --kubeconfig FILE',
		exit: exitCodes.usage,
	});
}

/** Refuses flags that speak of the repo where a cluster is asked. */
export function notInCluster(given: Readonly<Record<string, unknown>>): void {
	const name = firstGiven(given);
	if (name === undefined) return;
	throw new CodedError('GP2018', `${name} speaks of a repo, and a cluster is asked`, {
		hint: `leave ${name} out, or --context and --kubeconfig`,
		exit: exitCodes.usage,
	});
}

function firstGiven(given: Readonly<Record<string, unknown>>): string | undefined {
	return Object.entries(given).find(([, value]) => value !== undefined && value !== false)?.[0];
}
