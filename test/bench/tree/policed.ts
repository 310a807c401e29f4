import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateTree, type Tree } from './generate.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'mixed-gpu');

const policy = `apiVersion: gpupolicy.dev/v1alpha1
kind: GpuPolicy
metadata: { name: bench }
spec:
  mode: Enforce
  devices:
    allow: [{ productName: NVIDIA GeForce RTX 3090, minMemory: 20Gi }]
  env:
    - { name: CUDA_DEVICE_ORDER, value: PCI_BUS_ID }
    - { name: CUDA_VISIBLE_DEVICES, valueFrom: { devices: { as: Index } } }
    - { name: PYTORCH_CUDA_ALLOC_CONF, value: "max_split_size_mb:1024" }
    - { name: PYTORCH_ALLOC_CONF, value: "max_split_size_mb:1024" }
  files:
    - include: ["**/*.py"]
      deviceOrdinal: 0
`;

/** The tree with a policy and the example's recorded inventory at its root. */
export function policedTree(root: string, count: number): Tree {
	mkdirSync(root, { recursive: true });
	writeFileSync(join(root, 'gpupolicy.yaml'), policy);
	copyFileSync(join(example, 'gpupolicy.inventory.yaml'), join(root, 'gpupolicy.inventory.yaml'));
	return generateTree(root, count);
}
