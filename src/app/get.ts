import { statSync } from 'node:fs';
import path from 'node:path';
import type { GpuPolicy } from '../api/v1alpha1.generated.ts';
import { policyColumns } from '../render/get.ts';
import { renderJson } from '../render/json.ts';
import { type Columns, renderTable } from '../render/table.ts';
import { namedReportFile, readNodeReport, withNodeReport } from './node-report-file.ts';
import { readStatus, type StoredStatus } from './status-store.ts';

/** What `get` returns: the policies with the status of the last pass. */
export interface GetResult {
	readonly root: string;
	readonly stored: StoredStatus;
	readonly items: readonly GpuPolicy[];
	/** Manifests that changed or vanished since that pass. */
	readonly stale: readonly string[];
}

/** Policies of the last pass below `root`, by name where names are given; `null` where no pass was made yet. */
export function getLocal(root: string): GetResult | null {
	const stored = readStatus(root);
	if (!stored) return null;
	const stale = stored.manifests
		.filter(({ path: name, size, mtimeMs }) => {
			if (size < 0) return false;
			const stat = statSync(path.resolve(root, name), { throwIfNoEntry: false });
			return stat?.size !== size || stat.mtimeMs !== mtimeMs;
		})
		.map((manifest) => manifest.path);
	// What the agent of this machine saw since counts more than what the pass did.
	return { root, stored, items: withNodeReport(stored.items, readNodeReport(namedReportFile()), Date.now()), stale };
}

/** What `get -o json` prints: a list as kubectl's. */
export interface GpuPolicyList {
	readonly apiVersion: 'v1';
	readonly kind: 'List';
	readonly items: readonly GpuPolicy[];
}

/** The policies as a list, or the one of that name. */
export function listOf({ items }: Pick<GetResult, 'items'>, name: string | undefined): GpuPolicyList {
	return {
		apiVersion: 'v1',
		kind: 'List',
		items: name === undefined ? items : items.filter((object) => object.metadata.name === name),
	};
}

/** The list in the formats that need no library. */
export function renderList(list: GpuPolicyList, output: 'table' | 'wide' | 'json' | 'name'): string {
	switch (output) {
		case 'json':
			return renderJson(list);
		case 'name':
			return list.items.map((object) => `gpupolicy.gpupolicy.dev/${object.metadata.name}\n`).join('');
		default:
			return renderRows(list, policyColumns(output === 'wide'));
	}
}

/** The list as a table. */
export function renderRows({ items }: GpuPolicyList, { header, row }: Columns<GpuPolicy>, headers = true): string {
	const now = Date.now();
	return renderTable(
		headers ? header : null,
		items.map((object) => row(object, now)),
	);
}
