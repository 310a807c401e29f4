import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseControlGroup } from './control-group.ts';

const id = 'a1b2c3d4'.repeat(8);
const inner = 'f0e1d2c3'.repeat(8);
const uid = '0f6b1c2d-3e4f-5a6b-7c8d-9e0f1a2b3c4d';
const under = uid.replaceAll('-', '_');
const inPod = { containerId: id, podUid: uid };

const cases: Readonly<Record<string, readonly [string, ReturnType<typeof parseControlGroup>]>> = {
	'containerd, systemd, v2': [
		`0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${under}.slice/cri-containerd-${id}.scope\n`,
		inPod,
	],
	'containerd, systemd, guaranteed pod': [`0::/kubepods.slice/kubepods-pod${under}.slice/cri-containerd-${id}.scope\n`, inPod],
	'containerd, cgroupfs, v2': [`0::/kubepods/besteffort/pod${uid}/${id}\n`, inPod],
	'containerd, cgroupfs, guaranteed, v1': [
		`12:pids:/kubepods/pod${uid}/${id}\n11:memory:/kubepods/pod${uid}/${id}\n1:name=systemd:/kubepods/pod${uid}/${id}\n0::/\n`,
		inPod,
	],
	'containerd that takes a systemd path for one of cgroupfs': [
		`0::/system.slice/containerd.service/kubepods-besteffort-pod${under}.slice:cri-containerd:${id}\n`,
		inPod,
	],
	'CRI-O, systemd': [
		`0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${under}.slice/crio-${id}.scope\n`,
		inPod,
	],
	'CRI-O with a group of the container inside': [
		`0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${under}.slice/crio-${id}.scope/container\n`,
		inPod,
	],
	'CRI-O, cgroupfs': [`0::/kubepods/burstable/pod${uid}/crio-${id}\n`, inPod],
	'cri-dockerd, systemd': [
		`0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${under}.slice/docker-${id}.scope\n`,
		inPod,
	],
	'Docker, systemd': [`0::/system.slice/docker-${id}.scope\n`, { containerId: id, podUid: null }],
	'Docker, cgroupfs, v1': [`3:cpu,cpuacct:/docker/${id}\n2:devices:/docker/${id}\n`, { containerId: id, podUid: null }],
	Podman: [`0::/machine.slice/libpod-${id}.scope/container\n`, { containerId: id, podUid: null }],
	'a static pod': [
		`0::/kubepods/burstable/pod${'0123456789abcdef'.repeat(2)}/${id}\n`,
		{ containerId: id, podUid: '0123456789abcdef'.repeat(2) },
	],
	'systemd inside of the container': [
		`0::/kubepods.slice/kubepods-pod${under}.slice/cri-containerd-${id}.scope/system.slice/job.service\n`,
		inPod,
	],
	'Docker inside of a pod': [`0::/kubepods.slice/kubepods-pod${under}.slice/cri-containerd-${id}.scope/docker/${inner}\n`, inPod],
	'kind: a kubelet inside of Docker': [`0::/docker/${inner}/kubelet/kubepods/besteffort/pod${uid}/${id}\n`, inPod],
	'seen from another control group namespace': [
		`0::/../../kubepods-besteffort.slice/kubepods-besteffort-pod${under}.slice/cri-containerd-${id}.scope\n`,
		inPod,
	],
	'a sibling seen from inside of its pod': [`0::/../cri-containerd-${id}.scope\n`, { containerId: id, podUid: null }],
	'a hybrid whose v1 line tells more': [`0::/system.slice/docker-${id}.scope\n4:devices:/kubepods/pod${uid}/${id}\n`, inPod],
	'a login on the host': ['0::/user.slice/user-1000.slice/session-2.scope\n', null],
	'the root': ['0::/\n', null],
	'a process that is going away': ['', null],
	'a path with a colon': [`5:cpu:/a:b/docker-${id}.scope\n`, { containerId: id, podUid: null }],
	'words that only look like it': [`0::/podcast.slice/pod-${id.slice(1)}\n`, null],
};

describe('the control group of a process tells its container', () => {
	for (const [name, [text, expected]] of Object.entries(cases))
		it(`as of ${name}`, () => assert.deepEqual(parseControlGroup(text), expected));
});
