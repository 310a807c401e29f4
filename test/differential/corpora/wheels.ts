import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { type Corpus, folderCorpus } from './corpus.ts';
import { python } from './native-python.ts';

/** GPU code as people write it. pip refuses a wheel with another hash. */
const WHEELS = [
	{ name: 'transformers', version: '5.23.0', sha256: '018e82fd07490ad5bb58414f65e31576033dc7f36bed10c574843f69b90991bf' },
	{ name: 'diffusers', version: '0.42.1', sha256: '9154faa704ce00e0b77f568e0d64786064368528aab5fc14eeea92f87d788014' },
	{ name: 'accelerate', version: '1.15.0', sha256: '97eacca0b73e45cb867dbf8c5d5d4dc32219544300e0c8992c7334dc2ef33cec' },
] as const;

/** The Python files of pinned wheels from PyPI, downloaded once. */
export async function wheels(): Promise<Corpus[]> {
	return Promise.all(WHEELS.map(async (wheel) => folderCorpus(`${wheel.name} ${wheel.version}`, await fetchWheel(wheel))));
}

async function fetchWheel({ name, version, sha256 }: (typeof WHEELS)[number]): Promise<string> {
	const folder = await cached(`wheel-${name}-${version}`, async (folder) => {
		const requirements = join(folder, 'requirements.txt');
		const download = join(folder, 'download');
		mkdirSync(download);
		writeFileSync(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
		const hint = `The tests read ${name} ${version} as real code; they need the package index once. Check that \`python3 -m pip download ${name}\` works.`;
		const only = ['--only-binary', ':all:', '--no-deps', '--python-version', '3.14'];
		await python(
			['-m', 'pip', 'download', '--quiet', '--require-hashes', ...only, '--dest', download, '--requirement', requirements],
			{ hint },
		);
		const [file = ''] = readdirSync(download);
		await python(['-m', 'zipfile', '--extract', join(download, file), join(folder, 'files')]);
	});
	return join(folder, 'files');
}
