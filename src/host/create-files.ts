import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { CodedError } from '../runtime/errors.ts';
import { errorCode } from '../runtime/errors.ts';
import { hostError, hostErrors, reasonOf } from './errors.ts';

/** A file to make at the root. */
export interface NewFile {
	/** A name, without folders. */
	readonly name: string;
	readonly text: string;
}

/**
 * Makes files at the root: all or none, and each at once by a temporary file. Without `replace` nothing that is there is
 * touched, also not what appears at this moment. With it a regular file is replaced, and put back where a later one fails.
 * A process that is killed between two of them leaves the first ones only: name first what does no harm alone.
 */
export function createFiles(root: string, files: readonly NewFile[], options: { readonly replace: boolean }): void {
	for (const { name } of files) refuseStanding(path.join(root, name), options.replace);
	const written: string[] = [];
	const undo: (() => void)[] = [];
	try {
		for (const { name, text } of files) {
			const temporary = path.join(root, `.${name}.${process.pid}.tmp`);
			fs.rmSync(temporary, { force: true });
			written.push(temporary);
			fs.writeFileSync(temporary, text, { flag: 'wx', flush: true });
		}
		for (const [index, { name }] of files.entries())
			undo.push(place(written[index] as string, path.join(root, name), options.replace));
	} catch (error) {
		for (const step of undo.reverse()) step();
		const code = errorCode(error);
		if (code === hostErrors.fileExists) throw error;
		if (code === 'EEXIST') throw exists(files[undo.length]?.name ?? '', 'it appeared at this moment');
		throw hostError(
			hostErrors.fileNotCreated,
			`${files.map(({ name }) => name).join(' and ')} cannot be written in ${root}: ${reasonOf(error)}`,
			'Make the directory writable, or name another with -C DIR. Nothing was written.',
			error,
		);
	} finally {
		for (const temporary of written) fs.rmSync(temporary, { force: true });
	}
}

function exists(name: string, what: string): CodedError {
	return hostError(hostErrors.fileExists, `${name} is there already: ${what}`, 'Move it away, or overwrite it with --force.');
}

function refuseStanding(target: string, replace: boolean): void {
	const standing = fs.lstatSync(target, { throwIfNoEntry: false });
	if (standing === undefined) return;
	const name = path.basename(target);
	if (!standing.isFile()) {
		throw hostError(hostErrors.fileExists, `${name} is there already and is no regular file`, 'Move it away.');
	}
	if (!replace) throw exists(name, 'nothing is overwritten');
}

/** Puts the temporary file in its place; gives what takes it back. */
function place(temporary: string, target: string, replace: boolean): () => void {
	const standing = fs.lstatSync(target, { throwIfNoEntry: false });
	if (replace && standing?.isFile()) {
		const before = fs.readFileSync(target);
		fs.chmodSync(temporary, standing.mode & 0o777);
		fs.renameSync(temporary, target);
		return () => fs.writeFileSync(target, before);
	}
	try {
		fs.linkSync(temporary, target); // unlike a rename it never replaces
	} catch (error) {
		if (errorCode(error) === 'EEXIST') throw error;
		fs.copyFileSync(temporary, target, fs.constants.COPYFILE_EXCL); // a file system without hard links
	}
	return () => fs.rmSync(target, { force: true });
}
