import type { GpuPolicyStatus, Violation } from '../../api/v1alpha1.generated.ts';
import { cut } from '../../core/status/condition.ts';

/** Most bytes of a status as JSON: what is written with it (metadata, field owners) stays under 64 KiB for any number of nodes and pods. */
const maxBytes = 40 * 1024;
const maxViolations = 20;

/** The status with as much of its texts as fits: first at full length, then shorter and shorter ones. */
export function fitStatus(status: GpuPolicyStatus): GpuPolicyStatus {
	for (const limit of [4096, 1024, 512, 256, 128]) {
		const shorter = cutTexts(status, limit);
		if (Buffer.byteLength(JSON.stringify(shorter)) <= maxBytes) return shorter;
	}
	return cutTexts(status, 32);
}

function cutTexts(status: GpuPolicyStatus, limit: number): GpuPolicyStatus {
	const { conditions, workloads, nodes, lastOutcomes } = status;
	return {
		...status,
		...(conditions ? { conditions: conditions.map((one) => ({ ...one, message: cut(one.message, limit) })) } : {}),
		...(workloads ? { workloads: { ...workloads, ...violations(workloads, limit) } } : {}),
		...(nodes ? { nodes: { ...nodes, ...violations(nodes, limit) } } : {}),
		...(lastOutcomes
			? {
					lastOutcomes: lastOutcomes.map((one) =>
						one.message === undefined ? one : { ...one, message: cut(one.message, limit) },
					),
				}
			: {}),
	};
}

function violations(part: { readonly violations?: readonly Violation[] }, limit: number): { violations?: Violation[] } {
	if (!part.violations) return {};
	const kept = part.violations.slice(0, maxViolations);
	return { violations: kept.map((one) => ({ ...one, message: cut(one.message, Math.min(limit, 1024)) })) };
}
