import { type EnvironmentVerdict, judgeEnvironment } from './environment.ts';
import type { PolicyInForce, Ruling } from './in-force.ts';
import type { ObservedProcess } from './observation.ts';

/** What one policy says of a process. */
export interface ProcessRuling {
	readonly policy: string;
	/** On the device that NVML shows it on. */
	readonly device: Ruling;
	/** `null` where the policy demands no environment. */
	readonly environment: EnvironmentVerdict | null;
}

/** A process with what each policy says of it, by name. */
export interface JudgedProcess extends ObservedProcess {
	readonly rulings: readonly ProcessRuling[];
}

const unread: Ruling = { verdict: 'Unknown', reason: 'unknown: the device was not read' };

/** Judges a process by the device that NVML shows it on, and by what it started with where semantics allow. */
export function judgeProcess(observed: ObservedProcess, inForce: readonly PolicyInForce[]): JudgedProcess {
	return {
		...observed,
		rulings: inForce.map(({ policy, rulings }) => ({
			policy: policy.name,
			device: rulings[observed.device.uuid] ?? unread,
			environment: judgeEnvironment(policy, observed.reading.environment, observed.pod),
		})),
	};
}

/** The worst first: on a forbidden device, on one of which that is not known, with another environment than demanded; then by pid. */
export function worstFirst(processes: readonly JudgedProcess[]): readonly JudgedProcess[] {
	// Of thousands each is graded once, and not with each comparison.
	return processes
		.map((one) => ({ one, severity: severity(one) }))
		.sort((a, b) => b.severity - a.severity || a.one.process.pid - b.one.process.pid)
		.map(({ one }) => one);
}

function severity({ rulings }: JudgedProcess): number {
	if (rulings.some(({ device }) => device.verdict === 'Forbidden')) return 3;
	if (rulings.some(({ device }) => device.verdict === 'Unknown')) return 2;
	return rulings.some(({ environment }) => environment?.verdict === 'Deviating') ? 1 : 0;
}
