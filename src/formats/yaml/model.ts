import type { Node } from 'yaml';
import type { Carrier, DeviceLiteral, Interest, Setting, Span } from '../../core/ports/format.ts';
import type { MapNode, SeqNode, Tree } from './tree.ts';
import type { Dialect, Meaning, ValueNode } from './value.ts';

/** What every reader of one document needs. */
export interface Site {
	readonly tree: Tree;
	readonly text: string;
	readonly interest: Interest;
	/** Byte span of a UTF-16 range. */
	span(from: number, to: number): Span;
}

/** A setting with what an edit needs to know of the source. */
export interface Assignment {
	readonly setting: Setting;
	/** The scalar or alias to rewrite; `null` where there is none. */
	readonly node: ValueNode | null;
	readonly dialect: Dialect;
	readonly meaning: Meaning;
}

/**
 * How an environment is written: `map` (`X: 1`), `list` (`- X=1`), `named` (`- name: X` with `value: 1`).
 */
export type Form = 'map' | 'list' | 'named';

/** Where entries of a carrier stand, or where their key would be put. */
export interface Place {
	readonly form: Form;
	readonly dialect: Dialect;
	/** The environment itself; `null` where it is absent or empty. */
	readonly collection: MapNode | SeqNode | null;
	/** The map that holds, or would hold, the environment under `key`; `null` where the environment always exists. */
	readonly owner: MapNode | null;
	readonly key: string;
	/** Keys of `owner` after which a new `key` goes, the first that is there. */
	readonly after: readonly string[];
}

/** A carrier with its assignments in the source and the place for more; `place` is `null` where only a person can add. */
export interface CarrierModel {
	readonly carrier: Carrier;
	readonly assignments: readonly Assignment[];
	readonly place: Place | null;
	/** Ids of carriers whose variables are in effect here too. */
	readonly from?: readonly string[];
}

/** A device literal with its scalar and the UTF-16 range of its digits. */
export interface DeviceModel {
	readonly device: DeviceLiteral;
	readonly node: Node;
	readonly range: readonly [number, number];
	/** What it shares with other devices: the list that holds it, or the `device_map`s of the document. */
	readonly group: Node | 'device_map' | null;
}
