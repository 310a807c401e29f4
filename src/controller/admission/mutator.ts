import type { MutatingVersion, Mutator } from './objects.ts';

/** When pods are changed by our webhook: where the server cannot do so itself, always, or never. */
export interface WebhookChoice {
	readonly when: 'NotServed' | 'Always' | 'Never';
	/** Namespace of what it demands. */
	readonly demandsIn: string;
}

/** What changes pods, with the version of MutatingAdmissionPolicy that the server serves; `null`: nothing can. */
export function mutatorOf(webhook: WebhookChoice | undefined, served: MutatingVersion | null): Mutator | null {
	if (!webhook || webhook.when === 'Never') return served;
	const { when, demandsIn } = webhook;
	return when === 'Always' ? { demandsIn } : (served ?? { demandsIn });
}

export function isWebhook(mutator: Mutator | null): boolean {
	return mutator !== null && typeof mutator === 'object';
}
