import { Http2Error } from '../http2-error.ts';
import type { HeaderField } from './header-field.ts';
import { staticTable } from './static-table.ts';

/** Of a field in a table and in a list: RFC 7541, section 4.1. */
export function fieldBytes({ name, value }: HeaderField): number {
	return name.length + value.length + 32;
}

/** The fields that a decoder can name by their index: those that everybody knows, and those that the encoder had it keep. */
export class DynamicTable {
	/** Newest last. */
	readonly #kept: HeaderField[] = [];
	readonly #limit: number;
	#capacity: number;
	#bytes = 0;

	/** Holds at most `limit` bytes, which an encoder may only lower. */
	constructor(limit: number) {
		this.#limit = limit;
		this.#capacity = limit;
	}

	/** Throws an Http2Error where there is none. */
	at(index: number): HeaderField {
		const field =
			index <= staticTable.length ? staticTable[index - 1] : this.#kept[this.#kept.length - (index - staticTable.length)];
		if (field === undefined) throw new Http2Error('COMPRESSION_ERROR', `no header field has index ${index}`);
		return field;
	}

	/** A field that is larger than the table empties it, which is no error. */
	add(field: HeaderField): void {
		this.#kept.push(field);
		this.#bytes += fieldBytes(field);
		this.#evict();
	}

	resize(capacity: number): void {
		if (capacity > this.#limit) throw new Http2Error('COMPRESSION_ERROR', `a table of ${capacity} bytes is over the limit`);
		this.#capacity = capacity;
		this.#evict();
	}

	#evict(): void {
		let gone = 0;
		while (this.#bytes > this.#capacity) this.#bytes -= fieldBytes(this.#kept[gone++] as HeaderField);
		if (gone > 0) this.#kept.splice(0, gone);
	}
}
