import type { Tree } from './tree/generate.ts';

/** What every benchmark is given. */
export interface BenchContext {
	/** Path of bin/gpupolicy.js. */
	readonly command: string;
	/** A scratch folder of its own, removed afterwards. */
	readonly scratch: string;
	/** How many files the tree is to have. */
	readonly fileCount: number;
	/** A fresh copy of the tree with a policy and a recorded inventory in `folder` of the scratch folder. */
	tree(folder: string): Tree;
}

/** One line of the table. */
export interface Row {
	readonly what: string;
	/** `0.92 s`, `118 MB`, `missing`. */
	readonly ours: string;
	/** The peer and its figure: `0.30 s (read every byte)`; `missing: …` where it cannot be had. */
	readonly peer: string;
	/** What the goal is about; `undefined` where the peer is missing or nothing is compared. */
	readonly figure?: number;
	/** `at most`: a ratio ours/peer (or an absolute figure) that should stay below; `at least`: peer/ours that should stay above. */
	readonly goal?: {
		readonly kind: 'at most' | 'at least';
		readonly limit: number;
		readonly unit: 'x' | 'MB' | 'KB' | 'ms' | 's' | '%' | 'requests';
	};
	readonly note?: string;
}

/** One benchmark: a file `*.bench.ts` in this folder exports it as `default`. */
export interface Bench {
	readonly name: string;
	run(context: BenchContext): Row[] | Promise<Row[]>;
}
