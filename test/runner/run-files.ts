import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Line } from './reporter.ts';
import type { Suite } from './suites.ts';

export interface Failure {
	readonly name: string;
	readonly detail: string;
}

export interface FileResult {
	/** Relative to the root, with `/`. */
	readonly path: string;
	readonly passed: number;
	/** Failed or skipped tests, and the file itself when it crashed, ended early or held no test. */
	readonly failures: readonly Failure[];
	readonly seconds: number;
}

/** A file ends with the runner, and what it started with it, also where that is killed. */
const endsWithRunner = join(import.meta.dirname, '..', 'integration', 'ends-with-test.cjs');

/** Longest that one file may take, in milliseconds. */
const fileLimit = (process.env['SOAK'] === '1' ? 120 : 10) * 60_000;

/**
 * Runs each file in a process of its own and with a temporary folder of its own, `suite.concurrency` at once, and prints one line for each, with the details of
 * what failed.
 */
export async function runFiles(suite: Suite, root: string): Promise<FileResult[]> {
	console.log(`\n${suite.name}: ${suite.files.length} files, ${suite.concurrency} at once`);
	const unprepared = await prepare(suite);
	if (unprepared !== undefined) return suite.files.map((path) => ({ path, passed: 0, failures: [unprepared], seconds: 0 }));
	const scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-tests-'));
	chmodSync(scratch, 0o755); // Some tests are somebody else for a while.
	const results: FileResult[] = [];
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < suite.files.length) {
			const number = next++;
			const path = suite.files[number] as string;
			const temporary = join(scratch, `${number}`);
			mkdirSync(temporary);
			chmodSync(temporary, 0o1777);
			const { result, stdout } = await runFile(path, root, join(scratch, `${number}.ndjson`), temporary);
			results.push(result);
			print(result, stdout);
			const left = readdirSync(temporary);
			if (left.length > 0) console.log(indent(`left behind, and removed: ${left.join(', ')}`));
			rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
		}
	};
	try {
		await Promise.all(Array.from({ length: Math.max(1, suite.concurrency) }, worker));
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
	return results;
}

/** Why the files of a suite cannot run; undefined where they can. */
async function prepare(suite: Suite): Promise<Failure | undefined> {
	try {
		const why = suite.impossible?.();
		if (why !== undefined) throw new Error(`not possible here: ${why}`);
		await suite.prepare?.();
		return undefined;
	} catch (error) {
		const detail = error instanceof Error ? error.message : String(error);
		console.log(`  FAIL  what ${suite.name} needs\n${indent(detail)}`);
		return { name: 'not run', detail };
	}
}

/**
 * The runner of node:test is not used across processes, because it waits for ever for a file that was killed and counts a file
 * as passed that called process.exit(0) half-way. The verdict here rests on the file's own report, its end line and its exit status.
 */
function runFile(path: string, root: string, report: string, temporary: string): Promise<{ result: FileResult; stdout: string }> {
	const started = performance.now();
	const reporter = join(import.meta.dirname, 'reporter.ts');
	const own = ['--require', endsWithRunner, '--test-reporter', reporter, '--test-reporter-destination', report];
	const child = spawn(process.execPath, [...own, path], {
		cwd: root,
		env: { ...process.env, TMPDIR: temporary },
		stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
	});
	let stdout = '';
	child.stdout?.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	let late = false;
	const timer = setTimeout(() => {
		late = true;
		child.kill('SIGKILL');
	}, fileLimit);
	return new Promise((resolve) => {
		const finish = (status: string): void => {
			clearTimeout(timer);
			const lines = readReport(report);
			const passed = lines.filter((line) => line.kind === 'pass').length;
			const failures: Failure[] = lines.filter((line) => line.kind === 'fail');
			const ended = lines.some((line) => line.kind === 'end');
			const crash = (detail: string): void => {
				failures.push({ name: 'the file itself', detail });
			};
			if (late) crash(`took longer than ${fileLimit / 60_000} minutes`);
			else if (!ended) crash(`did not run to its end (${status})`);
			else if (status !== 'exit 0' && failures.length === 0) crash(`failed outside a test (${status})`);
			else if (passed === 0 && failures.length === 0) crash('holds no test');
			resolve({ result: { path, passed, failures, seconds: (performance.now() - started) / 1000 }, stdout });
		};
		child.once('error', (error) => finish(error.message));
		child.once('close', (code, signal) => finish(signal ?? `exit ${code}`));
	});
}

function readReport(path: string): Line[] {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch {
		return []; // A file that died at once has written none.
	}
	const complete = text.slice(0, text.lastIndexOf('\n') + 1);
	return complete.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

function print({ path, passed, failures, seconds }: FileResult, stdout: string): void {
	const failed = failures.length > 0 ? `, ${failures.length} FAILED` : '';
	console.log(`  ${failures.length > 0 ? 'FAIL' : 'ok  '}  ${path}  ${passed} passed${failed}  ${seconds.toFixed(2)} s`);
	for (const failure of failures) console.log(indent(`${failure.name}\n${failure.detail}`));
	if (failures.length > 0 && stdout !== '') console.log(indent(`stdout of the file:\n${stdout}`));
}

function indent(text: string): string {
	return text.trimEnd().replaceAll(/^/gm, '          ');
}
