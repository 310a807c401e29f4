import { join } from 'node:path';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { chart, chartValues } from '../../../../.ci/render-chart.ts';
import type { ApiObject } from '../../../../src/core/ports/cluster.ts';
import { toolPath } from '../../../cluster/tools/build.ts';

export { chart };
export const root = join(import.meta.dirname, '..', '..', '..', '..');

/** Installations of every kind: name and, but for the defaults, the file of values. */
export const configurations: readonly (readonly [name: string, file?: string])[] = [['default'], ...chartValues()];

/** Runs helm; a test judges the exit status itself. */
export async function helm(args: readonly string[], kubeconfig?: string) {
	const env = { HELM_NO_PLUGINS: '1', ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }) };
	const { exitCode, stdout, stderr } = await execa(await toolPath('helm'), args, { env, reject: false });
	return { code: exitCode, stdout, stderr };
}

interface RenderOptions {
	/** Whether hooks are there too. */
	readonly hooks?: boolean;
	/** Path of a file of values, under those that are given one by one. */
	readonly file?: string;
}

/** What the chart makes of values, `a.b=c` each. */
export async function render(values: readonly string[] = [], { hooks = false, file }: RenderOptions = {}): Promise<ApiObject[]> {
	const set = [...(file === undefined ? [] : ['--values', file]), ...values.flatMap((value) => ['--set', value])];
	const args = ['template', 'gpupolicy', chart, '--namespace=gpupolicy-system', ...(hooks ? [] : ['--no-hooks']), ...set];
	const { code, stdout, stderr } = await helm(args);
	if (code !== 0) throw new Error(`helm template ${values.join(' ')}: ${stderr}`);
	return parseAllDocuments(stdout).flatMap((document) => (document as { toJS(): ApiObject | null }).toJS() ?? []);
}

/** The arguments of the first container of a Deployment or a Job. */
export function argumentsOf(objects: readonly ApiObject[], kind: 'Deployment' | 'Job'): readonly string[] {
	const found = objects.find((object) => object.kind === kind) as
		| { spec: { template: { spec: { containers: { args: string[] }[] } } } }
		| undefined;
	const args = found?.spec.template.spec.containers[0]?.args;
	if (!args) throw new Error(`the chart makes no ${kind}`);
	// Tests listen where they may, and put the command first by themselves.
	return args.filter((arg) => arg !== 'controller' && !arg.startsWith('--bind-address'));
}
