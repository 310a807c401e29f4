/** `npm run check`: what CI holds besides the tests, in well under a minute. */
import { checks, perform } from './checks.ts';

let failed = 0;
const results = checks.map((check) => ({ check, result: undefined as Awaited<ReturnType<typeof perform>> | undefined }));
const queue = [...results];
const worker = async (): Promise<void> => {
	for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
		const result = await perform(entry.check);
		entry.result = result;
		console.log(`${result.ok ? 'ok  ' : 'FAIL'}  ${entry.check.name}  ${result.seconds.toFixed(1)} s`);
	}
};
await Promise.all([worker(), worker()]);
for (const { check, result } of results) {
	if (result?.ok === true) continue;
	failed++;
	console.log(`\n${check.name} fails (${check.remedy}):\n${result?.output.trimEnd()}`);
}
console.log(failed === 0 ? `\nall ${checks.length} checks hold` : `\n${failed} of ${checks.length} checks fail`);
process.exitCode = failed === 0 ? 0 : 1;
