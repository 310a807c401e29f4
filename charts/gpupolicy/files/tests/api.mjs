/** The API server as a pod sees it, for the scripts of `helm test`. They run on nothing but Node, in the image of the release. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

const { ACCOUNT_DIR: account = '/var/run/secrets/kubernetes.io/serviceaccount', LIMIT_SECONDS: limit = '90' } = process.env;

/** The object at a path of the API, or null where there is none. Rejects on every other answer. */
export function get(path) {
	const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
	const headers = { authorization: `Bearer ${readFileSync(`${account}/token`, 'utf8')}`, accept: 'application/json' };
	return new Promise((resolve, reject) => {
		const sending = request({ host, port, path, headers, ca: readFileSync(`${account}/ca.crt`), timeout: 10_000 }, (answer) => {
			let text = '';
			answer.setEncoding('utf8').on('data', (chunk) => {
				text += chunk;
			});
			answer.on('end', () => {
				if (answer.statusCode === 404) resolve(null);
				else if (answer.statusCode === 200) resolve(JSON.parse(text));
				else reject(new Error(`GET ${path}: ${answer.statusCode} ${text}`));
			});
		});
		sending.on('timeout', () => sending.destroy(new Error(`GET ${path}: no answer within 10 s`)));
		sending.on('error', reject);
		sending.end();
	});
}

/** Asks until the answer is no longer a string, which says what is lacking; after the limit says that and ends the process with 1. */
export async function waitFor(ask) {
	for (const end = Date.now() + Number(limit) * 1_000; ; await pause(1_000)) {
		const answer = await ask().catch((error) => error.message);
		if (typeof answer !== 'string') return answer;
		if (Date.now() < end) continue;
		console.error(`not within ${limit} s: ${answer}`);
		process.exit(1);
	}
}
