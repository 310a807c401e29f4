/** A time as `V1MicroTime` has it: always six digits, which the server demands of a Lease. */
export function microTime(ms: number): string {
	return new Date(ms).toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
}
