import { Args, Flags } from '@oclif/core';
import { type ResumeResult, renderResume } from '../render/cluster/resume.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';
import { chosenCluster, clusterFlags, clusterNeeded, notInCluster } from './cluster-flags.ts';

export default class Resume extends GpuPolicyCommand {
	static override summary = 'Let the remediation of a policy go on that the circuit breaker stopped. In a cluster.';
	static override description =
		'When over half of the selected pods or nodes, and at least five, would be touched within five minutes, the controller stops and the policy is Stalled/RemediationHalted until a person says that this is meant. An Event on the policy names who did. Exit codes: 0 done or nothing was stopped, 1 failed, 64 usage.';
	static override examples = ['<%= config.bin %> resume rtx3090-only --context dev'];
	static override args = { name: Args.string({ required: true, ignoreStdin: true, description: 'Name of the policy.' }) };
	static override flags = {
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
		...clusterFlags,
	};

	async run(): Promise<ResumeResult> {
		const { args, flags } = await this.parse(Resume);
		const cluster = chosenCluster(flags, this.config.bin);
		if (!cluster) throw clusterNeeded('resume');
		notInCluster({ '-C': flags.directory, '-f': flags.filename });
		const { resumePolicy } = await import('../app/cluster/resume.ts'); // the client of a cluster is paid for by those who use one
		const result = await resumePolicy(cluster, args.name);
		return this.show(result, flags.json ? 'json' : flags.output, { text: renderResume }, exitCodes.ok);
	}
}
