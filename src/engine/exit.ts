import { type ExitCode, exitCodes, worstExit } from '../runtime/errors.ts';
import { openFindings } from './pass.ts';
import type { PassResult } from './result.ts';

/**
 * Exit code of `check` and `reconcile`: 1 on write errors, 2 while findings remain (under Audit too), 3 where a needed fact
 * is unknown, 0 when all is in order.
 */
export function exitOf(result: PassResult): ExitCode {
	const findings = openFindings(result);
	const codes: ExitCode[] = [];
	if (findings.some((finding) => finding.rule === 'file/write-failed')) codes.push(exitCodes.failed);
	if (findings.some((finding) => finding.disposition !== 'unknown')) codes.push(exitCodes.findings);
	if (result.policies.some((policy) => policy.problems.length > 0) || result.devices.mismatches.length > 0)
		codes.push(exitCodes.findings);
	if (
		result.objects.some((object) =>
			object.status?.conditions?.some(({ type, status }) => type === 'NodesValidated' && status === 'False'),
		)
	) {
		codes.push(exitCodes.findings);
	}
	if (findings.some((finding) => finding.disposition === 'unknown') || factsUnknown(result)) codes.push(exitCodes.unknown);
	return worstExit(codes);
}

/**
 * True where a fact that this machine should be able to tell could not be had. A machine without any source of GPU facts
 * is no GPU machine: its recorded inventory suffices.
 */
function factsUnknown({ policies, devices }: PassResult): boolean {
	if (
		policies.some(
			(policy) => policy.devices?.state === 'unknown' || policy.variables.some((variable) => variable.value.state === 'unknown'),
		)
	)
		return true;
	const live = devices.live;
	return live?.state === 'unknown' && live.reason !== 'NoSource';
}
