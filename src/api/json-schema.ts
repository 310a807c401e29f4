/** A rule in CEL over one value, as the API server evaluates it. */
export interface CelRule {
	readonly rule: string;
	readonly message: string;
	readonly fieldPath?: string;
}

/** The part of JSON Schema 2020-12 that a Kubernetes structural schema may use, as our schemas use it. */
export interface JsonSchema {
	readonly title?: string;
	readonly description?: string;
	readonly type?: string;
	readonly nullable?: boolean;
	readonly default?: unknown;
	readonly enum?: readonly string[];
	readonly format?: string;
	readonly pattern?: string;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly minProperties?: number;
	readonly maxProperties?: number;
	readonly required?: readonly string[];
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly additionalProperties?: JsonSchema;
	readonly items?: JsonSchema;
	readonly anyOf?: readonly JsonSchema[];
	readonly 'x-kubernetes-int-or-string'?: boolean;
	readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
	readonly 'x-kubernetes-list-map-keys'?: readonly string[];
	readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
	readonly 'x-kubernetes-validations'?: readonly CelRule[];
	/** What `pattern` stands for, for people: `a quantity`. Not part of the CRD. */
	readonly 'x-gpupolicy-expected'?: string;
	/** How to write it right: `write 20Gi or 24576Mi`. Not part of the CRD. */
	readonly 'x-gpupolicy-hint'?: string;
}
