import {
	type AnsweredVariable,
	type DeviceAnswer,
	type DeviceJudge,
	deviceJudge,
	enforces,
} from '../core/device-answer/index.ts';

/** What the proxy goes by at one time. */
export type Ruling =
	/** The agent has not answered: nothing is handed out. */
	| { readonly kind: 'waiting'; readonly why: string }
	/** No policy is in force on the node: every byte passes as it is. */
	| { readonly kind: 'pass' }
	| { readonly kind: 'enforce'; readonly judge: DeviceJudge; readonly env: readonly AnsweredVariable[] };

export function rulingOf(answer: DeviceAnswer): Ruling {
	return enforces(answer) ? { kind: 'enforce', judge: deviceJudge(answer), env: answer.env } : { kind: 'pass' };
}

/** Why a device is not handed out now; `null` where it is. */
export function refusalOf(ruling: Ruling, id: string): ReturnType<DeviceJudge> {
	switch (ruling.kind) {
		case 'waiting':
			return { policy: null, reason: ruling.why };
		case 'pass':
			return null;
		case 'enforce':
			return ruling.judge(id);
	}
}
