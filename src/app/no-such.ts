import { didYouMean } from '../manifest/index.ts';
import { CodedError } from '../runtime/errors.ts';

/** Names that an error lists; more only count. */
const listed = 10;

interface Named {
	readonly metadata: { readonly name: string };
}

/** The error for a policy that is not among those that are known; `null` where nobody may list them. */
export function noSuchPolicy(name: string, known: readonly Named[] | null): CodedError {
	return noSuch('gpupolicies.gpupolicy.dev', name, known);
}

/** The error for an object that is not among those that are known, as kubectl words it, with the name that was probably meant. */
export function noSuch(resource: string, name: string, known: readonly Named[] | null): CodedError {
	return new CodedError(
		'GP2006',
		`${resource} ${JSON.stringify(name)} not found`,
		known === null ? {} : { hint: whatIsThere(name, known) },
	);
}

function whatIsThere(name: string, known: readonly Named[]): string {
	const names = known.map(({ metadata }) => metadata.name);
	const near = didYouMean(name, names);
	const more = names.length > listed ? ` and ${names.length - listed} more` : '';
	const there = `there ${names.length === 1 ? 'is' : 'are'}: ${names.slice(0, listed).join(', ') || 'none'}${more}`;
	return near === undefined ? there : `did you mean ${JSON.stringify(near)}? ${there}`;
}
