/** A condition before it has a type, a generation and a transition time. */
export interface ConditionVerdict {
	readonly status: 'True' | 'False' | 'Unknown';
	readonly reason: string;
	/** The evidence: what was read, where, when. */
	readonly message: string;
}
