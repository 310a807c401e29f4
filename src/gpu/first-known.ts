import { type Fact, type Unknown, unknown } from '../core/observed/fact.ts';
import type { Inventory } from '../core/observed/inventory.ts';
import type { InventorySource } from '../core/ports/inventory-source.ts';

/**
 * Asks the sources in order until one knows, within one time limit; the fact says which it was. After a time-out nobody else
 * is asked: the next source would hang in the same driver. Where none knows, the first reason that is more than "no such
 * source" is given, and every source's message.
 */
export function firstKnown(sources: readonly InventorySource[]): InventorySource {
	const listeners = sources.flatMap((source) => (source.subscribe ? [source] : []));
	return {
		name: sources.map(({ name }) => name).join(', then '),
		observe: async ({ timeoutMs }) => {
			const deadline = performance.now() + timeoutMs;
			const failures: Unknown[] = [];
			for (const source of sources) {
				const fact: Fact<Inventory> = await source.observe({ timeoutMs: Math.max(1, Math.round(deadline - performance.now())) });
				if (fact.state === 'known') return fact;
				failures.push(fact);
				if (fact.reason === 'TimedOut') break;
			}
			const telling = failures.find(({ reason }) => reason !== 'NoSource') ?? failures[0];
			if (!telling) return unknown('NoSource', 'no source of GPU facts is set up');
			return unknown(telling.reason, failures.map(({ message }) => message).join('; '), telling.cause);
		},
		...(listeners.length > 0
			? {
					subscribe: (onChange: () => void) => {
						const ends = listeners.map((source) => source.subscribe?.(onChange));
						return () => {
							for (const end of ends) end?.();
						};
					},
				}
			: {}),
		close: async () => {
			await Promise.all(sources.map((source) => source.close()));
		},
	};
}
