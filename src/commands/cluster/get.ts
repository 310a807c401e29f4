import process from 'node:process';
import type { GpuPolicy } from '../../api/v1alpha1.generated.ts';
import { watchPolicies } from '../../app/cluster/watch-policies.ts';
import { GrowingTable } from '../../render/growing-table.ts';
import type { ClusterChoice } from '../cluster-flags.ts';
import { type GetFormat, renderEach } from '../get-output.ts';

interface Asked {
	readonly name: string | undefined;
	readonly selector: string | undefined;
}

/** `get --context X -w`: prints until it is stopped. */
export async function clusterGetWatch(cluster: ClusterChoice, asked: Asked, format: GetFormat): Promise<void> {
	const print = printerOf(format);
	process.exitCode = await watchPolicies(cluster, asked, {
		show: (objects) => {
			// As kubectl: no header before there is a row under it.
			if (objects.length > 0) process.stdout.write(print(objects));
		},
		note: (line) => void process.stderr.write(`note: ${line}\n`),
	});
}

function printerOf({ format, columns, headers }: GetFormat): (objects: readonly GpuPolicy[]) => string {
	if (columns === null) {
		const each = renderEach(format);
		return (objects) => objects.map(each).join('');
	}
	const table = new GrowingTable(headers ? columns.header : null);
	return (objects) => table.print(objects.map((object) => columns.row(object, Date.now())));
}
