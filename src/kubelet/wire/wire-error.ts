/** Bytes that are no protobuf message, or a field that is not what it has to be. */
export class WireError extends Error {
	/** Where, in bytes from the start of the outermost message. */
	readonly offset: number;

	constructor(offset: number, message: string) {
		super(`byte ${offset}: ${message}`);
		this.name = 'WireError';
		this.offset = offset;
	}
}
