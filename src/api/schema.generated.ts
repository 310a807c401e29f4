/**
 * Generated from schemas/gpupolicy.v1alpha1.schema.json by `node schemas/generate/index.ts`. Do not edit.
 */
import type { JsonSchema } from './json-schema.ts';

/** The schema of a GpuPolicy with every `$ref` inlined. */
export const gpuPolicySchema: JsonSchema = {
	"title": "GpuPolicy",
	"description": "Which GPUs may be used, and what every GPU program must carry. Files of a repo, pods of a cluster and devices of a node converge to it. An absent block of the spec turns that duty off; a present block with {} selects all.",
	"type": "object",
	"required": [
		"apiVersion",
		"kind",
		"metadata",
		"spec"
	],
	"properties": {
		"apiVersion": {
			"description": "Always gpupolicy.dev/v1alpha1.",
			"type": "string",
			"enum": [
				"gpupolicy.dev/v1alpha1"
			],
			"maxLength": 64
		},
		"kind": {
			"description": "Always GpuPolicy.",
			"type": "string",
			"enum": [
				"GpuPolicy"
			],
			"maxLength": 64
		},
		"metadata": {
			"description": "Standard metadata of a Kubernetes object. In a manifest only name, labels and annotations are of use; what a server adds is accepted and ignored.",
			"type": "object",
			"required": [
				"name"
			],
			"properties": {
				"name": {
					"description": "Name of the policy, unique among all policies of a repo or a cluster. A DNS-1123 subdomain: lower-case letters, digits, - and ., at most 253 characters. It stands on the opening line of the managed blocks.",
					"type": "string",
					"minLength": 1,
					"maxLength": 253,
					"pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
					"x-gpupolicy-expected": "a DNS-1123 name",
					"x-gpupolicy-hint": "lower-case letters, digits, - and ., beginning and ending with a letter or digit"
				},
				"labels": {
					"description": "Labels, for selecting policies.",
					"type": "object",
					"maxProperties": 64,
					"additionalProperties": {
						"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
						"type": "string",
						"maxLength": 63,
						"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
						"x-gpupolicy-expected": "a label value",
						"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
					},
					"x-kubernetes-validations": [
						{
							"rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
							"message": "a key here is not a label key"
						}
					]
				},
				"annotations": {
					"description": "Annotations, free text for people and tools.",
					"type": "object",
					"maxProperties": 64,
					"additionalProperties": {
						"type": "string",
						"maxLength": 262144
					},
					"x-kubernetes-validations": [
						{
							"rule": "self.map(key, size(bytes(key)) + size(bytes(self[key]))).sum() <= 262144",
							"message": "annotations hold more than 256 KiB in all"
						}
					]
				},
				"generation": {
					"description": "Counts changes of the spec. Set by the API server; ignored in a manifest.",
					"type": "integer",
					"minimum": 0
				},
				"uid": {
					"description": "Set by the API server; ignored in a manifest.",
					"type": "string",
					"maxLength": 64
				},
				"resourceVersion": {
					"description": "Set by the API server; ignored in a manifest.",
					"type": "string",
					"maxLength": 64
				},
				"creationTimestamp": {
					"description": "RFC 3339. Set by the API server; ignored in a manifest.",
					"type": "string",
					"maxLength": 64,
					"nullable": true
				},
				"deletionTimestamp": {
					"description": "RFC 3339. Set by the API server; ignored in a manifest.",
					"type": "string",
					"maxLength": 64
				},
				"finalizers": {
					"description": "Set by controllers; ignored in a manifest.",
					"type": "array",
					"maxItems": 32,
					"items": {
						"type": "string",
						"maxLength": 253
					}
				}
			}
		},
		"spec": {
			"description": "What is desired.",
			"type": "object",
			"required": [
				"mode"
			],
			"properties": {
				"mode": {
					"description": "Enforce makes the changes. Audit changes nothing anywhere and reports everything. Required, no default: the choice is always written down.",
					"type": "string",
					"enum": [
						"Enforce",
						"Audit"
					],
					"maxLength": 16
				},
				"suspend": {
					"description": "true stops this policy's reconciling. What is in place stays in place: blocks, admission objects, taints and conditions. `gpupolicy check` still checks.",
					"type": "boolean",
					"default": false
				},
				"interval": {
					"description": "How often everything is checked again even when nothing happened. A duration such as 90s, 10m or 1h30m, at least 30s.",
					"type": "string",
					"minLength": 2,
					"maxLength": 32,
					"pattern": "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$",
					"x-gpupolicy-expected": "a duration",
					"x-gpupolicy-hint": "write 30s, 10m or 1h30m",
					"default": "10m",
					"x-kubernetes-validations": [
						{
							"rule": "duration(self) >= duration('30s')",
							"message": "interval must be at least 30s"
						}
					]
				},
				"devices": {
					"description": "Which devices may be used. A device is allowed if it matches some entry of allow (or there is no allow list) and no entry of deny. Absent: every device is allowed.",
					"type": "object",
					"properties": {
						"allow": {
							"description": "A device has to match at least one entry. Absent: every device that is not denied is allowed. An empty list is refused, since it would forbid every device.",
							"type": "array",
							"minItems": 1,
							"maxItems": 64,
							"x-kubernetes-list-type": "atomic",
							"items": {
								"description": "Criteria for one physical device; all that are given must hold. At least one is required.",
								"type": "object",
								"minProperties": 1,
								"properties": {
									"productName": {
										"description": "Exact product name as NVML and `nvidia-smi -L` print it, e.g. NVIDIA GeForce RTX 3090. Case matters.",
										"type": "string",
										"minLength": 1,
										"maxLength": 96
									},
									"productNamePattern": {
										"description": "Glob over the whole product name: * is any text, ? one character, e.g. \"*RTX 3090*\". Case matters.",
										"type": "string",
										"minLength": 1,
										"maxLength": 96
									},
									"uuid": {
										"description": "UUID as `nvidia-smi -L` prints it (GPU-…, or MIG-… for a MIG device), or a prefix of it.",
										"type": "string",
										"minLength": 5,
										"maxLength": 96,
										"pattern": "^(GPU|MIG)-[0-9A-Za-z/-]+$",
										"x-gpupolicy-expected": "a GPU UUID",
										"x-gpupolicy-hint": "write it as nvidia-smi -L prints it: GPU-3f…"
									},
									"pciBusId": {
										"description": "PCI address, domain:bus:device.function in hex: 00000000:01:00.0. A shorter domain (0000:01:00.0) or none (01:00.0) is the same address. Case does not matter.",
										"type": "string",
										"maxLength": 16,
										"pattern": "^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$",
										"x-gpupolicy-expected": "a PCI address",
										"x-gpupolicy-hint": "write it as nvidia-smi prints it: 00000000:01:00.0"
									},
									"pciDeviceId": {
										"description": "PCI device and vendor id as NVML prints it, e.g. 0x220410DE: device id 0x2204, vendor 0x10DE. Case does not matter.",
										"type": "string",
										"maxLength": 10,
										"pattern": "^0[xX][0-9A-Fa-f]{8}$",
										"x-gpupolicy-expected": "a PCI device id",
										"x-gpupolicy-hint": "write 0x, device id and vendor id: 0x220410DE"
									},
									"minMemory": {
										"description": "Least device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes. Compared with the whole memory of the device, in bytes: a 24 GB card shows a little under 24Gi.",
										"x-kubernetes-int-or-string": true,
										"anyOf": [
											{
												"type": "integer"
											},
											{
												"type": "string"
											}
										],
										"minimum": 0,
										"maxLength": 24,
										"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
										"x-gpupolicy-expected": "a quantity",
										"x-gpupolicy-hint": "write 20Gi or 24576Mi"
									},
									"maxMemory": {
										"description": "Most device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes.",
										"x-kubernetes-int-or-string": true,
										"anyOf": [
											{
												"type": "integer"
											},
											{
												"type": "string"
											}
										],
										"minimum": 0,
										"maxLength": 24,
										"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
										"x-gpupolicy-expected": "a quantity",
										"x-gpupolicy-hint": "write 20Gi or 24576Mi"
									},
									"computeCapability": {
										"description": "Range of CUDA compute capabilities, both ends included, as quoted \"major.minor\".",
										"type": "object",
										"minProperties": 1,
										"properties": {
											"min": {
												"description": "Lowest compute capability, quoted: \"8.0\".",
												"type": "string",
												"maxLength": 8,
												"pattern": "^[0-9]{1,3}\\.[0-9]$",
												"x-gpupolicy-expected": "a compute capability",
												"x-gpupolicy-hint": "write \"8.6\""
											},
											"max": {
												"description": "Highest compute capability, quoted: \"9.0\".",
												"type": "string",
												"maxLength": 8,
												"pattern": "^[0-9]{1,3}\\.[0-9]$",
												"x-gpupolicy-expected": "a compute capability",
												"x-gpupolicy-hint": "write \"8.6\""
											}
										},
										"x-kubernetes-validations": [
											{
												"rule": "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
												"message": "min must not be higher than max"
											}
										]
									},
									"mig": {
										"description": "MIG mode of the device: Enabled or Disabled. A device that does not know MIG counts as Disabled.",
										"type": "string",
										"enum": [
											"Enabled",
											"Disabled"
										],
										"maxLength": 16
									}
								}
							}
						},
						"deny": {
							"description": "A device that matches any entry is forbidden, whatever allow says.",
							"type": "array",
							"maxItems": 64,
							"x-kubernetes-list-type": "atomic",
							"items": {
								"description": "Criteria for one physical device; all that are given must hold. At least one is required.",
								"type": "object",
								"minProperties": 1,
								"properties": {
									"productName": {
										"description": "Exact product name as NVML and `nvidia-smi -L` print it, e.g. NVIDIA GeForce RTX 3090. Case matters.",
										"type": "string",
										"minLength": 1,
										"maxLength": 96
									},
									"productNamePattern": {
										"description": "Glob over the whole product name: * is any text, ? one character, e.g. \"*RTX 3090*\". Case matters.",
										"type": "string",
										"minLength": 1,
										"maxLength": 96
									},
									"uuid": {
										"description": "UUID as `nvidia-smi -L` prints it (GPU-…, or MIG-… for a MIG device), or a prefix of it.",
										"type": "string",
										"minLength": 5,
										"maxLength": 96,
										"pattern": "^(GPU|MIG)-[0-9A-Za-z/-]+$",
										"x-gpupolicy-expected": "a GPU UUID",
										"x-gpupolicy-hint": "write it as nvidia-smi -L prints it: GPU-3f…"
									},
									"pciBusId": {
										"description": "PCI address, domain:bus:device.function in hex: 00000000:01:00.0. A shorter domain (0000:01:00.0) or none (01:00.0) is the same address. Case does not matter.",
										"type": "string",
										"maxLength": 16,
										"pattern": "^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$",
										"x-gpupolicy-expected": "a PCI address",
										"x-gpupolicy-hint": "write it as nvidia-smi prints it: 00000000:01:00.0"
									},
									"pciDeviceId": {
										"description": "PCI device and vendor id as NVML prints it, e.g. 0x220410DE: device id 0x2204, vendor 0x10DE. Case does not matter.",
										"type": "string",
										"maxLength": 10,
										"pattern": "^0[xX][0-9A-Fa-f]{8}$",
										"x-gpupolicy-expected": "a PCI device id",
										"x-gpupolicy-hint": "write 0x, device id and vendor id: 0x220410DE"
									},
									"minMemory": {
										"description": "Least device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes. Compared with the whole memory of the device, in bytes: a 24 GB card shows a little under 24Gi.",
										"x-kubernetes-int-or-string": true,
										"anyOf": [
											{
												"type": "integer"
											},
											{
												"type": "string"
											}
										],
										"minimum": 0,
										"maxLength": 24,
										"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
										"x-gpupolicy-expected": "a quantity",
										"x-gpupolicy-hint": "write 20Gi or 24576Mi"
									},
									"maxMemory": {
										"description": "Most device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes.",
										"x-kubernetes-int-or-string": true,
										"anyOf": [
											{
												"type": "integer"
											},
											{
												"type": "string"
											}
										],
										"minimum": 0,
										"maxLength": 24,
										"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
										"x-gpupolicy-expected": "a quantity",
										"x-gpupolicy-hint": "write 20Gi or 24576Mi"
									},
									"computeCapability": {
										"description": "Range of CUDA compute capabilities, both ends included, as quoted \"major.minor\".",
										"type": "object",
										"minProperties": 1,
										"properties": {
											"min": {
												"description": "Lowest compute capability, quoted: \"8.0\".",
												"type": "string",
												"maxLength": 8,
												"pattern": "^[0-9]{1,3}\\.[0-9]$",
												"x-gpupolicy-expected": "a compute capability",
												"x-gpupolicy-hint": "write \"8.6\""
											},
											"max": {
												"description": "Highest compute capability, quoted: \"9.0\".",
												"type": "string",
												"maxLength": 8,
												"pattern": "^[0-9]{1,3}\\.[0-9]$",
												"x-gpupolicy-expected": "a compute capability",
												"x-gpupolicy-hint": "write \"8.6\""
											}
										},
										"x-kubernetes-validations": [
											{
												"rule": "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
												"message": "min must not be higher than max"
											}
										]
									},
									"mig": {
										"description": "MIG mode of the device: Enabled or Disabled. A device that does not know MIG counts as Disabled.",
										"type": "string",
										"enum": [
											"Enabled",
											"Disabled"
										],
										"maxLength": 16
									}
								}
							}
						}
					}
				},
				"env": {
					"description": "Environment variables that every GPU program must carry, keyed by name. Order is kept in what is written.",
					"type": "array",
					"maxItems": 64,
					"x-kubernetes-list-type": "map",
					"x-kubernetes-list-map-keys": [
						"name"
					],
					"items": {
						"description": "One environment variable. Exactly one of value and valueFrom.",
						"type": "object",
						"required": [
							"name"
						],
						"properties": {
							"name": {
								"description": "Name of the variable: letters, digits and _, not beginning with a digit (POSIX). NVIDIA_VISIBLE_DEVICES is refused: the container runtime owns it.",
								"type": "string",
								"minLength": 1,
								"maxLength": 128,
								"pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
								"x-gpupolicy-expected": "a variable name",
								"x-gpupolicy-hint": "letters, digits and _, not beginning with a digit"
							},
							"value": {
								"description": "The value, one line of text. Quote what YAML would read as a number or a boolean: \"1\". Never put a secret here: values appear in diffs, messages and pods; use valueFrom.file.",
								"type": "string",
								"maxLength": 4096,
								"pattern": "^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$",
								"x-gpupolicy-expected": "one line of text",
								"x-gpupolicy-hint": "an environment value has no line breaks or control characters"
							},
							"valueFrom": {
								"description": "Where a value comes from that does not stand in the policy. Exactly one of devices and file.",
								"type": "object",
								"properties": {
									"devices": {
										"description": "The allowed devices of the machine, comma-separated in PCI bus order. They are read from gpupolicy.inventory.yaml beside the policy where there is one, else through NVML.",
										"type": "object",
										"required": [
											"as"
										],
										"properties": {
											"as": {
												"description": "Index writes positions in PCI bus order (\"1\"), right only beside CUDA_DEVICE_ORDER=PCI_BUS_ID. UUID writes UUIDs (\"GPU-3f…\"), right in any order.",
												"type": "string",
												"enum": [
													"Index",
													"UUID"
												],
												"maxLength": 16
											}
										}
									},
									"file": {
										"description": "A secret reference: one file is the source of truth, and every file that must carry the value is written from it. The value is never printed in a diff, log, status or report, and goes only into files that git ignores.",
										"type": "object",
										"required": [
											"path"
										],
										"properties": {
											"path": {
												"description": "File that holds the value, relative to the root, with / between folders. Never absolute, never with a .. part.",
												"type": "string",
												"minLength": 1,
												"maxLength": 1024,
												"pattern": "^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$",
												"x-gpupolicy-expected": "a path below the root",
												"x-gpupolicy-hint": "write it relative to the root, with /: secrets/token"
											},
											"key": {
												"description": "Name of the entry in that file: a variable of a dotenv file, or the dotted path of a string in JSON or YAML (tokens.huggingface). Absent: the whole file is the value, without one final newline.",
												"type": "string",
												"minLength": 1,
												"maxLength": 253,
												"pattern": "^[^\\x00-\\x1F\\x7F]+$",
												"x-gpupolicy-expected": "a key",
												"x-gpupolicy-hint": "no control characters"
											},
											"format": {
												"description": "How to read the entry named by key: Dotenv, JSON or YAML. Default: by the name of the file: .json is JSON, .yaml and .yml are YAML, everything else is Dotenv. Refused without key.",
												"type": "string",
												"enum": [
													"Dotenv",
													"JSON",
													"YAML"
												],
												"maxLength": 16
											}
										},
										"x-kubernetes-validations": [
											{
												"rule": "!has(self.format) || has(self.key)",
												"message": "format needs a key: without one the whole file is the value",
												"fieldPath": ".format"
											}
										]
									}
								},
								"x-kubernetes-validations": [
									{
										"rule": "has(self.devices) != has(self.file)",
										"message": "exactly one of devices and file is required"
									}
								]
							},
							"targets": {
								"description": "Where the variable is demanded: Files, Workloads (pods), or both. Default: both. CUDA_VISIBLE_DEVICES and every valueFrom never reach pods, whatever stands here, because their value depends on the machine.",
								"type": "array",
								"minItems": 1,
								"maxItems": 2,
								"x-kubernetes-list-type": "set",
								"default": [
									"Files",
									"Workloads"
								],
								"items": {
									"type": "string",
									"enum": [
										"Files",
										"Workloads"
									],
									"maxLength": 16
								}
							}
						},
						"x-kubernetes-validations": [
							{
								"rule": "has(self.value) != has(self.valueFrom)",
								"message": "exactly one of value and valueFrom is required"
							},
							{
								"rule": "self.name != 'NVIDIA_VISIBLE_DEVICES'",
								"message": "NVIDIA_VISIBLE_DEVICES belongs to the container runtime and is never set by a policy",
								"fieldPath": ".name"
							}
						]
					}
				},
				"files": {
					"description": "Which files of a repo are converged. Absent: files are left alone. Each entry stands for itself; a file that several entries include is converged for each.",
					"type": "array",
					"maxItems": 32,
					"x-kubernetes-list-type": "atomic",
					"items": {
						"description": "A set of files of the repo, and what is demanded of them beyond env.",
						"type": "object",
						"required": [
							"include"
						],
						"properties": {
							"include": {
								"description": "Globs relative to the root, / on every platform: ** is any folders, * any text within a name, {a,b} and [ab] choices. An include with a wildcard honours .gitignore; one without names a file and wins over it, and a dotenv file or script that is named so must carry the whole env. An include that matches nothing is a finding.",
								"type": "array",
								"minItems": 1,
								"maxItems": 256,
								"x-kubernetes-list-type": "atomic",
								"items": {
									"description": "A glob relative to the root: never absolute, no backslash, no . or .. part, no leading !.",
									"type": "string",
									"minLength": 1,
									"maxLength": 1024,
									"pattern": "^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$",
									"x-gpupolicy-expected": "a glob below the root",
									"x-gpupolicy-hint": "write it relative to the root, with /: src/**/*.py"
								}
							},
							"exclude": {
								"description": "Globs of files to leave out, besides the defaults. Default: none.",
								"type": "array",
								"maxItems": 256,
								"x-kubernetes-list-type": "atomic",
								"default": [],
								"items": {
									"description": "A glob relative to the root: never absolute, no backslash, no . or .. part, no leading !.",
									"type": "string",
									"minLength": 1,
									"maxLength": 1024,
									"pattern": "^(([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^!./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$",
									"x-gpupolicy-expected": "a glob below the root",
									"x-gpupolicy-hint": "write it relative to the root, with /: src/**/*.py"
								}
							},
							"defaultExcludes": {
								"description": "Leave out folders of other people's code: venv, .venv, site-packages, node_modules, third_party, vendor, submodules and the like. Default: true. .git and .gpupolicy are always left out.",
								"type": "boolean",
								"default": true
							},
							"deviceOrdinal": {
								"description": "Ordinal that device literals must have: with 0, cuda:N becomes cuda:0. No default: absent leaves literals that name a visible device alone and reports the others. Only where the policy makes exactly one device visible, so 0 is the one value.",
								"type": "integer",
								"format": "int32",
								"minimum": 0,
								"maximum": 0
							},
							"gpuLibraries": {
								"description": "Top-level Python modules whose import initialises CUDA, or may: a file that imports one of them is a GPU program and must carry the whole env. Absent: the built-in list, which may grow with a release: torch, tensorflow, jax, cupy, transformers, vllm, onnxruntime, faiss, xgboost and about 140 more. A list replaces it. A module of the repo itself with the same name shadows the library.",
								"type": "array",
								"maxItems": 256,
								"x-kubernetes-list-type": "set",
								"items": {
									"type": "string",
									"minLength": 1,
									"maxLength": 128,
									"pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
									"x-gpupolicy-expected": "a Python module name",
									"x-gpupolicy-hint": "the top-level name, as in `import torch`"
								}
							}
						}
					}
				},
				"workloads": {
					"description": "Which pods must carry env, and what happens to those that do not. Absent: pods are left alone. {} selects every pod that asks for a GPU.",
					"type": "object",
					"properties": {
						"namespaceSelector": {
							"description": "Namespaces by label. Default: {}, all.",
							"type": "object",
							"x-kubernetes-map-type": "atomic",
							"properties": {
								"matchLabels": {
									"description": "Labels that must be present with exactly these values.",
									"type": "object",
									"maxProperties": 32,
									"additionalProperties": {
										"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
										"type": "string",
										"maxLength": 63,
										"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
										"x-gpupolicy-expected": "a label value",
										"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
									},
									"x-kubernetes-validations": [
										{
											"rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
											"message": "a key here is not a label key"
										}
									]
								},
								"matchExpressions": {
									"description": "Further requirements; all must hold.",
									"type": "array",
									"maxItems": 32,
									"x-kubernetes-list-type": "atomic",
									"items": {
										"description": "One requirement on a label.",
										"type": "object",
										"required": [
											"key",
											"operator"
										],
										"properties": {
											"key": {
												"description": "Label key, e.g. kubernetes.io/metadata.name.",
												"type": "string",
												"minLength": 1,
												"maxLength": 317,
												"pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
												"x-gpupolicy-expected": "a label key",
												"x-gpupolicy-hint": "write name or prefix/name: gpupolicy.dev/pool"
											},
											"operator": {
												"description": "In and NotIn compare with values; Exists and DoesNotExist take none.",
												"type": "string",
												"enum": [
													"In",
													"NotIn",
													"Exists",
													"DoesNotExist"
												],
												"maxLength": 16
											},
											"values": {
												"description": "Values for In and NotIn.",
												"type": "array",
												"maxItems": 64,
												"x-kubernetes-list-type": "atomic",
												"items": {
													"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
													"type": "string",
													"maxLength": 63,
													"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
													"x-gpupolicy-expected": "a label value",
													"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
												}
											}
										},
										"x-kubernetes-validations": [
											{
												"rule": "(self.operator == 'In' || self.operator == 'NotIn') == (has(self.values) && size(self.values) > 0)",
												"message": "In and NotIn need values, Exists and DoesNotExist take none"
											}
										]
									}
								}
							},
							"default": {}
						},
						"podSelector": {
							"description": "Pods by label. Default: {}, all.",
							"type": "object",
							"x-kubernetes-map-type": "atomic",
							"properties": {
								"matchLabels": {
									"description": "Labels that must be present with exactly these values.",
									"type": "object",
									"maxProperties": 32,
									"additionalProperties": {
										"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
										"type": "string",
										"maxLength": 63,
										"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
										"x-gpupolicy-expected": "a label value",
										"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
									},
									"x-kubernetes-validations": [
										{
											"rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
											"message": "a key here is not a label key"
										}
									]
								},
								"matchExpressions": {
									"description": "Further requirements; all must hold.",
									"type": "array",
									"maxItems": 32,
									"x-kubernetes-list-type": "atomic",
									"items": {
										"description": "One requirement on a label.",
										"type": "object",
										"required": [
											"key",
											"operator"
										],
										"properties": {
											"key": {
												"description": "Label key, e.g. kubernetes.io/metadata.name.",
												"type": "string",
												"minLength": 1,
												"maxLength": 317,
												"pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
												"x-gpupolicy-expected": "a label key",
												"x-gpupolicy-hint": "write name or prefix/name: gpupolicy.dev/pool"
											},
											"operator": {
												"description": "In and NotIn compare with values; Exists and DoesNotExist take none.",
												"type": "string",
												"enum": [
													"In",
													"NotIn",
													"Exists",
													"DoesNotExist"
												],
												"maxLength": 16
											},
											"values": {
												"description": "Values for In and NotIn.",
												"type": "array",
												"maxItems": 64,
												"x-kubernetes-list-type": "atomic",
												"items": {
													"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
													"type": "string",
													"maxLength": 63,
													"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
													"x-gpupolicy-expected": "a label value",
													"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
												}
											}
										},
										"x-kubernetes-validations": [
											{
												"rule": "(self.operator == 'In' || self.operator == 'NotIn') == (has(self.values) && size(self.values) > 0)",
												"message": "In and NotIn need values, Exists and DoesNotExist take none"
											}
										]
									}
								}
							},
							"default": {}
						},
						"containers": {
							"description": "Which containers of a selected pod.",
							"type": "object",
							"default": {},
							"properties": {
								"scope": {
									"description": "RequestingGpu: containers that ask for a GPU by a resource or a claim. All: every container. Default: RequestingGpu.",
									"type": "string",
									"enum": [
										"RequestingGpu",
										"All"
									],
									"default": "RequestingGpu",
									"maxLength": 16
								}
							}
						},
						"remediation": {
							"description": "What is done about running pods that predate the policy.",
							"type": "object",
							"default": {},
							"properties": {
								"type": {
									"description": "Report names them. Restart rolls their owner. Evict uses the Eviction API, which honours disruption budgets. Default: Report.",
									"type": "string",
									"enum": [
										"Report",
										"Restart",
										"Evict"
									],
									"default": "Report",
									"maxLength": 16
								},
								"maxUnavailable": {
									"description": "How many pods may be down at once because of us: an integer of at least 1, or a percentage of the selected pods (10%), rounded up. Default: 1.",
									"x-kubernetes-int-or-string": true,
									"anyOf": [
										{
											"type": "integer"
										},
										{
											"type": "string"
										}
									],
									"default": 1,
									"minimum": 1,
									"maxLength": 4,
									"pattern": "^([1-9][0-9]?|100)%$",
									"x-gpupolicy-expected": "a count or a percentage",
									"x-gpupolicy-hint": "write 1 or 10%"
								},
								"pause": {
									"description": "Wait between two remediations, a duration. Default: 30s.",
									"type": "string",
									"minLength": 2,
									"maxLength": 32,
									"pattern": "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$",
									"x-gpupolicy-expected": "a duration",
									"x-gpupolicy-hint": "write 30s, 10m or 1h30m",
									"default": "30s"
								}
							}
						},
						"bypass": {
							"description": "What happens to a pod that would reach a GPU past the policy (its own env over ours, a GPU device mounted without a request): Warn tells the creator, Deny refuses the pod, Allow does nothing. Default: Warn.",
							"type": "string",
							"enum": [
								"Warn",
								"Deny",
								"Allow"
							],
							"default": "Warn",
							"maxLength": 16
						},
						"exemptions": {
							"description": "Pods that are left alone, each with a reason that is shown wherever the exemption counts. Default: none.",
							"type": "array",
							"maxItems": 64,
							"x-kubernetes-list-type": "atomic",
							"default": [],
							"items": {
								"description": "Pods that are left alone. Both selectors must match; an absent one matches all.",
								"type": "object",
								"required": [
									"reason"
								],
								"minProperties": 2,
								"properties": {
									"namespaceSelector": {
										"description": "Namespaces by label. Absent: all.",
										"type": "object",
										"x-kubernetes-map-type": "atomic",
										"properties": {
											"matchLabels": {
												"description": "Labels that must be present with exactly these values.",
												"type": "object",
												"maxProperties": 32,
												"additionalProperties": {
													"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
													"type": "string",
													"maxLength": 63,
													"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
													"x-gpupolicy-expected": "a label value",
													"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
												},
												"x-kubernetes-validations": [
													{
														"rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
														"message": "a key here is not a label key"
													}
												]
											},
											"matchExpressions": {
												"description": "Further requirements; all must hold.",
												"type": "array",
												"maxItems": 32,
												"x-kubernetes-list-type": "atomic",
												"items": {
													"description": "One requirement on a label.",
													"type": "object",
													"required": [
														"key",
														"operator"
													],
													"properties": {
														"key": {
															"description": "Label key, e.g. kubernetes.io/metadata.name.",
															"type": "string",
															"minLength": 1,
															"maxLength": 317,
															"pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
															"x-gpupolicy-expected": "a label key",
															"x-gpupolicy-hint": "write name or prefix/name: gpupolicy.dev/pool"
														},
														"operator": {
															"description": "In and NotIn compare with values; Exists and DoesNotExist take none.",
															"type": "string",
															"enum": [
																"In",
																"NotIn",
																"Exists",
																"DoesNotExist"
															],
															"maxLength": 16
														},
														"values": {
															"description": "Values for In and NotIn.",
															"type": "array",
															"maxItems": 64,
															"x-kubernetes-list-type": "atomic",
															"items": {
																"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
																"type": "string",
																"maxLength": 63,
																"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
																"x-gpupolicy-expected": "a label value",
																"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
															}
														}
													},
													"x-kubernetes-validations": [
														{
															"rule": "(self.operator == 'In' || self.operator == 'NotIn') == (has(self.values) && size(self.values) > 0)",
															"message": "In and NotIn need values, Exists and DoesNotExist take none"
														}
													]
												}
											}
										}
									},
									"podSelector": {
										"description": "Pods by label. Absent: all.",
										"type": "object",
										"x-kubernetes-map-type": "atomic",
										"properties": {
											"matchLabels": {
												"description": "Labels that must be present with exactly these values.",
												"type": "object",
												"maxProperties": 32,
												"additionalProperties": {
													"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
													"type": "string",
													"maxLength": 63,
													"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
													"x-gpupolicy-expected": "a label value",
													"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
												},
												"x-kubernetes-validations": [
													{
														"rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
														"message": "a key here is not a label key"
													}
												]
											},
											"matchExpressions": {
												"description": "Further requirements; all must hold.",
												"type": "array",
												"maxItems": 32,
												"x-kubernetes-list-type": "atomic",
												"items": {
													"description": "One requirement on a label.",
													"type": "object",
													"required": [
														"key",
														"operator"
													],
													"properties": {
														"key": {
															"description": "Label key, e.g. kubernetes.io/metadata.name.",
															"type": "string",
															"minLength": 1,
															"maxLength": 317,
															"pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
															"x-gpupolicy-expected": "a label key",
															"x-gpupolicy-hint": "write name or prefix/name: gpupolicy.dev/pool"
														},
														"operator": {
															"description": "In and NotIn compare with values; Exists and DoesNotExist take none.",
															"type": "string",
															"enum": [
																"In",
																"NotIn",
																"Exists",
																"DoesNotExist"
															],
															"maxLength": 16
														},
														"values": {
															"description": "Values for In and NotIn.",
															"type": "array",
															"maxItems": 64,
															"x-kubernetes-list-type": "atomic",
															"items": {
																"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
																"type": "string",
																"maxLength": 63,
																"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
																"x-gpupolicy-expected": "a label value",
																"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
															}
														}
													},
													"x-kubernetes-validations": [
														{
															"rule": "(self.operator == 'In' || self.operator == 'NotIn') == (has(self.values) && size(self.values) > 0)",
															"message": "In and NotIn need values, Exists and DoesNotExist take none"
														}
													]
												}
											}
										}
									},
									"reason": {
										"description": "Why, for people: a sentence, a ticket.",
										"type": "string",
										"minLength": 1,
										"maxLength": 256
									}
								}
							}
						}
					}
				},
				"nodes": {
					"description": "Which nodes are validated through NVML. Absent: nodes are left alone. {} selects every node.",
					"type": "object",
					"properties": {
						"selector": {
							"description": "Nodes by label. Default: {}, all.",
							"type": "object",
							"x-kubernetes-map-type": "atomic",
							"properties": {
								"matchLabels": {
									"description": "Labels that must be present with exactly these values.",
									"type": "object",
									"maxProperties": 32,
									"additionalProperties": {
										"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
										"type": "string",
										"maxLength": 63,
										"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
										"x-gpupolicy-expected": "a label value",
										"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
									},
									"x-kubernetes-validations": [
										{
											"rule": "self.all(key, size(key) <= 317 && key.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
											"message": "a key here is not a label key"
										}
									]
								},
								"matchExpressions": {
									"description": "Further requirements; all must hold.",
									"type": "array",
									"maxItems": 32,
									"x-kubernetes-list-type": "atomic",
									"items": {
										"description": "One requirement on a label.",
										"type": "object",
										"required": [
											"key",
											"operator"
										],
										"properties": {
											"key": {
												"description": "Label key, e.g. kubernetes.io/metadata.name.",
												"type": "string",
												"minLength": 1,
												"maxLength": 317,
												"pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
												"x-gpupolicy-expected": "a label key",
												"x-gpupolicy-hint": "write name or prefix/name: gpupolicy.dev/pool"
											},
											"operator": {
												"description": "In and NotIn compare with values; Exists and DoesNotExist take none.",
												"type": "string",
												"enum": [
													"In",
													"NotIn",
													"Exists",
													"DoesNotExist"
												],
												"maxLength": 16
											},
											"values": {
												"description": "Values for In and NotIn.",
												"type": "array",
												"maxItems": 64,
												"x-kubernetes-list-type": "atomic",
												"items": {
													"description": "A label value: at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, or empty.",
													"type": "string",
													"maxLength": 63,
													"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
													"x-gpupolicy-expected": "a label value",
													"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
												}
											}
										},
										"x-kubernetes-validations": [
											{
												"rule": "(self.operator == 'In' || self.operator == 'NotIn') == (has(self.values) && size(self.values) > 0)",
												"message": "In and NotIn need values, Exists and DoesNotExist take none"
											}
										]
									}
								}
							},
							"default": {}
						},
						"onForbiddenDevice": {
							"description": "What is done about a node that exposes a forbidden device: Report sets the condition, Taint also taints the node. Default: Report.",
							"type": "string",
							"enum": [
								"Report",
								"Taint"
							],
							"default": "Report",
							"maxLength": 16
						},
						"taint": {
							"description": "The taint that onForbiddenDevice: Taint sets.",
							"type": "object",
							"default": {},
							"properties": {
								"key": {
									"description": "Key of the taint. Default: gpupolicy.dev/forbidden-device.",
									"type": "string",
									"minLength": 1,
									"maxLength": 317,
									"pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
									"x-gpupolicy-expected": "a label key",
									"x-gpupolicy-hint": "write name or prefix/name: gpupolicy.dev/pool",
									"default": "gpupolicy.dev/forbidden-device"
								},
								"value": {
									"description": "Value of the taint. Default: none.",
									"type": "string",
									"maxLength": 63,
									"pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
									"x-gpupolicy-expected": "a label value",
									"x-gpupolicy-hint": "letters, digits, -, _ and ., beginning and ending with a letter or digit"
								},
								"effect": {
									"description": "NoSchedule or PreferNoSchedule. NoExecute is refused: it would kill every pod of the node at once, past every budget. Default: NoSchedule.",
									"type": "string",
									"enum": [
										"NoSchedule",
										"PreferNoSchedule"
									],
									"default": "NoSchedule",
									"maxLength": 32
								}
							}
						}
					}
				},
				"proofs": {
					"description": "What has to be demonstrated, beyond the absence of an error. Proofs of kind exec, performance, http and file run only by the local command and only after `gpupolicy allow`; controller and agent never run them. `gpupolicy check` runs none.",
					"type": "array",
					"maxItems": 32,
					"x-kubernetes-list-type": "map",
					"x-kubernetes-list-map-keys": [
						"name"
					],
					"items": {
						"description": "One proof. Exactly one of nvml, exec, http, file, performance and memory.",
						"type": "object",
						"required": [
							"name"
						],
						"properties": {
							"name": {
								"description": "Name of the proof, unique in the policy: lower-case letters, digits and -.",
								"type": "string",
								"minLength": 1,
								"maxLength": 63,
								"pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
								"x-gpupolicy-expected": "a name",
								"x-gpupolicy-hint": "lower-case letters, digits and -"
							},
							"timeout": {
								"description": "Time limit of one run, a duration. Default: 60s.",
								"type": "string",
								"minLength": 2,
								"maxLength": 32,
								"pattern": "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$",
								"x-gpupolicy-expected": "a duration",
								"x-gpupolicy-hint": "write 30s, 10m or 1h30m",
								"default": "60s"
							},
							"nvml": {
								"description": "Device facts, read through NVML.",
								"type": "object",
								"properties": {
									"match": {
										"description": "Criteria that every allowed device must meet.",
										"type": "object",
										"minProperties": 1,
										"properties": {
											"productName": {
												"description": "Exact product name as NVML and `nvidia-smi -L` print it, e.g. NVIDIA GeForce RTX 3090. Case matters.",
												"type": "string",
												"minLength": 1,
												"maxLength": 96
											},
											"productNamePattern": {
												"description": "Glob over the whole product name: * is any text, ? one character, e.g. \"*RTX 3090*\". Case matters.",
												"type": "string",
												"minLength": 1,
												"maxLength": 96
											},
											"uuid": {
												"description": "UUID as `nvidia-smi -L` prints it (GPU-…, or MIG-… for a MIG device), or a prefix of it.",
												"type": "string",
												"minLength": 5,
												"maxLength": 96,
												"pattern": "^(GPU|MIG)-[0-9A-Za-z/-]+$",
												"x-gpupolicy-expected": "a GPU UUID",
												"x-gpupolicy-hint": "write it as nvidia-smi -L prints it: GPU-3f…"
											},
											"pciBusId": {
												"description": "PCI address, domain:bus:device.function in hex: 00000000:01:00.0. A shorter domain (0000:01:00.0) or none (01:00.0) is the same address. Case does not matter.",
												"type": "string",
												"maxLength": 16,
												"pattern": "^([0-9A-Fa-f]{4}([0-9A-Fa-f]{4})?:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\\.[0-7]$",
												"x-gpupolicy-expected": "a PCI address",
												"x-gpupolicy-hint": "write it as nvidia-smi prints it: 00000000:01:00.0"
											},
											"pciDeviceId": {
												"description": "PCI device and vendor id as NVML prints it, e.g. 0x220410DE: device id 0x2204, vendor 0x10DE. Case does not matter.",
												"type": "string",
												"maxLength": 10,
												"pattern": "^0[xX][0-9A-Fa-f]{8}$",
												"x-gpupolicy-expected": "a PCI device id",
												"x-gpupolicy-hint": "write 0x, device id and vendor id: 0x220410DE"
											},
											"minMemory": {
												"description": "Least device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes. Compared with the whole memory of the device, in bytes: a 24 GB card shows a little under 24Gi.",
												"x-kubernetes-int-or-string": true,
												"anyOf": [
													{
														"type": "integer"
													},
													{
														"type": "string"
													}
												],
												"minimum": 0,
												"maxLength": 24,
												"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
												"x-gpupolicy-expected": "a quantity",
												"x-gpupolicy-hint": "write 20Gi or 24576Mi"
											},
											"maxMemory": {
												"description": "Most device memory in bytes, as a quantity: 20Gi, 24576Mi, or an integer of bytes.",
												"x-kubernetes-int-or-string": true,
												"anyOf": [
													{
														"type": "integer"
													},
													{
														"type": "string"
													}
												],
												"minimum": 0,
												"maxLength": 24,
												"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
												"x-gpupolicy-expected": "a quantity",
												"x-gpupolicy-hint": "write 20Gi or 24576Mi"
											},
											"computeCapability": {
												"description": "Range of CUDA compute capabilities, both ends included, as quoted \"major.minor\".",
												"type": "object",
												"minProperties": 1,
												"properties": {
													"min": {
														"description": "Lowest compute capability, quoted: \"8.0\".",
														"type": "string",
														"maxLength": 8,
														"pattern": "^[0-9]{1,3}\\.[0-9]$",
														"x-gpupolicy-expected": "a compute capability",
														"x-gpupolicy-hint": "write \"8.6\""
													},
													"max": {
														"description": "Highest compute capability, quoted: \"9.0\".",
														"type": "string",
														"maxLength": 8,
														"pattern": "^[0-9]{1,3}\\.[0-9]$",
														"x-gpupolicy-expected": "a compute capability",
														"x-gpupolicy-hint": "write \"8.6\""
													}
												},
												"x-kubernetes-validations": [
													{
														"rule": "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
														"message": "min must not be higher than max"
													}
												]
											},
											"mig": {
												"description": "MIG mode of the device: Enabled or Disabled. A device that does not know MIG counts as Disabled.",
												"type": "string",
												"enum": [
													"Enabled",
													"Disabled"
												],
												"maxLength": 16
											}
										}
									},
									"minDevices": {
										"description": "Least number of allowed devices. Default: 1.",
										"type": "integer",
										"format": "int32",
										"minimum": 0,
										"maximum": 64,
										"default": 1
									},
									"minDriverVersion": {
										"description": "Lowest driver version, quoted: \"580.65\".",
										"type": "string",
										"maxLength": 32,
										"pattern": "^[0-9]{1,5}(\\.[0-9]{1,5}){0,3}$",
										"x-gpupolicy-expected": "a driver version",
										"x-gpupolicy-hint": "write \"580.65\""
									}
								}
							},
							"exec": {
								"description": "A command that must exit as expected and print the line that says so.",
								"type": "object",
								"required": [
									"command",
									"line"
								],
								"properties": {
									"command": {
										"description": "Program and arguments. No shell is involved: nothing is expanded.",
										"type": "array",
										"minItems": 1,
										"maxItems": 64,
										"x-kubernetes-list-type": "atomic",
										"items": {
											"type": "string",
											"maxLength": 4096,
											"pattern": "^[^\\x00]*$",
											"x-gpupolicy-expected": "an argument",
											"x-gpupolicy-hint": "no NUL character"
										}
									},
									"line": {
										"description": "Text that must appear within one line of its output.",
										"type": "string",
										"minLength": 1,
										"maxLength": 1024
									},
									"exitCode": {
										"description": "Exit code that it must have. Default: 0.",
										"type": "integer",
										"format": "int32",
										"minimum": 0,
										"maximum": 255,
										"default": 0
									}
								}
							},
							"http": {
								"description": "A request that must be answered as expected.",
								"type": "object",
								"required": [
									"url"
								],
								"properties": {
									"url": {
										"description": "http or https URL.",
										"type": "string",
										"maxLength": 2048,
										"pattern": "^https?://[^\\s]+$",
										"x-gpupolicy-expected": "an http URL",
										"x-gpupolicy-hint": "write http://localhost:8000/health"
									},
									"status": {
										"description": "Status code of the answer. Default: 200.",
										"type": "integer",
										"format": "int32",
										"minimum": 100,
										"maximum": 599,
										"default": 200
									},
									"body": {
										"description": "Text that the body must hold. Absent: any body.",
										"type": "string",
										"minLength": 1,
										"maxLength": 1024
									}
								}
							},
							"file": {
								"description": "An artefact that must be there, and fresh.",
								"type": "object",
								"required": [
									"path"
								],
								"properties": {
									"path": {
										"description": "The file, relative to the root.",
										"type": "string",
										"minLength": 1,
										"maxLength": 1024,
										"pattern": "^(([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)/)*([^./\\\\\\x00][^/\\\\\\x00]*|\\.[^./\\\\\\x00][^/\\\\\\x00]*|\\.\\.[^/\\\\\\x00]+)$",
										"x-gpupolicy-expected": "a path below the root",
										"x-gpupolicy-hint": "write it relative to the root, with /: secrets/token"
									},
									"maxAge": {
										"description": "Oldest that it may be, a duration. Absent: any age.",
										"type": "string",
										"minLength": 2,
										"maxLength": 32,
										"pattern": "^([0-9]{1,5}(\\.[0-9]{1,3})?(ms|s|m|h))+$",
										"x-gpupolicy-expected": "a duration",
										"x-gpupolicy-hint": "write 30s, 10m or 1h30m"
									},
									"minSize": {
										"description": "Least size in bytes, as a quantity. Default: 1.",
										"x-kubernetes-int-or-string": true,
										"anyOf": [
											{
												"type": "integer"
											},
											{
												"type": "string"
											}
										],
										"minimum": 0,
										"maxLength": 24,
										"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
										"x-gpupolicy-expected": "a quantity",
										"x-gpupolicy-hint": "write 20Gi or 24576Mi",
										"default": 1
									}
								}
							},
							"performance": {
								"description": "A command whose time is compared with its recorded baseline.",
								"type": "object",
								"required": [
									"command"
								],
								"properties": {
									"command": {
										"description": "Program and arguments. No shell is involved: nothing is expanded.",
										"type": "array",
										"minItems": 1,
										"maxItems": 64,
										"x-kubernetes-list-type": "atomic",
										"items": {
											"type": "string",
											"maxLength": 4096,
											"pattern": "^[^\\x00]*$",
											"x-gpupolicy-expected": "an argument",
											"x-gpupolicy-hint": "no NUL character"
										}
									},
									"maxLoss": {
										"description": "How much slower than the baseline it may be, a percentage. Default: 2%.",
										"type": "string",
										"maxLength": 8,
										"pattern": "^[0-9]{1,3}(\\.[0-9]{1,2})?%$",
										"default": "2%",
										"x-gpupolicy-expected": "a percentage",
										"x-gpupolicy-hint": "write 2%"
									},
									"runs": {
										"description": "How often it runs; the median counts. Default: 5.",
										"type": "integer",
										"format": "int32",
										"minimum": 1,
										"maximum": 100,
										"default": 5
									}
								}
							},
							"memory": {
								"description": "Device memory that is left in use afterwards.",
								"type": "object",
								"properties": {
									"maxLeft": {
										"description": "Most bytes that may be left in use on an allowed device, as a quantity. Default: 100Mi.",
										"x-kubernetes-int-or-string": true,
										"anyOf": [
											{
												"type": "integer"
											},
											{
												"type": "string"
											}
										],
										"minimum": 0,
										"maxLength": 24,
										"pattern": "^[0-9]{1,16}(\\.[0-9]{1,6})?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
										"x-gpupolicy-expected": "a quantity",
										"x-gpupolicy-hint": "write 20Gi or 24576Mi",
										"default": "100Mi"
									}
								}
							}
						},
						"x-kubernetes-validations": [
							{
								"rule": "[has(self.nvml), has(self.exec), has(self.http), has(self.file), has(self.performance), has(self.memory)].filter(x, x).size() == 1",
								"message": "exactly one of nvml, exec, http, file, performance and memory is required"
							}
						]
					}
				}
			},
			"x-kubernetes-validations": [
				{
					"rule": "!has(self.files) || !self.files.exists(f, has(f.deviceOrdinal)) || !has(self.env) || !self.env.exists(e, e.name == 'CUDA_VISIBLE_DEVICES' && has(e.value) && (e.value == '' || e.value.contains(',') || e.value.startsWith('-')))",
					"message": "deviceOrdinal needs exactly one visible device, and CUDA_VISIBLE_DEVICES shows none or several",
					"fieldPath": ".files"
				}
			]
		},
		"status": {
			"description": "What was observed. Written by the controller, or kept locally under .gpupolicy; never read from a manifest.",
			"type": "object",
			"properties": {
				"observedGeneration": {
					"description": "metadata.generation that this status speaks of.",
					"type": "integer",
					"format": "int64",
					"minimum": 0
				},
				"digest": {
					"description": "Digest of the spec that this status speaks of.",
					"type": "string",
					"maxLength": 64,
					"pattern": "^[0-9a-f]{64}$"
				},
				"conditions": {
					"description": "Conditions by type.",
					"type": "array",
					"maxItems": 16,
					"x-kubernetes-list-type": "map",
					"x-kubernetes-list-map-keys": [
						"type"
					],
					"items": {
						"description": "One condition, as in metav1.Condition.",
						"type": "object",
						"required": [
							"type",
							"status",
							"lastTransitionTime",
							"reason",
							"message"
						],
						"properties": {
							"type": {
								"description": "Type of the condition, e.g. Ready.",
								"type": "string",
								"minLength": 1,
								"maxLength": 64
							},
							"status": {
								"description": "True, False or Unknown.",
								"type": "string",
								"enum": [
									"True",
									"False",
									"Unknown"
								],
								"maxLength": 16
							},
							"observedGeneration": {
								"description": "metadata.generation that the condition speaks of.",
								"type": "integer",
								"format": "int64",
								"minimum": 0
							},
							"lastTransitionTime": {
								"description": "When status changed last, RFC 3339.",
								"type": "string",
								"format": "date-time",
								"maxLength": 64
							},
							"reason": {
								"description": "Why, one of the documented reasons.",
								"type": "string",
								"minLength": 1,
								"maxLength": 64,
								"pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
							},
							"message": {
								"description": "The evidence: what was read, where and when.",
								"type": "string",
								"maxLength": 32768
							}
						}
					}
				},
				"files": {
					"description": "Files, by state. Local only: a cluster never converges files.",
					"type": "object",
					"required": [
						"summary",
						"matched",
						"governed",
						"compliant",
						"changed",
						"refused"
					],
					"properties": {
						"summary": {
							"description": "Compliant of governed, e.g. 37/40.",
							"type": "string",
							"maxLength": 32
						},
						"matched": {
							"description": "Files that the policy includes.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"governed": {
							"description": "Matched files that the policy has something to say about: they run GPU code, or set one of its variables, or name a device.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"compliant": {
							"description": "Governed files in order.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"changed": {
							"description": "Files written by the last pass.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"refused": {
							"description": "Files left as they are, because they need a person.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"violations": {
							"description": "The first 20 violations.",
							"type": "array",
							"maxItems": 20,
							"x-kubernetes-list-type": "atomic",
							"items": {
								"description": "One thing that is not as the policy demands.",
								"type": "object",
								"required": [
									"place",
									"rule",
									"message"
								],
								"properties": {
									"place": {
										"description": "Where: path:line:column of a file, namespace/pod/container, or node/device.",
										"type": "string",
										"maxLength": 1200
									},
									"rule": {
										"description": "Rule id, e.g. env/late; `gpupolicy explain` prints its page.",
										"type": "string",
										"maxLength": 64
									},
									"message": {
										"description": "What is wrong. Never holds a secret.",
										"type": "string",
										"maxLength": 1024
									}
								}
							}
						}
					}
				},
				"workloads": {
					"description": "Pods, by state.",
					"type": "object",
					"required": [
						"summary",
						"selected",
						"compliant",
						"restartRequired",
						"unmanaged"
					],
					"properties": {
						"summary": {
							"description": "Compliant of selected, e.g. 118/120.",
							"type": "string",
							"maxLength": 32
						},
						"selected": {
							"description": "Pods that the policy selects.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"compliant": {
							"description": "Pods in order.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"restartRequired": {
							"description": "Pods that predate the policy.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"unmanaged": {
							"description": "Pods that no replacement would make comply, such as static pods.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"violations": {
							"description": "The first 20 violations.",
							"type": "array",
							"maxItems": 20,
							"x-kubernetes-list-type": "atomic",
							"items": {
								"description": "One thing that is not as the policy demands.",
								"type": "object",
								"required": [
									"place",
									"rule",
									"message"
								],
								"properties": {
									"place": {
										"description": "Where: path:line:column of a file, namespace/pod/container, or node/device.",
										"type": "string",
										"maxLength": 1200
									},
									"rule": {
										"description": "Rule id, e.g. env/late; `gpupolicy explain` prints its page.",
										"type": "string",
										"maxLength": 64
									},
									"message": {
										"description": "What is wrong. Never holds a secret.",
										"type": "string",
										"maxLength": 1024
									}
								}
							}
						}
					}
				},
				"admission": {
					"description": "How the policy reaches new pods.",
					"type": "object",
					"required": [
						"mode"
					],
					"properties": {
						"mode": {
							"description": "How env gets into pods: AdmissionPolicy (in the API server), Webhook, ValidationOnly, or Off.",
							"type": "string",
							"enum": [
								"AdmissionPolicy",
								"Webhook",
								"ValidationOnly",
								"Off"
							],
							"maxLength": 32
						},
						"apiVersion": {
							"description": "API version used, e.g. admissionregistration.k8s.io/v1.",
							"type": "string",
							"maxLength": 64
						},
						"digest": {
							"description": "Digest that the last probe was answered with.",
							"type": "string",
							"maxLength": 64,
							"pattern": "^[0-9a-f]{64}$"
						},
						"lastProbeTime": {
							"description": "Time of the last probe, RFC 3339.",
							"type": "string",
							"format": "date-time",
							"maxLength": 64
						}
					}
				},
				"nodes": {
					"description": "Nodes, by verdict.",
					"type": "object",
					"required": [
						"summary",
						"total",
						"compliant",
						"unknown"
					],
					"properties": {
						"summary": {
							"description": "Compliant of total, e.g. 3/4.",
							"type": "string",
							"maxLength": 32
						},
						"total": {
							"description": "Nodes that the policy selects.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"compliant": {
							"description": "Nodes that expose no forbidden device.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"unknown": {
							"description": "Nodes that could not be read: neither compliant nor not.",
							"type": "integer",
							"format": "int32",
							"minimum": 0
						},
						"violations": {
							"description": "The first 20 violations.",
							"type": "array",
							"maxItems": 20,
							"x-kubernetes-list-type": "atomic",
							"items": {
								"description": "One thing that is not as the policy demands.",
								"type": "object",
								"required": [
									"place",
									"rule",
									"message"
								],
								"properties": {
									"place": {
										"description": "Where: path:line:column of a file, namespace/pod/container, or node/device.",
										"type": "string",
										"maxLength": 1200
									},
									"rule": {
										"description": "Rule id, e.g. env/late; `gpupolicy explain` prints its page.",
										"type": "string",
										"maxLength": 64
									},
									"message": {
										"description": "What is wrong. Never holds a secret.",
										"type": "string",
										"maxLength": 1024
									}
								}
							}
						}
					}
				},
				"lastOutcomes": {
					"description": "The last five outcomes, newest first.",
					"type": "array",
					"maxItems": 5,
					"x-kubernetes-list-type": "atomic",
					"items": {
						"description": "How one reconcile ended.",
						"type": "object",
						"required": [
							"digest",
							"at",
							"reason"
						],
						"properties": {
							"digest": {
								"description": "Digest of the spec that was applied.",
								"type": "string",
								"maxLength": 64,
								"pattern": "^[0-9a-f]{64}$"
							},
							"generation": {
								"description": "metadata.generation at that time.",
								"type": "integer",
								"format": "int64",
								"minimum": 0
							},
							"at": {
								"description": "When it ended, RFC 3339.",
								"type": "string",
								"format": "date-time",
								"maxLength": 64
							},
							"reason": {
								"description": "Reason of Ready at that time.",
								"type": "string",
								"minLength": 1,
								"maxLength": 64
							},
							"message": {
								"description": "What was done, in one line.",
								"type": "string",
								"maxLength": 1024
							}
						}
					}
				}
			}
		}
	}
};
