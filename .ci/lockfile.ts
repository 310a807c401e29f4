/**
 * Holds the lock file to what `npm ci` accepts, on every platform.
 *
 *     node .ci/lockfile.ts            fails where `npm ci` would
 *     node .ci/lockfile.ts --write    brings it up to package.json and completes it
 *
 * npm leaves the packages of other platforms out where it cannot have them (a partial mirror, or a change with node_modules in place). It goes on
 * working in that checkout, and `npm ci` then refuses the lock file everywhere. So what optionalDependencies name and the lock file lacks is added
 * here, with its platform; without a checksum, which only the platform concerned could have told.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'gpupolicy-lockfile-'));

function npm(...args: string[]): number {
	const result = spawnSync('npm', [...args, '--ignore-scripts', '--loglevel=error'], {
		cwd: scratch,
		stdio: ['ignore', 'inherit', 'inherit'],
		shell: process.platform === 'win32',
	});
	return result.status ?? 1;
}

interface LockedPackage {
	readonly version?: string;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The platform that such a package says in its name: `@scope/core-linux-arm-gnueabihf`. */
function platformOf(name: string): object | null {
	const words = name.split(/[-/]/);
	const os = systems.find((system) => words.includes(system));
	const cpu = processors.find((processor) => words.includes(processor));
	if (os === undefined || cpu === undefined) return null;
	const libc = words.some((word) => word.startsWith('musl'))
		? { libc: ['musl'] }
		: words.some((word) => word.startsWith('gnu'))
			? { libc: ['glibc'] }
			: {};
	return { cpu: [cpu], ...(os === 'linux' ? libc : {}), optional: true, os: [os] };
}

/** Adds the platform packages that are missing; an exact version is needed, which is what such packages have. */
function complete(file: string): void {
	const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };
	const found = Object.values(lock.packages).flatMap((locked) => Object.entries(locked.optionalDependencies ?? {}));
	for (const [name, version] of found) {
		const path = `node_modules/${name}`;
		const platform = platformOf(name);
		if (Object.keys(lock.packages).some((other) => other.endsWith(path)) || platform === null || !/^\d/.test(version)) continue;
		lock.packages[path] = { version, ...platform };
		console.log(`added ${name}@${version}`);
	}
	lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
	writeFileSync(file, `${JSON.stringify(lock, null, '\t')}\n`);
}

try {
	for (const file of ['package.json', 'package-lock.json', '.npmrc'])
		if (existsSync(join(root, file))) copyFileSync(join(root, file), join(scratch, file));
	if (process.argv.includes('--write')) {
		process.exitCode = npm('install', '--package-lock-only');
		if (process.exitCode === 0) complete(join(scratch, 'package-lock.json'));
		if (process.exitCode === 0) copyFileSync(join(scratch, 'package-lock.json'), join(root, 'package-lock.json'));
	} else {
		process.exitCode = npm('ci', '--dry-run');
	}
} finally {
	rmSync(scratch, { recursive: true, force: true });
}
