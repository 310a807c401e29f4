/** A field of a header block; both are bytes, one character each. */
export interface HeaderField {
	/** In lower case; `:path` and the like first. */
	readonly name: string;
	readonly value: string;
}
