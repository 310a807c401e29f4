/** Share of governed files that are in order, in whole percent rounded down; 100 where nothing is governed. */
export function percentage(compliant: number, governed: number): number {
	return governed === 0 ? 100 : Math.floor((compliant * 100) / governed);
}
