import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name of the one image of the tests, which is also that of the pods' sandboxes. */
export const image = 'gpupolicy.dev/program:test';

/** Writes an image that holds a static program and nothing else, as `docker save` does, and gives the path of the archive. */
export function writeImage(folder: string, program: string): string {
	const files = join(folder, 'files');
	mkdirSync(files, { recursive: true });
	copyFileSync(program, join(files, 'program'));
	execFileSync('tar', ['-cf', join(folder, 'layer.tar'), '-C', files, 'program']);
	const layer = createHash('sha256')
		.update(readFileSync(join(folder, 'layer.tar')))
		.digest('hex');
	const architecture = { x64: 'amd64' }[process.arch as string] ?? process.arch;
	const config = {
		architecture,
		os: 'linux',
		config: { Entrypoint: ['/program'] },
		rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
	};
	writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
	const manifest = [{ Config: 'config.json', RepoTags: [image], Layers: ['layer.tar'] }];
	writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
	const archive = join(folder, 'image.tar');
	execFileSync('tar', ['-cf', archive, '-C', folder, 'manifest.json', 'config.json', 'layer.tar']);
	return archive;
}
