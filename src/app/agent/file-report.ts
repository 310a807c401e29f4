import { hostname } from 'node:os';
import type { ReportSink } from '../../agent/ports.ts';
import { apiVersion } from '../../api/group.ts';
import type { GpuNodeReport, GpuNodeReportStatus } from '../../api/v1alpha1.generated.ts';
import { writeStateFile } from '../../host/state-file.ts';
import { readNodeReport } from '../node-report-file.ts';

/** The report of a machine without a cluster: the same object, in a file that every user may read. */
export class FileReport implements ReportSink {
	readonly incarnation = 'file';
	readonly #file: string;
	#status: GpuNodeReportStatus | null | undefined;

	constructor(file: string) {
		this.#file = file;
	}

	/** Read when it is first asked for: until then another agent may keep it, while this one stands by. */
	current(): GpuNodeReportStatus | null {
		if (this.#status === undefined) this.#status = readNodeReport(this.#file)?.status ?? null;
		return this.#status;
	}

	async write(status: GpuNodeReportStatus): Promise<boolean> {
		const report: GpuNodeReport = { apiVersion, kind: 'GpuNodeReport', metadata: { name: hostname() }, status };
		writeStateFile(this.#file, `${JSON.stringify(report)}\n`, { durable: false, mode: 0o644 });
		this.#status = status;
		return true;
	}
}
