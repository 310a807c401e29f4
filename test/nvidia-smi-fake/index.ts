import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { StubDevice } from '../nvml-stub/index.ts';

/** What the fake answers to one way of being called. */
export interface FakeAnswer {
	readonly stdout?: string;
	readonly stderr?: string;
	readonly exitCode?: number;
	/** Wait before the answer. */
	readonly seconds?: number;
}

/** A program called nvidia-smi on a PATH of its own; answers by its first argument (`-q`, `-L`, `--query-gpu=…`). */
export interface FakeSmi {
	readonly environment: Readonly<Record<string, string | undefined>>;
	remove(): void;
}

export function fakeNvidiaSmi(answers: Readonly<Record<string, FakeAnswer>>): FakeSmi {
	const folder = mkdtempSync(join(tmpdir(), 'nvidia-smi-'));
	const program = join(folder, 'nvidia-smi');
	writeFileSync(
		program,
		`#!${process.execPath}
const answers = ${JSON.stringify(answers)};
const answer = answers[process.argv[2]] ?? { stderr: 'unknown option ' + process.argv[2], exitCode: 2 };
setTimeout(() => {
	process.stdout.write(answer.stdout ?? '');
	process.stderr.write(answer.stderr ?? '');
	process.exitCode = answer.exitCode ?? 0;
}, 1000 * (answer.seconds ?? 0));
`,
	);
	chmodSync(program, 0o755);
	return { environment: { PATH: folder }, remove: () => rmSync(folder, { recursive: true }) };
}

/** The machine of a stub scenario in nvidia-smi's words. */
export function smiAnswers(devices: readonly StubDevice[]): Readonly<Record<string, FakeAnswer>> {
	return {
		'-q': { stdout: smiXml(devices) },
		'--query-gpu=uuid,compute_cap': {
			stdout: devices.map(({ uuid, capability }) => `${uuid}, ${capability.join('.')}\n`).join(''),
		},
		'-L': { stdout: devices.map(listDevice).join('') },
	};
}

function listDevice(device: StubDevice, index: number): string {
	const children = device.mig?.children ?? [];
	const lines = children.map(({ profile, uuid }, i) => `  MIG ${profile}     Device  ${i}: (UUID: ${uuid})\n`);
	return `GPU ${index}: ${device.name} (UUID: ${device.uuid})\n${lines.join('')}`;
}

const reasons = [
	[0x1, 'gpu_idle'],
	[0x2, 'applications_clocks_setting'],
	[0x4, 'sw_power_cap'],
	[0x8, 'hw_slowdown'],
	[0x40, 'hw_thermal_slowdown'],
	[0x80, 'hw_power_brake_slowdown'],
	[0x10, 'sync_boost'],
	[0x20, 'sw_thermal_slowdown'],
	[0x100, 'display_clocks_setting'],
] as const;

function smiXml(devices: readonly StubDevice[]): string {
	return `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
	<timestamp>Sat Nov 21 10:41:02 2026</timestamp>
	<driver_version>580.65.06</driver_version>
	<cuda_version>13.0</cuda_version>
	<attached_gpus>${devices.length}</attached_gpus>
${devices.map(smiDevice).join('')}</nvidia_smi_log>
`;
}

function smiDevice(device: StubDevice): string {
	const [domain, bus, slot] = device.bus.map((part) => part.toString(16).toUpperCase());
	const address = `${domain?.padStart(8, '0')}:${bus?.padStart(2, '0')}:${slot?.padStart(2, '0')}.0`;
	const mode = (on: boolean | undefined) => (on === undefined ? 'N/A' : on ? 'Enabled' : 'Disabled');
	const states = reasons.map(([bit, name]) => {
		const active = ((device.throttle ?? 0) & bit) !== 0;
		const state = device.throttle === undefined ? 'N/A' : active ? 'Active' : 'Not Active';
		return `			<clocks_event_reason_${name}>${state}</clocks_event_reason_${name}>\n`;
	});
	const processes = (device.processes ?? []).map(
		({ pid, kind, name, used }) => `			<process_info>
				<gpu_instance_id>N/A</gpu_instance_id>
				<compute_instance_id>N/A</compute_instance_id>
				<pid>${pid}</pid>
				<type>${kind}</type>
				<process_name>${name}</process_name>
				<used_memory>${used === null ? 'N/A' : `${used / 2 ** 20} MiB`}</used_memory>
			</process_info>\n`,
	);
	const children = (device.mig?.children ?? []).map(
		({ memory }, i) => `			<mig_device>
				<index>${i}</index>
				<gpu_instance_id>${i + 1}</gpu_instance_id>
				<compute_instance_id>0</compute_instance_id>
				<fb_memory_usage>
					<total>${memory / 2 ** 20} MiB</total>
				</fb_memory_usage>
			</mig_device>\n`,
	);
	const memory = device.memory ? [`${device.memory.total / 2 ** 20} MiB`, `${device.memory.used / 2 ** 20} MiB`] : ['N/A', 'N/A'];
	return `	<gpu id="${address}">
		<product_name>${device.name}</product_name>
		<mig_mode>
			<current_mig>${mode(device.mig?.enabled)}</current_mig>
			<pending_mig>${mode(device.mig?.enabled)}</pending_mig>
		</mig_mode>
		<mig_devices>
${children.length > 0 ? children.join('') : '			None\n'}		</mig_devices>
		<uuid>${device.uuid}</uuid>
		<pci>
			<pci_device_id>${device.pciDeviceId.toString(16).toUpperCase().padStart(8, '0')}</pci_device_id>
			<pci_bus_id>${address}</pci_bus_id>
		</pci>
		<clocks_event_reasons>
${states.join('')}		</clocks_event_reasons>
		<fb_memory_usage>
			<total>${memory[0]}</total>
			<used>${memory[1]}</used>
		</fb_memory_usage>
		<ecc_mode>
			<current_ecc>${mode(device.ecc?.enabled)}</current_ecc>
		</ecc_mode>
		<ecc_errors>
			<volatile>
				<sram_correctable>0</sram_correctable>
				<sram_uncorrectable_parity>0</sram_uncorrectable_parity>
				<sram_uncorrectable_secded>0</sram_uncorrectable_secded>
				<dram_correctable>0</dram_correctable>
				<dram_uncorrectable>${device.ecc?.uncorrected ?? 'N/A'}</dram_uncorrectable>
			</volatile>
		</ecc_errors>
		<processes>
${device.processes === null ? 'N/A' : processes.join('')}		</processes>
	</gpu>
`;
}
