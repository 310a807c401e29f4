/** What the tests ask of the supervisor of a cluster's processes; each is answered once under its `id`. */
export type Order = { readonly id: number } & (
	| {
			readonly do: 'start';
			readonly name: string;
			readonly command: string;
			readonly args: readonly string[];
			/** File that takes stdout and stderr, at its end. */
			readonly log: string;
	  }
	/** Answered when the process is gone. */
	| { readonly do: 'kill'; readonly name: string; readonly signal: NodeJS.Signals }
	/** Kills all that runs, removes the folder, and ends. */
	| { readonly do: 'stop' }
);

/** An answer, or word of a process that ended by itself. */
export type Report =
	| { readonly id: number; readonly pid?: number; readonly error?: string }
	| { readonly exited: string; readonly status: string };
