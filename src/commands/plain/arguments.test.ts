import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { it } from 'node:test';
import { Parser } from '@oclif/core';
import fc from 'fast-check';
import { plainArguments } from './arguments.ts';
import type { Definition } from './oclif.ts';

// The commands a second time, on the stand-in for oclif, as the build bundles them.
const standIn = new URL('./oclif.ts', import.meta.url).href;
registerHooks({
	resolve(specifier, context, next) {
		if (!context.parentURL?.endsWith('?plain')) return next(specifier, context);
		if (specifier === '@oclif/core') return { url: standIn, shortCircuit: true };
		const found = next(specifier, context);
		return found.url.includes('/src/commands/') ? { ...found, url: `${found.url}?plain` } : found;
	},
});

// biome-ignore lint/suspicious/noExplicitAny: oclif's own bound of flags
type Flags = Record<string, any>;

const names = ['check', 'plan', 'reconcile', 'validate'];
const commands = await Promise.all(
	names.map(async (name) => {
		const { default: real } = (await import(`../${name}.ts`)) as { default: { baseFlags: Flags; flags: Flags } };
		const { default: plain } = (await import(`../${name}.ts?plain`)) as { default: { baseFlags: Flags; flags: Flags } };
		return {
			name,
			real: { ...real.baseFlags, ...real.flags },
			plain: { ...plain.baseFlags, ...plain.flags } as Record<string, Definition>,
		};
	}),
);

async function byOclif(argv: readonly string[], flags: Flags): Promise<unknown> {
	const { flags: read, argv: rest } = await Parser.parse([...argv], { flags, args: {}, strict: true });
	assert.deepEqual(rest, []);
	return read;
}

it('reads what is typed every day', async () => {
	const lines = [
		'',
		'-C some/root',
		'--directory=some/root --json',
		'-f a.yaml -f policies --filename=b.yaml',
		'-o json',
		'--output text',
	];
	for (const { name, real, plain } of commands) {
		for (const line of lines) {
			const argv = line.split(' ').filter((word) => word !== '');
			const read = plainArguments(argv, plain);
			assert.ok(read, `${name} ${line}`);
			assert.deepEqual({ ...read.flags }, { ...(((await byOclif(argv, real)) as object) ?? {}) }, `${name} ${line}`);
		}
	}
});

it('leaves help, mistakes and rarer spellings to oclif', () => {
	const lines = [
		'--help',
		'-h',
		'word',
		'--',
		'-ojson',
		'-o',
		'-o nonsense',
		'--nonsense',
		'--json --json',
		'-C a -C b',
		'-f -',
		'-C=',
	];
	for (const { name, plain } of commands) {
		for (const line of lines) assert.equal(plainArguments(line.split(' '), plain), null, `${name} ${line}`);
	}
	const reconcile = commands.find(({ name }) => name === 'reconcile');
	assert.equal(plainArguments(['--git-tag', 'before'], reconcile?.plain ?? {}), null);
});

it('reads no command line in another way than oclif does', async () => {
	for (const { name, real, plain } of commands) {
		const words = Object.entries(plain).flatMap(([flag, { char, options }]) => [
			`--${flag}`,
			`--${flag}=a`,
			`--no-${flag}`,
			...(typeof char === 'string' ? [`-${char}`, `-${char}a`, `-${char}=a`] : []),
			...((options as string[] | undefined) ?? []).flatMap((option) => [option, `--${flag}=${option}`]),
		]);
		const word = fc.constantFrom(...words, 'a', 'b=c', '', '-', '--', '-1', '=');
		let read = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
				const ours = plainArguments(argv, plain);
				if (ours === null) return;
				read++;
				assert.deepEqual({ ...ours.flags }, { ...((await byOclif(argv, real)) as object) }, name);
			}),
			{ numRuns: 2000 },
		);
		assert.ok(read > 50, `${name}: only ${read} of the command lines were plain`);
	}
});
