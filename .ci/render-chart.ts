import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { toolPath } from '../test/cluster/tools/build.ts';

export const chart = join(import.meta.dirname, '..', 'charts', 'gpupolicy');

/** Values that stand for a kind of installation each, as chart tools look for them: `ci/NAME-values.yaml`. By name. */
export function chartValues(): Map<string, string> {
	const folder = join(chart, 'ci');
	const files = readdirSync(folder).filter((file) => file.endsWith('-values.yaml'));
	return new Map(files.sort().map((file) => [file.slice(0, -'-values.yaml'.length), join(folder, file)]));
}

/** What each template makes, without the CRDs, by its path below `templates/`; needs helm, which is built where it is missing. */
export async function renderChart(args: readonly string[]): Promise<Map<string, string>> {
	const fixed = ['template', 'gpupolicy', chart, '--namespace=gpupolicy-system', '--set=crds.install=false'];
	const { stdout } = await execa(await toolPath('helm'), [...fixed, ...args]);
	const files = new Map<string, string>();
	for (const document of stdout.split(/^---\n/m)) {
		const source = /^# Source: gpupolicy\/templates\/(.+)$/m.exec(document)?.[1];
		if (source === undefined || !/^kind: /m.test(document)) continue;
		const text = document.replace(/^# Source: .+\n/, '').trim();
		const standing = files.get(source);
		files.set(source, standing === undefined ? `${text}\n` : `${standing}---\n${text}\n`);
	}
	return files;
}
