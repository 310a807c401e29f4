/** Fields of metadata that an API server knows and a manifest may carry (`kubectl get -o yaml`), without a type of ours. */
export const foreignMetadata: readonly string[] = [
	'namespace',
	'generateName',
	'managedFields',
	'ownerReferences',
	'selfLink',
	'deletionGracePeriodSeconds',
];
