import type { Format } from '../../core/ports/format.ts';
import { mentions } from '../text/mentions.ts';
import { editShell } from './edit.ts';
import { scanShell } from './scan.ts';

/** Start-up files of shells that read POSIX syntax, and direnv's. */
const NAMES = /^(\.envrc|\.profile|\.bashrc|\.bash_profile|\.bash_login|\.bash_aliases|\.kshrc|\.zshrc|\.zshenv|\.zprofile)$/;

/** Shell scripts: `*.sh`, `*.bash`, `*.ksh`, `*.zsh`, job scripts of batch systems, `.envrc`, `.bashrc` and their like. */
export const shell: Format = {
	id: 'shell',
	matches(path) {
		const name = path.slice(path.lastIndexOf('/') + 1);
		return /.\.(sh|bash|ksh|zsh|sbatch|slurm|pbs)$/.test(name) || NAMES.test(name);
	},
	mayConcern: (bytes, interest, declared) => declared || mentions(bytes, interest),
	scan: scanShell,
	edit: editShell,
};
