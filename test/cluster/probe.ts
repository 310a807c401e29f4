import { request } from 'node:http';
import { request as secureRequest } from 'node:https';

/** Whether a health endpoint answers 200 now. The certificate is not looked at: what answers was started here. */
export function answers(url: string): Promise<boolean> {
	return new Promise((resolve) => {
		const sent = url.startsWith('https:')
			? secureRequest(url, { rejectUnauthorized: false, agent: false, timeout: 2_000 })
			: request(url, { agent: false, timeout: 2_000 });
		sent.once('response', (response) => {
			response.resume();
			resolve(response.statusCode === 200);
		});
		sent.once('timeout', () => sent.destroy());
		sent.once('error', () => resolve(false));
		sent.once('close', () => resolve(false));
		sent.end();
	});
}
