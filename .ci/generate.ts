/** `npm run generate`: writes every generated file anew. */
import { generators, perform } from './checks.ts';

for (const { name, script } of generators()) {
	const { ok, output, seconds } = await perform({ script, args: [] });
	console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name}  ${seconds.toFixed(1)} s\n${output.trimEnd()}`);
	if (!ok) process.exitCode = 1;
}
