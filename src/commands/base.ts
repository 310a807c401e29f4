import process from 'node:process';
import { Command, Flags } from '@oclif/core';
import type { Input, ParserOutput } from '@oclif/core/interfaces';
import { asCoded, errorText } from '../app/output.ts';
import { renderJson } from '../render/json.ts';
import type { Terminal } from '../render/terminal.ts';
import { renderYaml } from '../render/yaml.ts';
import { CodedError, type ExitCode, exitCodes } from '../runtime/errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: oclif's own bound of parsed flags and arguments
type Values = Record<string, any>;

/** How a command shows its typed result in each format that it offers besides json and yaml. */
export type Renderers<T> = Readonly<Record<string, (result: T, terminal: Terminal) => string>>;

/** A result, how it is shown, and the exit code. */
export interface Shown<T> {
	readonly result: T;
	readonly renderers: Renderers<T>;
	readonly exit: ExitCode;
}

/**
 * Base of all commands: `run()` parses, calls `app/`, prints through `show` and returns the typed result.
 * Results go to stdout, everything else to stderr.
 */
export abstract class GpuPolicyCommand extends Command {
	static override enableJsonFlag = false;

	static override baseFlags = {
		directory: Flags.string({
			char: 'C',
			helpValue: 'DIR',
			summary: 'Root to work on; default: the current directory, up to the nearest policy or git root.',
			helpGroup: 'GLOBAL',
		}),
		filename: Flags.string({
			char: 'f',
			multiple: true,
			multipleNonGreedy: true,
			helpValue: 'FILE|DIR|-',
			summary:
				'Manifests to read; default: gpupolicy.yaml, .gpupolicy.yaml and *.gpupolicy.yaml at the root. Repeatable; - is stdin. get, describe, history and rollback then keep to their policies.',
			helpGroup: 'GLOBAL',
		}),
		json: Flags.boolean({ summary: 'Same as -o json: print the typed result only.', helpGroup: 'GLOBAL' }),
	};

	/** Terminal on stdout as the user has it. */
	protected terminal(): Terminal {
		return terminalOf(process.stdout);
	}

	/** Terminal on stderr. */
	protected errorTerminal(): Terminal {
		return terminalOf(process.stderr);
	}

	/** Prints `result` in `format` (`json` and `yaml` always work) and sets the exit code. */
	protected show<T>(result: T, format: string, renderers: Renderers<T>, exit: ExitCode): T {
		const render = renderers[format];
		const text = render ? render(result, this.terminal()) : format === 'yaml' ? renderYaml(result) : renderJson(result);
		process.stdout.write(text);
		process.exitCode = exit;
		return result;
	}

	/** Whatever is wrong while the arguments are read is wrong usage. */
	protected override async parse<F extends Values, B extends Values, A extends Values>(
		options?: Input<F, B, A>,
		argv?: string[],
	): Promise<ParserOutput<F, B, A>> {
		try {
			return await super.parse<F, B, A>(options, argv);
		} catch (error) {
			if (!(error instanceof Error) || ('oclif' in error && (error.oclif as { exit?: number }).exit === 0)) throw error;
			throw wrongUsage(
				error.message.trim().replace(/\n*See more help with --help$/, ''),
				`see gpupolicy ${this.id ?? ''} --help`,
				error,
			);
		}
	}

	protected override async catch(error: unknown): Promise<never | undefined> {
		reportError(error);
		return undefined;
	}
}

/** A flag or an argument that cannot be used as it is given; `hint` says what can be. */
export function wrongUsage(message: string, hint: string, cause?: Error): CodedError {
	return new CodedError('GP2000', message, { hint, exit: exitCodes.usage, cause });
}

function terminalOf(stream: NodeJS.WriteStream): Terminal {
	const tty = stream.isTTY === true;
	const color = tty && !process.env.NO_COLOR && !process.env.CI && process.env.TERM !== 'dumb';
	return { color, width: tty ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY };
}

/** Prints an error for a person on stderr and sets the exit code; a programming error keeps its stack. */
export function reportError(error: unknown): void {
	const coded = asCoded(error);
	process.stderr.write(
		coded ? errorText(coded) : `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
	);
	process.exitCode = coded?.exit ?? exitCodes.failed;
}
