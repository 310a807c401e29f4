/** Runs CPython 3.14 (pyodide) on a thread of its own, because the parser needs a deeper stack than the main thread has. */
import { readdirSync, readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { loadPyodide } from 'pyodide';

/** One call of a function in oracle.py. `args` may hold bytes at any depth. */
export interface Question {
	readonly id: number;
	readonly name: string;
	readonly args: readonly unknown[];
}

export type Answer = { readonly id: number; readonly json: string } | { readonly id: number; readonly error: string };

if (parentPort === null) throw new Error('cpython-worker runs as a worker thread');
const port = parentPort;
const ignore = (): void => {};
const pyodide = await loadPyodide({ stdout: ignore, stderr: ignore });
pyodide.FS.mkdir('/oracle');
for (const name of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.py'))) {
	pyodide.FS.writeFile(`/oracle/${name}`, readFileSync(`${import.meta.dirname}/${name}`));
}
const call = pyodide.runPython(`
import json, sys
sys.path.insert(0, '/oracle')
import oracle

def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return bytes(value) if isinstance(value, memoryview) else value

def call(name, args):
    return getattr(oracle, name)(*plain(args.to_py()))
call
`);

port.on('message', (question: Question) => {
	try {
		port.postMessage({ id: question.id, json: call(question.name, question.args) } satisfies Answer);
	} catch (error) {
		port.postMessage({ id: question.id, error: String(error) } satisfies Answer);
	}
});
port.postMessage({ id: 0, json: JSON.stringify(pyodide.runPython('sys.version')) } satisfies Answer);
