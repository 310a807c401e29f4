import { CodedError, errorCode } from '../../runtime/errors.ts';
import { type Endpoints, type ServedEndpoints, serveEndpoints } from '../../runtime/http-endpoints.ts';
import type { Log } from '../../runtime/log.ts';

export interface ListenAddress {
	readonly host: string;
	readonly port: number;
}

/** Serves probes and metrics of this process and says where. Rejects with a CodedError where the address cannot be listened on. */
export async function serveProbes(endpoints: Endpoints, at: ListenAddress, log: Log): Promise<ServedEndpoints> {
	try {
		const served = await serveEndpoints(endpoints, at);
		log('info', 'serving probes and metrics', { host: at.host, port: served.port });
		return served;
	} catch (cause) {
		const code = errorCode(cause);
		if (code === undefined) throw cause;
		throw new CodedError('GP4202', `cannot listen on ${at.host}:${at.port}: ${code}`, {
			hint: 'name another address with --bind-address HOST:PORT, or 0 to serve none',
			cause,
		});
	}
}
