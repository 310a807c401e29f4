import type { CompiledAdmission } from './compile.ts';
import { objectsOf } from './compile.ts';

/**
 * Longest CEL expression that the API server compiles, in code points (cel-go, ExpressionSizeCodePointLimit). The cost at run time is
 * no limit of its own: 64 variables, the most that a policy has, hold in pods of 100 containers with 60 further variables each.
 */
const expressionLimit = 100_000;

/** Largest object that we send, in bytes: etcd takes 1.5 MiB with what the server adds, such as the owners of every field. */
const objectLimit = 1_000_000;

/** Why a policy does not fit into admission policies, with the figure; `null` where it does. */
export function overBudget(compiled: CompiledAdmission): string | null {
	for (const object of objectsOf(compiled)) {
		for (const { path, length } of expressionsOf(object.spec)) {
			if (length <= expressionLimit) continue;
			const figure = `${length.toLocaleString('en')} characters of ${expressionLimit.toLocaleString('en')} that the API server compiles`;
			return `the policy does not fit into a ${object.kind}: ${path} is ${figure}; use fewer or shorter values, selectors or exemptions`;
		}
		const bytes = Buffer.byteLength(JSON.stringify(object));
		if (bytes > objectLimit) {
			return `the policy does not fit into a ${object.kind}: ${bytes.toLocaleString('en')} bytes of ${objectLimit.toLocaleString('en')}; use fewer or shorter values, selectors or exemptions`;
		}
	}
	return null;
}

/** Every expression of a spec with its length in code points. */
function expressionsOf(spec: unknown): { readonly path: string; readonly length: number }[] {
	const found: { path: string; length: number }[] = [];
	const walk = (value: unknown, path: string): void => {
		if (typeof value === 'string') {
			if (/xpression$/.test(path)) found.push({ path, length: [...value].length });
		} else if (Array.isArray(value)) {
			for (const [index, item] of value.entries()) {
				const name = (item as { readonly name?: unknown } | null)?.name;
				walk(item, `${path}[${typeof name === 'string' ? name : index}]`);
			}
		} else if (value !== null && typeof value === 'object') {
			for (const [name, field] of Object.entries(value)) walk(field, `${path}.${name}`);
		}
	};
	walk(spec, 'spec');
	return found;
}
