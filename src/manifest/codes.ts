/**
 * Codes of what can be wrong with a manifest. Stable: a code is never given another meaning.
 * GP10xx are errors: the policy of that document is not used. GP11xx are warnings.
 */
export const manifestCodes = {
	/** Not YAML at that place. */
	GP1001: 'syntax',
	/** The same key twice in one mapping, or the same name twice in a list that is keyed by name. */
	GP1002: 'duplicate',
	/** A field that the API does not have. */
	GP1003: 'unknown field',
	/** A string that is not in the form that the field needs. */
	GP1004: 'malformed value',
	/** A number where a string is needed, and the like. */
	GP1005: 'wrong type',
	/** A required field is missing. */
	GP1006: 'missing field',
	/** None of the values that the field may have. */
	GP1007: 'unknown value',
	/** Too many, too few, too long, too short, too large, too small. */
	GP1008: 'out of range',
	/** A rule over several fields does not hold. */
	GP1009: 'rule',
	/** `apiVersion` is not one that is served. */
	GP1010: 'apiVersion',
	/** `kind` is not one of ours although `apiVersion` is. */
	GP1011: 'kind',
	/** The file is larger, deeper or more entangled than any manifest has to be. */
	GP1012: 'too large',
	/** Not UTF-8, or characters that YAML does not allow. */
	GP1013: 'encoding',
	/** A scalar that YAML 1.1 and 1.2 read differently: the cluster would see another value. */
	GP1014: 'ambiguous scalar',
	/** Two policies of one name. */
	GP1015: 'duplicate policy',
	/** Criteria of devices that contradict each other, so that no device could ever be allowed. */
	GP1016: 'contradiction',
	/** A document of another kind: passed over. */
	GP1101: 'other kind',
	/** Nothing in the file. */
	GP1102: 'empty',
	/** A renamed variable without its other name. */
	GP1103: 'missing twin',
	/** An index without the order that gives it a meaning. */
	GP1104: 'order missing',
	/** A value that holds on one machine only, where pods are selected. */
	GP1105: 'host index',
	/** A variable that reaches nothing. */
	GP1106: 'reaches nothing',
	/** Whether `deviceOrdinal` holds depends on the machine. */
	GP1107: 'ordinal undecided',
	/** A field of the manifest that is accepted and has no effect. */
	GP1108: 'no effect',
	/** An entry of `spec.devices` that can match no device, or that deny takes back. */
	GP1109: 'dead entry',
} as const;

export type ManifestCode = keyof typeof manifestCodes;
