import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ProcReader } from './read-process.ts';

const group = `0::/kubepods/besteffort/pod0f6b1c2d-3e4f-5a6b-7c8d-9e0f1a2b3c4d/${'ab'.repeat(32)}\n`;

describe('what /proc shows of a process', () => {
	let root: string;
	beforeEach(() => {
		root = mkdtempSync(join(tmpdir(), 'proc-'));
	});
	afterEach(() => rmSync(root, { recursive: true }));

	function put(pid: number, startTime: string, files: { readonly environ?: string | Buffer; readonly cgroup?: string }): void {
		mkdirSync(join(root, `${pid}`), { recursive: true });
		writeFileSync(join(root, `${pid}/stat`), `${pid} (a) b) S ${Array.from({ length: 18 }, () => 0).join(' ')} ${startTime} 0\n`);
		for (const [name, content] of Object.entries(files)) writeFileSync(join(root, `${pid}/${name}`), content);
	}
	const read = (pid: number, startTime: string | null, ...variables: string[]) =>
		new ProcReader({ root }).read({ pid, startTime }, variables);

	it('is its container, and the variables that were asked for and no others', async () => {
		put(7, '100', { cgroup: group, environ: 'PATH=/bin\0CUDA_DEVICE_ORDER=PCI_BUS_ID\0SECRET=x\0EMPTY=\0' });
		const reading = await read(7, '100', 'CUDA_DEVICE_ORDER', 'EMPTY', 'MISSING');
		assert.equal(reading.container?.podUid, '0f6b1c2d-3e4f-5a6b-7c8d-9e0f1a2b3c4d');
		assert.equal(reading.unread, null);
		assert.deepEqual(reading.environment, {
			state: 'read',
			values: new Map([
				['CUDA_DEVICE_ORDER', 'PCI_BUS_ID'],
				['EMPTY', ''],
				['MISSING', null],
			]),
		});
		assert.doesNotMatch(
			JSON.stringify(reading, (_, value) => (value instanceof Map ? [...value] : value)),
			/SECRET|\/bin/,
		);
	});

	it('is found in an environment of two megabytes, wherever it stands', async () => {
		const noise = (n: number) => `NOISE_${n}=${'x'.repeat(131_000)}\0`;
		const many = Array.from({ length: 8 }, (_, n) => noise(n)).join('');
		put(7, '100', { cgroup: '', environ: `${many}A=1\0${many}B=2` });
		const { environment } = await read(7, '100', 'A', 'B', 'C');
		assert.ok(environment.state === 'read');
		assert.deepEqual(
			[...environment.values],
			[
				['A', '1'],
				['B', '2'],
				['C', null],
			],
		);
	});

	it('is not known where the process wrote over it', async () => {
		for (const environ of ['\0'.repeat(200_000), `ray::train()\0${'\0'.repeat(70_000)}`, 'A=1\0B=2\0\0\0']) {
			put(7, '100', { cgroup: group, environ });
			const { environment, container } = await read(7, '100', 'CUDA_DEVICE_ORDER');
			assert.equal(environment.state === 'unread' && environment.why.includes('wrote over'), true);
			assert.equal(container?.podUid, '0f6b1c2d-3e4f-5a6b-7c8d-9e0f1a2b3c4d');
		}
	});

	it('is nothing of another process that was given its pid', async () => {
		put(7, '200', { cgroup: group, environ: 'A=1\0' });
		const reading = await read(7, '100', 'A');
		assert.equal(reading.container, null);
		assert.match(reading.unread ?? '', /given to another process/);
		assert.equal(reading.environment.state, 'unread');
	});

	it('is unknown where /proc hides it, or it lives in another pid namespace', async () => {
		for (const reading of [await read(7, null, 'A'), await read(7, '100', 'A')]) {
			assert.match(reading.unread ?? '', /hidepid/);
			assert.equal(reading.environment.state, 'unread');
		}
	});

	it('is unknown where a file is missing, empty or may not be read', async () => {
		put(7, '100', { cgroup: group });
		assert.match(JSON.stringify((await read(7, '100', 'A')).environment), /does not show it/);
		put(7, '100', { environ: '' });
		assert.match(JSON.stringify((await read(7, '100', 'A')).environment), /shows no environment/);
		put(8, '100', { environ: 'A=1\0' });
		const reading = await read(8, '100', 'A');
		assert.equal(reading.environment.state, 'read');
		assert.match(reading.unread ?? '', /does not show it/);
	});

	it('tells of the very process that asks', async () => {
		const { processStartTime } = await import('../../runtime/process-start-time.ts');
		const reading = await new ProcReader({ root: '/proc' }).read(
			{ pid: process.pid, startTime: processStartTime('/proc', process.pid) },
			['PATH'],
		);
		assert.ok(reading.environment.state === 'read');
		assert.equal(reading.environment.values.get('PATH'), process.env['PATH']);
	});
});
