import type { Format } from '../../core/ports/format.ts';
import { mentions } from '../text/mentions.ts';
import { editDockerfile } from './edit.ts';
import { scanDockerfile } from './scan.ts';
import { GPU_IMAGE_MARKS } from './stages.ts';

/** Endings behind `Dockerfile.` that name another kind of file: ignore lists, templates, copies, scripts. */
const OTHER = /\.(?:dockerignore|j2|jinja2?|tmpl|tpl|template|in|erb|mustache|md|txt|sh|py|ya?ml|json|bak|orig|rej|patch)$/i;

/** `Dockerfile`, `Dockerfile.*`, `*.Dockerfile`, `*.dockerfile`, `Containerfile*`. */
export const dockerfile: Format = {
	id: 'dockerfile',
	matches(path) {
		const name = path.slice(path.lastIndexOf('/') + 1);
		return /^(Dockerfile|Containerfile)([.-].+)?$|.\.(Dockerfile|dockerfile|containerfile)$/.test(name) && !OTHER.test(name);
	},
	mayConcern: (bytes, interest, declared) => declared || mentions(bytes, interest, GPU_IMAGE_MARKS),
	scan: scanDockerfile,
	edit: editDockerfile,
};
