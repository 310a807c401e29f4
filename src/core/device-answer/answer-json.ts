import type { AnsweredDevice, AnsweredPolicy, AnsweredVariable, DeviceAnswer } from './device-answer.ts';
import { JsonPlace } from './read-json.ts';

/** A shell's and POSIX's idea of a name, and no more: nothing else comes out of a policy. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Which devices a container sees is decided by what it was allocated, and never by a policy. */
const neverAdded = ['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES'];

/** Throws what is wrong with it, and where. Fields that are not known are passed over: `version` tells of changes that matter. */
export function parseDeviceAnswer(text: string): DeviceAnswer {
	const root = JsonPlace.parse(text);
	const version = root.get('version').oneOf(1);
	const env = root.get('env').list(variable);
	const twice = env.find(({ name }, index) => env.findIndex((other) => other.name === name) !== index);
	if (twice) throw new Error(`env names ${twice.name} twice`);
	const devices = root.get('devices').list(device);
	const uuids = new Set(devices.map(({ uuid }) => uuid));
	if (uuids.size < devices.length) throw new Error('devices names a uuid twice');
	return {
		version,
		node: root.get('node').name(),
		at: root.get('at').string(),
		policies: root.get('policies').list(policy),
		devices,
		env,
	};
}

export function formatDeviceAnswer(answer: DeviceAnswer): string {
	return `${JSON.stringify(answer, null, '\t')}\n`;
}

function policy(item: JsonPlace): AnsweredPolicy {
	return { name: item.get('name').name(), digest: item.get('digest').string(), mode: item.get('mode').oneOf('Enforce', 'Audit') };
}

function device(item: JsonPlace): AnsweredDevice {
	return {
		uuid: item.get('uuid').name(),
		index: item.get('index').count(),
		pciBusId: item.get('pciBusId').string(),
		parent: item.get('parent').stringOrNull(),
		verdict: item.get('verdict').oneOf('Allowed', 'Forbidden', 'Unknown'),
		policy: item.get('policy').stringOrNull(),
		reason: item.get('reason').string(),
	};
}

function variable(item: JsonPlace): AnsweredVariable {
	const name = item.get('name').name();
	if (!variableName.test(name)) throw new Error(`env names ${JSON.stringify(name)}, which is no name of a variable`);
	if (neverAdded.includes(name)) throw new Error(`env names ${name}, which an allocation alone decides`);
	return { name, value: item.get('value').string(), policy: item.get('policy').name() };
}
