import { Flags } from '@oclif/core';
import type { PassReport } from '../app/local.ts';
import { renderReconcile } from '../render/reconcile.ts';
import { CodedError, exitCodes, worstExit } from '../runtime/errors.ts';
import { GpuPolicyCommand, wrongUsage } from './base.ts';
import { chosenCluster, clusterFlags, controllerFlags } from './cluster-flags.ts';
import { localFlags, openForCommand } from './local-flags.ts';

export default class Reconcile extends GpuPolicyCommand {
	static override summary = 'Converge the files of the repo to the policies, and report the status.';
	static override description =
		'One pass by default; with --watch it stays and converges whenever something changes. Every pass that writes is a revision: gpupolicy rollback undoes it. With --watch and --context or --kubeconfig it also applies the policies to that cluster, as field manager gpupolicy-repo and never by force, and does the duties of the controller there while it holds the lease of the controller. Exit codes: 0 nothing is left, 1 a write failed, 2 findings remain, 3 facts unknown, 64 usage, 130 watch ended by Ctrl-C.';
	static override examples = [
		'<%= config.bin %> reconcile',
		'<%= config.bin %> reconcile --watch',
		'<%= config.bin %> reconcile --watch --context dev',
		'<%= config.bin %> reconcile --git-branch gpupolicy/rollout --git-tag before-gpupolicy',
	];
	static override flags = {
		...localFlags,
		...clusterFlags,
		...controllerFlags,
		output: Flags.string({ char: 'o', options: ['text', 'json', 'yaml'], default: 'text', summary: 'Format of the result.' }),
		watch: Flags.boolean({ summary: 'Stay and converge whenever a file, a policy or a device changes. Implies --allow-dirty.' }),
		'allow-dirty': Flags.boolean({ summary: 'Also write tracked files with uncommitted changes.' }),
		prune: Flags.boolean({
			summary:
				'Remove managed blocks whose policy is gone, or no longer selects the file. Never done while a manifest fails to load.',
		}),
		release: Flags.boolean({ summary: 'End the holds that rollbacks left on files.' }),
		'git-branch': Flags.string({
			helpValue: 'NAME',
			summary: 'Write on this branch (made at HEAD when missing), one commit per policy.',
		}),
		'git-tag': Flags.string({
			helpValue: 'NAME',
			summary: 'Tag the state before; needs --git-branch.',
			dependsOn: ['git-branch'],
		}),
	};

	async run(): Promise<PassReport | undefined> {
		const { flags } = await this.parse(Reconcile);
		const cluster = chosenCluster(flags, this.config.bin);
		if (cluster && !flags.watch)
			throw wrongUsage(
				'in a cluster reconcile takes --watch',
				'add --watch, or kubectl apply the manifests; gpupolicy controller converges',
			);
		const options = {
			prune: flags.prune,
			allowDirty: flags['allow-dirty'] || flags.watch,
			release: flags.release,
			git: flags['git-branch'] === undefined ? null : { branch: flags['git-branch'], tag: flags['git-tag'] ?? null },
		};
		if (flags.watch) {
			if (flags.output === 'yaml')
				throw new CodedError('GP2002', '--watch prints text or, with -o json, one JSON object a pass', { exit: exitCodes.usage });
			const { watchLocal } = await import('../app/watch.ts'); // the watcher's libraries are paid for by those who watch
			const watched = await openForCommand(flags, this.errorTerminal(), { progress: false });
			const output = { terminal: this.terminal(), json: flags.json || flags.output === 'json' };
			if (cluster) {
				const { clusterWatch } = await import('./cluster/reconcile.ts');
				process.exitCode = await clusterWatch(cluster, flags['controller-namespace'], watched, options, output);
			} else process.exitCode = await watchLocal(watched, options, output);
			return undefined;
		}
		const local = await openForCommand(flags, this.errorTerminal());
		const report = await local.pass('reconcile', options);
		const exit = worstExit([local.manifestsIncomplete ? exitCodes.failed : exitCodes.ok, report.exitCode]);
		return this.show(report, flags.json ? 'json' : flags.output, { text: renderReconcile }, exit);
	}
}
