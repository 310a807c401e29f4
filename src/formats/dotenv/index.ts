import type { Format } from '../../core/ports/format.ts';
import { mentions } from '../text/mentions.ts';
import { editDotenv } from './edit.ts';
import { scanDotenv } from './scan.ts';

/** Endings behind `.env.` that name another format, or a copy that nothing reads. */
const OTHER = /\.(?:sh|bash|zsh|ksh|fish|csh|ps1|py|ya?ml|json5?|toml|[cm]?[jt]s|md|txt|html|gpg|age|asc|enc|j2|tmpl|tpl)$/i;

/** Environment files of `NAME=value` lines: `.env`, `.env.local`, `prod.env`. */
export const dotenv: Format = {
	id: 'dotenv',
	matches(path) {
		const name = path.slice(path.lastIndexOf('/') + 1);
		return name === '.env' || name.endsWith('.env') || (name.startsWith('.env.') && !OTHER.test(name));
	},
	mayConcern: (bytes, interest, declared) => declared || mentions(bytes, interest),
	scan: scanDotenv,
	edit: editDotenv,
};
