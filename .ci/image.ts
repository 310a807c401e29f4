/**
 * Puts together what our one layer of the container image holds: the bundled command and the one native library that it loads.
 * The Dockerfile copies it; a test runs it without a Docker engine.
 *
 *     node .ci/image.ts [FOLDER]     (default: build/image; made anew)
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const target = process.argv[2] ?? join(root, 'build', 'image');
const home = join(target, 'opt', 'gpupolicy');

/** Fails rather than leave something out. */
function take(path: string, filter?: (source: string) => boolean): void {
	const source = join(root, path);
	if (!existsSync(source)) {
		console.error(`${path} is missing: run \`npm ci && npm run build\` first`);
		process.exit(1);
	}
	mkdirSync(dirname(join(home, path)), { recursive: true });
	cpSync(source, join(home, path), { recursive: true, dereference: true, ...(filter ? { filter } : {}) });
}

rmSync(target, { recursive: true, force: true });
take('bin');
take('dist/bundle');
take('dist/quick.cjs');
take('oclif.manifest.json');
take('LICENSE');
// The C++ of koffi and what it is built with: the built library is the package below.
take('node_modules/koffi', (source) => !/[\\/](doc|vendor)$|[\\/]lib[\\/]native$|\.(cc|hh|inc|def|S|asm|txt\.in)$/.test(source));
// npm installed the native part for this platform only: an image for another is built on that.
const natives = readdirSync(join(root, 'node_modules', '@koromix')).filter((name) => name.startsWith('koffi-'));
if (natives.length === 0) {
	console.error('no native part of koffi is installed for this platform: run `npm ci` without --omit=optional');
	process.exit(1);
}
for (const name of natives) take(`node_modules/@koromix/${name}`);

const { name, version, license, type, engines, oclif } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
writeFileSync(
	join(home, 'package.json'),
	`${JSON.stringify({ name, version, license, type, engines, oclif, private: true }, null, '\t')}\n`,
);

let files = 0;
let bytes = 0;
for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
	if (!entry.isFile()) continue;
	files++;
	bytes += readFileSync(join(entry.parentPath, entry.name)).length;
}
console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB in ${target}`);
