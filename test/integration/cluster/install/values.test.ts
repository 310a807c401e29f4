import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { chartValueRows } from '../../../../docs/generate/values.ts';
import { chart, configurations, helm } from './chart.ts';

const declared = new Map(chartValueRows(chart).map(({ path, value }) => [path, value]));

/** What templates read of the values, `controller.port`, also through a name that one was given (`$x := .Values.controller`, then `$x.port`). */
function readIn(template: string): string[] {
	const names = new Map(
		[...template.matchAll(/(\$\w+)\s*:=\s*[$.\w]*\.Values\.([\w.]+)/g)].map(([, name = '', path = '']) => [name, path]),
	);
	const direct = [...template.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path);
	const named = [...names].flatMap(([name, path]) =>
		[...template.matchAll(new RegExp(`\\${name}\\.([\\w.]+)`, 'g'))].map(([, rest = '']) => `${path}.${rest}`),
	);
	return [...direct, ...named];
}

async function rendered(...args: readonly string[]): Promise<string> {
	const { code, stdout, stderr } = await helm(['template', 'gpupolicy', chart, '--namespace=gpupolicy-system', ...args]);
	assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
	return stdout;
}

/** The value at a path, or undefined. */
function at(values: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined | null)?.[key], values);
}

describe('the values of the chart', () => {
	it('are declared wherever a template reads one', () => {
		const files = globSync('templates/**/*', { cwd: chart, withFileTypes: true }).filter((entry) => entry.isFile());
		const read = new Set(files.flatMap(({ parentPath, name }) => readIn(readFileSync(join(parentPath, name), 'utf8'))));
		assert.ok(read.size > 60, `${read.size} values are read`);
		// A mapping may be read whole, and what a leaf such as a security context holds by its name.
		const known = (path: string): boolean =>
			[...declared.keys()].some((one) => one === path || one.startsWith(`${path}.`) || path.startsWith(`${one}.`));
		assert.deepEqual(
			[...read].filter((path) => !known(path)),
			[],
		);
	});

	// So that none is without effect, and none without an installation that shows its effect in the golden renders.
	it('each change something in one of the installations of ci/, and so stand in its golden render', async () => {
		const idle = new Set(declared.keys());
		for (const [, file] of configurations) {
			if (file === undefined) continue;
			const values: unknown = parse(readFileSync(file, 'utf8'));
			const whole = await rendered('--values', file);
			const set = [...declared].filter(([path]) => idle.has(path) && at(values, path) !== undefined);
			await Promise.all(
				set.map(async ([path, value]) => {
					const without = await rendered('--values', file, '--set-json', `${path}=${JSON.stringify(value)}`);
					if (without !== whole) idle.delete(path);
				}),
			);
		}
		assert.deepEqual([...idle], []);
	});
});
