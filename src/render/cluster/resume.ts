/** What `resume` did. */
export interface ResumeResult {
	readonly policy: string;
	/** False: nothing was stopped, and nothing was written. */
	readonly resumed: boolean;
	/** Who is named in the Event: the account as the server knows it. */
	readonly who: string;
	/** Why it was stopped, as the status says; `null` where nothing was. */
	readonly halted: string | null;
}

export function renderResume({ policy, resumed, who, halted }: ResumeResult): string {
	if (!resumed) return `${policy}: nothing is stopped, so nothing was written.\n`;
	return `${policy}: remediation goes on, resumed by ${who}. It had been stopped: ${halted ?? 'no message'}\n`;
}
