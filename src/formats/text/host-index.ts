import type { SettingValue } from '../../core/ports/format.ts';

/** Why `CUDA_VISIBLE_DEVICES` must not be added to anything that runs in a container. */
export const NEVER_IN_CONTAINER: Readonly<Record<string, string>> = {
	CUDA_VISIBLE_DEVICES: 'an allocated GPU is renumbered from 0 inside the container',
};

/**
 * Why this value of a variable must not stand in a container: a host's device index hides every GPU there.
 * `undefined` where it may: another variable, a UUID, an empty list, a word that is no index.
 */
export function hostIndexProblem(variable: string, value: SettingValue): string | undefined {
	if (variable !== 'CUDA_VISIBLE_DEVICES') return undefined;
	if (value.kind === 'literal' && !/^\s*-?\d+\s*(,|$)/.test(value.text)) return undefined;
	return 'CUDA_VISIBLE_DEVICES names a host index; an allocated GPU is renumbered from 0 inside the container, so this may hide every GPU';
}
