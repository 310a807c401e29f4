import { AdmissionBench, type BenchOptions } from './fixture.ts';

/** What changes pods: one contract holds for both. */
export interface Implementation {
	readonly name: string;
	/** Reason of AdmissionProgrammed while it is in force. */
	readonly reason: 'PolicyActive' | 'WebhookActive';
	readonly mode: 'AdmissionPolicy' | 'Webhook';
	/** Modes in which it differs from the other one, all for the first. */
	readonly modes: readonly ('Enforce' | 'Audit')[];
	/** Objects of the part that changes pods. */
	readonly mutationObjects: number;
	start(options?: BenchOptions): Promise<AdmissionBench>;
}

export const implementations: readonly Implementation[] = [
	{
		name: 'MutatingAdmissionPolicy',
		reason: 'PolicyActive',
		mode: 'AdmissionPolicy',
		modes: ['Enforce', 'Audit'],
		mutationObjects: 3,
		start: (options) => AdmissionBench.start(options),
	},
	{
		name: 'our webhook',
		reason: 'WebhookActive',
		mode: 'Webhook',
		modes: ['Enforce'],
		mutationObjects: 1,
		start: (options) => AdmissionBench.start({ mutatingAdmissionPolicy: false, webhook: {}, ...options }),
	},
];

/** The policy API as 1.34 and 1.35 have it, where it is switched on. */
export const beta: Implementation = {
	name: 'MutatingAdmissionPolicy in v1beta1',
	reason: 'PolicyActive',
	mode: 'AdmissionPolicy',
	modes: ['Enforce'],
	mutationObjects: 3,
	start: (options) =>
		AdmissionBench.start({
			only: 'v1beta1',
			args: { 'kube-apiserver': ['--runtime-config=admissionregistration.k8s.io/v1beta1=true'] },
			...options,
		}),
};
