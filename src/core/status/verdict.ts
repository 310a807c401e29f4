import { type ConditionReason, type ConditionStatus, type ConditionType, statusOfReason } from '../../api/conditions.ts';

/** A condition before it has a generation and a transition time. Its status follows from its reason. */
export interface ConditionVerdict<T extends ConditionType> {
	readonly type: T;
	readonly status: ConditionStatus;
	readonly reason: ConditionReason<T>;
	/** The evidence: what was read, where, when. */
	readonly message: string;
}

/** A verdict on any type of condition. */
export type AnyVerdict = { [T in ConditionType]: ConditionVerdict<T> }[ConditionType];

/** A verdict with a documented reason; any other does not compile. */
export function verdict<T extends ConditionType>(type: T, reason: ConditionReason<T>, message: string): ConditionVerdict<T> {
	return { type, status: statusOfReason(type, reason), reason, message };
}
