import process from 'node:process';
import { type Fact, known, type Unknown, unknown } from '../../core/observed/fact.ts';
import type { Inventory } from '../../core/observed/inventory.ts';
import type { InventorySource } from '../../core/ports/inventory-source.ts';
import { processStartTime } from '../../runtime/process-start-time.ts';
import { completeDevice, parseCapabilities, parseMigListing } from './listing.ts';
import type { SmiInventory } from './parse.ts';

export interface NvidiaSmiOptions {
	/** Program to run, found on PATH; default `nvidia-smi`. */
	readonly command?: string;
	readonly environment?: Readonly<Record<string, string | undefined>>;
	/** Where process start times are read; default `/proc`. */
	readonly procRoot?: string;
}

type Output = { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly fact: Unknown };

/** Reads devices through the nvidia-smi program: where NVML cannot be loaded. It tells no XIDs. */
export function nvidiaSmiSource(options: NvidiaSmiOptions = {}): InventorySource {
	const running = new Set<AbortController>();
	const procRoot = options.procRoot ?? '/proc';

	async function observe({ timeoutMs }: { readonly timeoutMs: number }): Promise<Fact<Inventory>> {
		const deadline = performance.now() + timeoutMs;
		const run = (args: readonly string[]) => runSmi(args, deadline - performance.now(), timeoutMs, options, running);
		const query = await run(['-q', '-x']);
		if (!query.ok) return query.fact;
		// The XML parser is loaded only where it is needed: most machines answer through NVML.
		const { parseSmiXml, SmiFormatError } = await import('./parse.ts');
		let parsed: SmiInventory;
		try {
			parsed = parseSmiXml(query.stdout, (pid) => processStartTime(procRoot, pid));
		} catch (error) {
			const why = error instanceof SmiFormatError ? error.message : 'it is not XML';
			return unknown('SourceFailed', `the output of nvidia-smi -q -x cannot be read: ${why}`, error);
		}
		// Drivers before 470 do not know compute_cap: then it stays untold.
		const capabilities = parsed.devices.length > 0 ? await run(['--query-gpu=uuid,compute_cap', '--format=csv,noheader']) : null;
		const needsListing = parsed.devices.some(({ mig }) => mig.children.length > 0);
		const listing = needsListing ? await run(['-L']) : null;
		for (const output of [capabilities, listing])
			if (output?.ok === false && output.fact.reason === 'TimedOut') return output.fact;
		// MIG devices without a name could not be told apart.
		if (listing?.ok === false) return listing.fact;
		const compute = parseCapabilities(capabilities?.ok ? capabilities.stdout : '');
		const mig = parseMigListing(listing?.ok ? listing.stdout : '');
		const observedAt = new Date().toISOString();
		const devices = parsed.devices.map((device) => completeDevice(device, compute, mig));
		return known({ source: 'nvidia-smi', ...parsed, devices, observedAt }, `nvidia-smi ${parsed.driverVersion}`, observedAt);
	}

	return {
		name: 'nvidia-smi',
		observe,
		close: async () => {
			for (const controller of running) controller.abort();
		},
	};
}

async function runSmi(
	args: readonly string[],
	leftMs: number,
	limitMs: number,
	options: NvidiaSmiOptions,
	running: Set<AbortController>,
): Promise<Output> {
	const late = unknown(
		'TimedOut',
		`nvidia-smi did not answer within ${limitMs / 1000} s; the driver may hang: look for Xid in the kernel log`,
	);
	if (leftMs <= 0) return { ok: false, fact: late };
	const controller = new AbortController();
	running.add(controller);
	try {
		const { execa } = await import('execa');
		const result = await execa(options.command ?? 'nvidia-smi', args, {
			env: options.environment ?? process.env,
			extendEnv: false,
			stdin: 'ignore',
			timeout: Math.max(1, Math.floor(leftMs)),
			killSignal: 'SIGKILL',
			cancelSignal: controller.signal,
			maxBuffer: 32 * 2 ** 20,
			reject: false,
			windowsHide: true,
			stripFinalNewline: false,
		});
		if (result.timedOut) return { ok: false, fact: late };
		if (result.exitCode === 0) return { ok: true, stdout: result.stdout };
		return { ok: false, fact: failed(result) };
	} catch (error) {
		return {
			ok: false,
			fact: unknown(
				'SourceFailed',
				`nvidia-smi could not be run: ${error instanceof Error ? error.message : String(error)}`,
				error,
			),
		};
	} finally {
		running.delete(controller);
	}
}

interface Ended {
	readonly code?: string | undefined;
	readonly exitCode?: number | undefined;
	readonly signal?: string | undefined;
	readonly isCanceled: boolean;
	readonly stdout: string;
	readonly stderr: string;
}

/** nvidia-smi ends with NVML's code: 9 no driver, 12 library missing, 4 no permission (man nvidia-smi, RETURN VALUE). */
function failed({ code, exitCode, signal, isCanceled, stdout, stderr }: Ended): Unknown {
	if (code === 'ENOENT') return unknown('NoSource', 'there is no nvidia-smi on PATH; install the NVIDIA driver');
	if (code === 'EACCES') return unknown('Forbidden', 'nvidia-smi may not be run (EACCES)');
	if (isCanceled) return unknown('SourceFailed', 'nvidia-smi was ended because the source was closed');
	const said = (stderr.trim() || stdout.trim()).split('\n')[0]?.slice(0, 300) ?? '';
	const message = `nvidia-smi ended with ${signal ?? `exit code ${exitCode}`}${said && `: ${said}`}`;
	if (exitCode === 9 || exitCode === 12) return unknown('NoSource', message);
	return unknown(exitCode === 4 ? 'Forbidden' : 'SourceFailed', message);
}
