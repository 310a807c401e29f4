import { image } from './image.ts';

/** What containerd's configuration is made from. */
export interface ContainerdPlan {
	/** For its images and snapshots. */
	readonly root: string;
	/** Path of runc. */
	readonly runc: string;
	/** Folder of the network configuration. */
	readonly cni: string;
}

/**
 * A containerd whose state lies at the constant /run/containerd, which each node has for itself. It copies the layers of images, since an overlay cannot lie on each file system; its sandboxes run the image of
 * the tests, and it may not raise a score that it has not.
 */
export function containerdConfig({ root, runc, cni }: ContainerdPlan): string {
	return `version = 3
root = '${root}'

[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'native'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = '${image}'

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      BinaryName = '${runc}'
      SystemdCgroup = false
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    conf_dir = '${cni}'
    use_internal_loopback = true
`;
}

/** All pods are of the machine's network; this is there because a node without a network is not Ready. */
export const loopbackOnly = JSON.stringify({ cniVersion: '1.0.0', name: 'loopback-only', plugins: [{ type: 'loopback' }] });
