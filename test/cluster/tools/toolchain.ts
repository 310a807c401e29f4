import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { withLock } from './lock.ts';
import { readZip, type ZipEntry } from './zip.ts';

/** The checksums of go.sum, by module and version; they are those of the public checksum database. */
const sums = readFileSync(join(import.meta.dirname, '..', '..', 'tools', 'toolchain.sum'), 'utf8');
const goNames: Readonly<Record<string, string>> = { x64: 'amd64', win32: 'windows' };

/** Version of the Go that is fetched where there is none, `go1.26.8`. */
export const toolchainVersion = /-(go[\d.]+)\.\w+-\w+ /.exec(sums)?.[1] ?? '';

/** The `go` command of a toolchain from the module proxy, checked and kept in the cache: for a machine without Go, or with one before 1.21. */
export async function fetchToolchain(): Promise<string> {
	const name = (node: string): string => goNames[node] ?? node;
	const version = `v0.0.1-${toolchainVersion}.${name(process.platform)}-${name(process.arch)}`;
	const sum = sums
		.split('\n')
		.map((line) => line.split(' '))
		.find(([module, pinned]) => module === 'golang.org/toolchain' && pinned === version)?.[2];
	if (sum === undefined) throw new Error(`test/tools/toolchain.sum has no Go for ${process.platform} on ${process.arch}`);
	const folder = join(cacheFolder(), 'go', version);
	const command = join(folder, 'bin', process.platform === 'win32' ? 'go.exe' : 'go');
	if (existsSync(command)) return command;
	mkdirSync(dirname(folder), { recursive: true });
	const say = (line: string): void => void process.stderr.write(`${line}\n`);
	await withLock(
		`${folder}.lock`,
		(pid) => say(`Go: waiting for process ${pid}, which fetches it`),
		async () => {
			if (existsSync(command)) return;
			say(`fetching ${toolchainVersion} (70 MB, kept in ${folder})`);
			const entries = readZip(await download(`golang.org/toolchain/@v/${version}.zip`));
			const found = hash(entries);
			if (found !== sum) throw new Error(`the toolchain that the module proxy serves has the checksum ${found}, not ${sum}`);
			extract(entries, `golang.org/toolchain@${version}/`, folder);
		},
	);
	return command;
}

async function download(path: string): Promise<Buffer> {
	const proxies = (process.env['GOPROXY'] ?? '').split(/[,|]/).filter((each) => each.startsWith('http'));
	const url = `${(proxies[0] ?? 'https://proxy.golang.org').replace(/\/$/, '')}/${path}`;
	const answer = await fetch(url);
	if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
	return Buffer.from(await answer.arrayBuffer());
}

/** Hash1 of Go's dirhash: over one line for each file, its SHA-256 and its name, in order of name. */
function hash(entries: readonly ZipEntry[]): string {
	const total = createHash('sha256');
	for (const entry of entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))) {
		total.update(`${createHash('sha256').update(entry.content()).digest('hex')}  ${entry.name}\n`);
	}
	return `h1:${total.digest('base64')}`;
}

/** As the go command does: a module's zip holds no modes, and no go.mod below its root, so that they are called `_go.mod`. */
function extract(entries: readonly ZipEntry[], prefix: string, folder: string): void {
	const fresh = `${folder}.${process.pid}`;
	for (const entry of entries) {
		const path = join(fresh, entry.name.slice(prefix.length));
		if (!entry.name.startsWith(prefix) || !path.startsWith(fresh + sep))
			throw new Error(`a file outside the toolchain: ${entry.name}`);
		const target = basename(path) === '_go.mod' ? join(dirname(path), 'go.mod') : path;
		mkdirSync(dirname(target), { recursive: true });
		writeFileSync(target, entry.content());
		if (/^(bin|pkg\/tool)\//.test(entry.name.slice(prefix.length))) chmodSync(target, 0o755);
	}
	rmSync(folder, { recursive: true, force: true });
	renameSync(fresh, folder);
}
