import { readFields, readVarint, type WireField, wireTypes } from './read-fields.ts';
import { WireError } from './wire-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A protobuf message over its bytes, which are never copied or changed. Of a field that is not repeated the last one counts, and a field of another
 * type than asked for is not there, as in every implementation.
 */
export class WireMessage {
	readonly bytes: Uint8Array;
	readonly fields: readonly WireField[];
	readonly #base: number;

	/** Throws a WireError where the bytes are no message; `base` is where they stand in the outermost one. */
	constructor(bytes: Uint8Array, base = 0) {
		this.bytes = bytes;
		this.#base = base;
		this.fields = readFields(bytes, base);
	}

	/** The fields of one number and type, in order. */
	all(number: number, type: (typeof wireTypes)[keyof typeof wireTypes]): WireField[] {
		return this.fields.filter((field) => field.number === number && field.type === type);
	}

	/** The value of a field without its tag and length. */
	value(field: WireField): Uint8Array {
		return this.bytes.subarray(field.valueStart, field.end);
	}

	/** The bytes of a field with its tag. */
	whole(field: WireField): Uint8Array {
		return this.bytes.subarray(field.start, field.end);
	}

	/** Throws a WireError where the string is no UTF-8, which every proto3 implementation refuses. */
	text(field: WireField): string {
		try {
			return utf8.decode(this.value(field));
		} catch {
			throw new WireError(this.#base + field.valueStart, `field ${field.number} is no UTF-8`);
		}
	}

	message(field: WireField): WireMessage {
		return new WireMessage(this.value(field), this.#base + field.valueStart);
	}

	/** `''` where there is none. */
	string(number: number): string {
		const all = this.strings(number);
		return all.at(-1) ?? '';
	}

	strings(number: number): string[] {
		return this.all(number, wireTypes.bytes).map((field) => this.text(field));
	}

	messages(number: number): WireMessage[] {
		return this.all(number, wireTypes.bytes).map((field) => this.message(field));
	}

	/** As it stands, without a sign; `0n` where there is none. */
	varint(number: number): bigint {
		const last = this.all(number, wireTypes.varint).at(-1);
		return last === undefined ? 0n : readVarint(this.bytes, last.valueStart, this.#base).value;
	}

	bool(number: number): boolean {
		return this.varint(number) !== 0n;
	}
}
