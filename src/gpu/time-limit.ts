import { unknown } from '../core/observed/fact.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';

/** Holds any source to the port's promise: never rejects, never takes longer than the limit. */
export function timeLimited(source: InventorySource): InventorySource {
	return {
		...source,
		observe: ({ timeoutMs }) =>
			new Promise((resolve) => {
				const late = () => resolve(unknown('TimedOut', `${source.name} did not answer within ${timeoutMs / 1000} s`));
				const timer = setTimeout(late, timeoutMs);
				source
					.observe({ timeoutMs })
					.catch((error: unknown) =>
						unknown('SourceFailed', `${source.name}: ${error instanceof Error ? error.message : String(error)}`, error),
					)
					.then((fact) => {
						clearTimeout(timer);
						resolve(fact);
					});
			}),
	};
}
