/** Why a manifest of the corpus is judged by us and by the server in different ways, on purpose. */
export interface Difference {
	readonly why: string;
	/** The fields that the server names instead; none where it accepts. */
	readonly server: readonly string[];
}

const onlyMeaning =
	'the fields are right each by itself; what they say together makes no sense. In a cluster the controller says InvalidSpec';
const nullIsAbsent = 'a field with nothing behind it is most likely a mistake; the server drops it before it looks';
const wholeItem = 'the server names the item that stands twice, we point at its key';
const acrossBlocks = 'a CEL rule over two blocks cannot name an item; we can';
const decoder = 'metadata has the types of the server itself, whose decoder names the field, not the key in it';
const mappingForList = 'the strict decoder takes the keys of a mapping that should be a list for unknown fields, and stops there';
const neverSeen = 'without metadata the server misses the name in it first';
const core = 'the core group is served, only not with this kind; we point at what has to change';

/** The listed exceptions; everything else is judged the same, with the same fields. */
export const differences: Readonly<Record<string, Difference>> = {
	'bad/device-allowed-and-denied.yaml': { why: onlyMeaning, server: [] },
	'bad/device-contradiction.yaml': { why: onlyMeaning, server: [] },
	'bad/devices-empty.yaml': { why: nullIsAbsent, server: [] },
	'bad/workloads-empty.yaml': { why: nullIsAbsent, server: [] },
	'bad/env-null.yaml': { why: nullIsAbsent, server: ['spec.env[0]'] },
	'bad/env-duplicate.yaml': { why: wholeItem, server: ['spec.env[1]'] },
	'bad/proof-duplicate.yaml': { why: wholeItem, server: ['spec.proofs[1]'] },
	'bad/ordinal-no-device.yaml': { why: acrossBlocks, server: ['spec.files'] },
	'bad/ordinal-two-devices.yaml': { why: acrossBlocks, server: ['spec.files'] },
	'bad/label-number.yaml': { why: decoder, server: ['metadata.labels'] },
	'bad/label-value.yaml': { why: decoder.replace('types', 'rules'), server: ['metadata.labels'] },
	'bad/allow-a-mapping.yaml': { why: mappingForList, server: ['spec.devices.allow.productName'] },
	'bad/env-a-mapping.yaml': { why: mappingForList, server: ['spec.env.A'] },
	'bad/files-a-mapping.yaml': { why: mappingForList, server: ['spec.files.include'] },
	'bad/no-metadata.yaml': { why: neverSeen, server: ['metadata.name'] },
	'bad/api-version-core.yaml': { why: core, server: ['kind'] },
};
