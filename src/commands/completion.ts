import { Args } from '@oclif/core';
import { renderCompletion, type Shell, shells } from '../render/completion/index.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';

export default class Completion extends GpuPolicyCommand {
	static override summary = 'Print a script that completes commands, flags and their values in a shell.';
	static override description =
		`bash: eval "$(gpupolicy completion bash)" in ~/.bashrc. zsh: source <(gpupolicy completion zsh) in ~/.zshrc, after compinit. fish: gpupolicy completion fish > ~/.config/fish/completions/gpupolicy.fish.`;
	static override examples = ['eval "$(<%= config.bin %> completion bash)"'];
	static override args = {
		shell: Args.string({ required: true, ignoreStdin: true, options: [...shells], description: 'bash, zsh or fish.' }),
	};

	async run(): Promise<{ readonly shell: Shell; readonly script: string }> {
		const { args, flags } = await this.parse(Completion);
		const shell = args.shell as Shell;
		const script = renderCompletion(shell, this.config.commands);
		return this.show({ shell, script }, flags.json ? 'json' : 'text', { text: () => script }, exitCodes.ok);
	}
}
