import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

/** What a test file tells the runner, one JSON object a line. */
export type Line =
	| { readonly kind: 'pass' }
	| { readonly kind: 'fail'; readonly name: string; readonly detail: string }
	| { readonly kind: 'end' };

/** Only leaves count: a suite or a parent fails because of what is in it, unless a hook of its own failed. */
function lineOf({ type, data }: TestEvent): Line | undefined {
	if (type === 'test:summary') return { kind: 'end' };
	if (type !== 'test:pass' && type !== 'test:fail') return undefined;
	if (data.skip !== undefined || data.todo !== undefined) {
		return { kind: 'fail', name: data.name, detail: 'skipped: a test here either runs or does not exist' };
	}
	if (type === 'test:pass') return data.details.type === 'suite' ? undefined : { kind: 'pass' };
	const error = data.details.error as (Error & { failureType?: string }) | undefined;
	if (error?.failureType === 'subtestsFailed') return undefined;
	const cause = error?.cause ?? error;
	return { kind: 'fail', name: data.name, detail: typeof cause === 'string' ? cause : inspect(cause, { depth: 4 }) };
}

export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	for await (const event of events) {
		const line = lineOf(event);
		if (line !== undefined) yield `${JSON.stringify(line)}\n`;
	}
}
