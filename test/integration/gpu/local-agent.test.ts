import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { GpuNodeReport } from '../../../src/api/v1alpha1.generated.ts';
import { parseDeviceAnswer } from '../../../src/core/device-answer/index.ts';
import { openStub, type Stub, twoDevices } from '../../nvml-stub/index.ts';

const bin = new URL('../../../bin/gpupolicy.js', import.meta.url).pathname;
const [card5060, card3090] = twoDevices;

const policy = (product: string): string => `apiVersion: gpupolicy.dev/v1alpha1
kind: GpuPolicy
metadata: { name: rtx3090-only }
spec:
  mode: Enforce
  devices: { allow: [{ productName: ${product} }] }
  nodes: { selector: { matchLabels: { pool: gpu } } }
`;

describe('gpupolicy agent --local', () => {
	let folder: string;
	let stub: Stub;
	let agent: ChildProcess | undefined;
	let said = '';

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'local-agent-'));
		stub = openStub({
			devices: [
				{ ...card5060, processes: [{ pid: process.pid, used: 1e9, kind: 'C', name: 'train' }] },
				{ ...card3090, processes: [] },
			],
		});
		writeFileSync(join(folder, 'gpupolicy.yaml'), policy(card3090.name));
		said = '';
	});
	afterEach(async () => {
		if (agent && agent.exitCode === null && agent.signalCode === null) {
			const exit = once(agent, 'exit');
			agent.kill('SIGKILL');
			await exit;
		}
		stub.remove();
		rmSync(folder, { recursive: true, force: true });
	});

	function start(...args: string[]): ChildProcess {
		const own = [
			'--state-dir',
			join(folder, 'state'),
			'--report',
			reportFile(),
			'--kubelet-dir',
			join(folder, 'none'),
			'--sys',
			join(folder, 'none'),
		];
		const command = [bin, 'agent', '--local', '-C', folder, ...own, '--interval', '1s', '--bind-address', '0', ...args];
		agent = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'], env: stub.environment });
		agent.stderr?.on('data', (data) => {
			said += data;
		});
		return agent;
	}
	const reportFile = (): string => join(folder, 'report.json');
	function report(): GpuNodeReport | null {
		try {
			return JSON.parse(readFileSync(reportFile(), 'utf8'));
		} catch {
			return null;
		}
	}
	async function until<T>(what: string, ask: () => T | null | undefined | false): Promise<T> {
		for (const end = performance.now() + 60_000; ; await pause(50)) {
			const found = ask();
			if (found) return found;
			assert.ok(performance.now() < end && agent?.exitCode === null, `${what}\n${said}`);
		}
	}
	const gpupolicy = (...args: string[]): string =>
		execFileSync(process.execPath, [bin, ...args], {
			encoding: 'utf8',
			cwd: folder,
			env: { ...stub.environment, GPUPOLICY_REPORT: reportFile(), HOME: folder },
			stdio: ['ignore', 'pipe', 'pipe'],
			timeout: 60_000,
		});

	it('keeps a report that get and describe node read, and follows the manifests', async () => {
		const child = start();
		const first = await until('the report', () => report()?.status?.policies?.[0] && report());
		assert.equal(first?.metadata.name, hostname());
		assert.deepEqual(
			first?.status?.policies?.map(({ name, verdict, reason, processesOnForbidden }) => [
				name,
				verdict,
				reason,
				processesOnForbidden,
			]),
			[['rtx3090-only', 'NonCompliant', 'ForbiddenDeviceExposed', 1]],
		);
		assert.equal(first?.status?.processes?.[0]?.pid, process.pid);
		const shown = gpupolicy('describe', 'node', hostname());
		assert.match(shown, /RTX 5060 Ti.*Exposed/);
		assert.match(shown, new RegExp(`${process.pid}  train  ${card5060.uuid}  rtx3090-only: on a device that is forbidden`));
		assert.throws(() => gpupolicy('describe', 'node', 'elsewhere'), /GP4403/);

		stub.play({
			devices: [
				{ ...card5060, processes: [] },
				{ ...card3090, processes: [] },
			],
		});
		await until('the process ended', () => report()?.status?.policies?.[0]?.verdict === 'Compliant');
		try {
			gpupolicy('check');
		} catch {
			// Findings or not: the pass stores a status.
		}
		assert.match(gpupolicy('get'), /rtx3090-only .* 1\/1 /);
		stub.play({
			devices: [
				{ ...card5060, processes: [{ pid: process.pid, used: 1, kind: 'C', name: 'train' }] },
				{ ...card3090, processes: [] },
			],
		});
		await until('it came back', () => report()?.status?.policies?.[0]?.verdict === 'NonCompliant');
		assert.match(gpupolicy('get'), /rtx3090-only .* 0\/1 /, 'what the agent saw since the pass');
		const [item] = JSON.parse(gpupolicy('get', '-o', 'json')).items;
		assert.match(
			item.status.conditions.find(({ type }: { type: string }) => type === 'NodesValidated').message,
			/agent of this machine: .*pid/,
		);

		writeFileSync(join(folder, 'gpupolicy.yaml'), policy(card5060.name));
		await until('the policy was edited', () => report()?.status?.policies?.[0]?.verdict === 'Compliant');
		const answer = (): Record<string, string> =>
			Object.fromEntries(
				parseDeviceAnswer(readFileSync(join(folder, 'state', 'answer.json'), 'utf8')).devices.map(({ uuid, verdict }) => [
					uuid,
					verdict,
				]),
			);
		const edited = { [card5060.uuid]: 'Allowed', [card3090.uuid]: 'Forbidden' };
		assert.deepEqual(answer(), edited);
		// At once: it writes again what it sees removed.
		renameSync(join(folder, 'state'), join(folder, 'gone'));
		await until('its files are there again', () => existsSync(join(folder, 'state', 'effective.json')));
		await until('the answer is there again', () => existsSync(join(folder, 'state', 'answer.json')));
		assert.deepEqual(answer(), edited);
		const freed = JSON.parse(readFileSync(join(folder, 'state', 'answer.json'), 'utf8'));
		for (const device of freed.devices) device.verdict = 'Allowed';
		writeFileSync(join(folder, 'state', 'answer.json'), JSON.stringify(freed));
		await until('an answer that somebody edited is put back', () => answer()[card3090.uuid] === 'Forbidden');
		await until('it says so', () => /answer.json is not as it was written/.test(said));
		rmSync(join(folder, 'state', 'effective.json'));
		await until('its memory is there again', () => existsSync(join(folder, 'state', 'effective.json')));
		await until('a directory is in the place of its memory', () => {
			rmSync(join(folder, 'state', 'effective.json'), { force: true });
			// It may be faster.
			try {
				mkdirSync(join(folder, 'state', 'effective.json'));
				return true;
			} catch {
				return false;
			}
		});
		writeFileSync(join(folder, 'gpupolicy.yaml'), policy(card3090.name));
		await until('it follows a policy also where its memory cannot be written', () => answer()[card3090.uuid] === 'Allowed');
		await until('it reports too', () => report()?.status?.policies?.[0]?.verdict === 'NonCompliant');
		await until('it says so', () => /effective.json cannot be written/.test(said));
		rmSync(join(folder, 'state', 'effective.json'), { recursive: true });
		rmSync(join(folder, 'state', 'answer.json'));
		mkdirSync(join(folder, 'state', 'answer.json'));
		writeFileSync(join(folder, 'gpupolicy.yaml'), policy(card5060.name));
		await until('it reports also where the proxy cannot be told', () => report()?.status?.policies?.[0]?.verdict === 'Compliant');
		await until('it reports that too', () => /cannot be told.*answer.json/.test(report()?.status?.unread?.join() ?? ''));
		rmSync(join(folder, 'state', 'answer.json'), { recursive: true });
		await until('it tells the proxy when it can', () => existsSync(join(folder, 'state', 'answer.json')));
		await until('it reports that no more', () => !/answer.json/.test(report()?.status?.unread?.join() ?? ''));
		await until('the policy was edited again', () => answer()[card3090.uuid] === 'Forbidden');
		writeFileSync(join(folder, 'gpupolicy.yaml'), 'kind: [');
		await until('it says what is wrong', () => /some manifests cannot be used/.test(said));
		await pause(1_500);
		assert.deepEqual(answer(), edited, 'a manifest that is broken takes nothing back');
		const killed = once(child, 'exit');
		child.kill('SIGKILL');
		await killed;
		rmSync(reportFile());
		const next = start();
		await until('the next one reports', () => report()?.status?.policies?.[0]?.verdict === 'Compliant');
		assert.deepEqual(answer(), edited, 'also not over a restart');
		const exit = once(next, 'exit');
		next.kill('SIGTERM');
		assert.deepEqual(await exit, [0, null]);
	});

	it('begins anew where its files were cut off or are those of something else', async () => {
		start();
		await until('the report', () => report()?.status?.policies);
		agent?.kill('SIGKILL');
		await once(agent as ChildProcess, 'exit');
		for (const [name, text] of [
			['state/effective.json', '{"version":1,"inForce":[{"poli'],
			['state/answer.json', '{"version":2}'],
			['report.json', '[]'],
			['state/device-plugin.json', '\0'],
		] as const)
			writeFileSync(join(folder, name), text);
		start();
		await until('the report', () => report()?.status?.policies?.[0]?.verdict === 'NonCompliant');
		for (const name of ['effective.json', 'answer.json', 'device-plugin.json'])
			await until(`it passes over ${name}`, () => said.includes(`${name} is passed over`));
		assert.equal(parseDeviceAnswer(readFileSync(join(folder, 'state', 'answer.json'), 'utf8')).devices.length, 2);
	});

	it('cannot be asked for a cluster too, and needs a place for its files', () => {
		assert.throws(() => gpupolicy('agent', '--local', '--node-name', 'x'), /GP2000/);
		assert.throws(() => gpupolicy('agent'), /GP2000/);
		assert.throws(() => gpupolicy('agent', '--local', '--interval', '10ms'), /GP4402/);
		assert.throws(() => gpupolicy('agent', '--local', '--state-dir', '/proc/none'), /GP4401/);
		assert.throws(() => gpupolicy('agent', '--local', '--bind-address', 'x'), /GP2000/);
	});

	it('with two thousand processes on 64 devices fits its report, with counts', async () => {
		const devices = Array.from({ length: 64 }, (_, i) => ({
			...card3090,
			uuid: `GPU-${String(i).padStart(8, '0')}-0000-4000-8000-000000000000`,
			name: i === 63 ? card5060.name : card3090.name,
			bus: [0, i + 1, 0] as const,
			processes: Array.from({ length: 32 }, (_, p) => ({
				pid: 1_000_000 + i * 32 + p,
				used: 1,
				kind: 'C' as const,
				name: 'python',
			})),
		}));
		stub.play({ devices });
		start();
		const { status } = await until('the report', () => (report()?.status?.devices?.length === 64 ? report() : null));
		assert.equal(status?.processes?.length, 128);
		assert.equal(status?.omitted?.processes, 64 * 32 - 128);
		assert.equal(status?.policies?.[0]?.processesOnForbidden, 32);
		assert.ok(readFileSync(reportFile()).length < 512 * 1024);
		assert.ok(status?.processes?.slice(0, 32).every(({ verdicts }) => verdicts?.[0]?.verdict === 'Forbidden'));
	});
});

describe('the unit of the agent', () => {
	it('runs what the package installs, with no capability but those that it needs', () => {
		const unit = readFileSync(new URL('../../../systemd/gpupolicy-agent.service', import.meta.url), 'utf8');
		assert.match(unit, /^ExecStart=gpupolicy agent --local -C \/etc\/gpupolicy /m);
		assert.match(unit, /^CapabilityBoundingSet=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH$/m);
		const { files } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
		assert.ok(files.includes('systemd'));
	});
});
