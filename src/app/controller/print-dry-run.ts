import process from 'node:process';
import { dryRun } from '../../controller/gpupolicy/dry-run.ts';
import { PrintingCluster, type UnsentWrite } from '../../controller/gpupolicy/printing-cluster.ts';
import type { Connection } from '../../kube/index.ts';
import { examinePolicy } from '../../manifest/index.ts';
import { renderYaml } from '../../render/yaml.ts';
import { type ExitCode, exitCodes } from '../../runtime/errors.ts';
import { DryRunAdmission } from './dry-run-admission.ts';
import { type DutyChoice, dutiesFor, webhookChoice } from './duties.ts';

/** Prints what one pass of the controller would send, as a stream of YAML documents. Exit code 1 where a part could not be worked out. */
export async function printDryRun({ cluster, watcher }: Connection, choice: DutyChoice): Promise<ExitCode> {
	let writes = 0;
	const printing = new PrintingCluster(cluster, (write) => {
		writes++;
		process.stdout.write(document(write));
	});
	const failures = await dryRun({
		cluster: printing,
		watcher,
		examine: examinePolicy,
		makeDuties: dutiesFor(choice, ({ policies }) => new DryRunAdmission(printing, policies, webhookChoice(choice))),
		log: () => undefined,
		signal: new AbortController().signal,
		at: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
	});
	for (const failure of failures) process.stderr.write(`not worked out: ${failure}\n`);
	process.stderr.write(`${writes === 1 ? '1 request' : `${writes} requests`} would be sent; nothing was\n`);
	return failures.length > 0 ? exitCodes.failed : exitCodes.ok;
}

/** `# apply gpupolicies.gpupolicy.dev/status rtx3090-only`, then what would be sent. */
function document({ verb, resource, subresource, object, body }: UnsentWrite): string {
	const kind = [resource.resource, resource.group].filter((part) => part !== '').join('.');
	const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
	const head = `---\n# ${verb} ${kind}${subresource === undefined ? '' : `/${subresource}`} ${name}\n`;
	return body === null ? head : head + renderYaml(body);
}
