import process from 'node:process';
import { Flags } from '@oclif/core';
import {
	type InventoryReading,
	type InventoryResult,
	inventorySources,
	openInventory,
	type PolicyVerdicts,
	policyVerdicts,
	readInventory,
	watchInventory,
} from '../app/inventory.ts';
import { timeLimit } from '../app/local.ts';
import { renderInventory, renderInventoryChanges } from '../render/inventory.ts';
import { exitCodes } from '../runtime/errors.ts';
import { GpuPolicyCommand } from './base.ts';

export default class Inventory extends GpuPolicyCommand {
	static override summary = 'Show the GPUs of this machine and what they are doing.';
	static override description =
		'Reads them through NVML, or nvidia-smi where NVML cannot be loaded. With -o yaml it writes the file that --inventory and gpupolicy.inventory.yaml take. Exit codes: 0 read, 3 unknown, 64 usage.';
	static override examples = [
		'<%= config.bin %> inventory',
		'<%= config.bin %> inventory -o yaml > gpupolicy.inventory.yaml',
		'<%= config.bin %> inventory --watch',
	];
	static override flags = {
		output: Flags.string({
			char: 'o',
			options: ['table', 'json', 'yaml'],
			default: 'table',
			summary: 'Format of the result.',
		}),
		watch: Flags.boolean({ summary: 'Stay and tell of each change: devices lost, XIDs, processes that come and go.' }),
		source: Flags.option({
			options: inventorySources,
			summary: 'Where to read; default: NVML, then nvidia-smi.',
		})(),
		inventory: Flags.string({ helpValue: 'FILE', summary: 'Show a recorded inventory instead of the devices.' }),
		timeout: Flags.string({ default: '5s', helpValue: 'DURATION', summary: 'Time limit of one reading, e.g. 5s or 500ms.' }),
		interval: Flags.string({
			helpValue: 'DURATION',
			summary: 'With --watch: how often the devices are read; default: 2s.',
			dependsOn: ['watch'],
		}),
	};

	async run(): Promise<InventoryResult> {
		const { flags } = await this.parse(Inventory);
		const format = flags.json ? 'json' : flags.output;
		const timeoutMs = timeLimit(flags.timeout);
		const everyMs = timeLimit(flags.interval ?? '2s');
		const source = openInventory(flags);
		try {
			if (!flags.watch) {
				const reading = await readInventory(source, timeoutMs);
				const verdicts = reading.inventory
					? await policyVerdicts({ directory: flags.directory, filenames: flags.filename }, reading.inventory)
					: undefined;
				return this.#show(reading, format, verdicts);
			}
			let last: InventoryReading | undefined;
			const signal = await watchInventory(source, { timeoutMs, everyMs }, (reading) => {
				this.#showChange(last, reading, format);
				last = reading;
			});
			process.exitCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok;
			return (
				last?.result ?? {
					kind: 'Unknown',
					state: 'unknown',
					reason: 'NotYetObserved',
					message: 'stopped before the first reading',
				}
			);
		} finally {
			await source.close();
		}
	}

	/** What is unknown goes to stderr, so that a redirected file never holds it; JSON carries it as well. */
	#show({ result, inventory, source }: InventoryReading, format: string, verdicts?: PolicyVerdicts): InventoryResult {
		if (inventory !== null) {
			return this.show(
				result,
				format,
				{ table: (_, terminal) => renderInventory(inventory, source, terminal, verdicts) },
				exitCodes.ok,
			);
		}
		if ('reason' in result) process.stderr.write(`unknown: ${result.message} [${result.reason}]\n`);
		return this.show(result, format, { table: () => '', yaml: () => '' }, exitCodes.unknown);
	}

	#showChange(last: InventoryReading | undefined, reading: InventoryReading, format: string): void {
		const { result, inventory } = reading;
		const changes = last?.inventory && inventory ? renderInventoryChanges(last.inventory, inventory) : null;
		if (changes === '' || sameUnknown(last?.result, result)) return;
		if (format === 'json') process.stdout.write(`${JSON.stringify(result)}\n`);
		else if (changes && format === 'table') process.stdout.write(changes);
		else {
			if (format === 'yaml' && last) process.stdout.write('---\n');
			this.#show(reading, format);
		}
	}
}

function sameUnknown(last: InventoryResult | undefined, now: InventoryResult): boolean {
	return last !== undefined && 'reason' in last && 'reason' in now && last.reason === now.reason;
}
