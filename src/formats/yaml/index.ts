import type { Format } from '../../core/ports/format.ts';
import { analyse } from './analyse.ts';
import { mayConcern } from './concern.ts';
import { editYaml } from './edit.ts';

/** Compose files, Kubernetes manifests and plain configuration in YAML; told apart by content. */
export const yaml: Format = {
	id: 'yaml',
	matches: (path) => /\.ya?ml$/i.test(path),
	mayConcern,
	scan: (source, interest) => analyse(source, interest).scan,
	edit: editYaml,
};
