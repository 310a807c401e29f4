import { Http2Error } from '../http2-error.ts';
import { DynamicTable, fieldBytes } from './dynamic-table.ts';
import type { HeaderField } from './header-field.ts';
import { huffmanText } from './huffman.ts';
import { byteAt, readInteger } from './read-integer.ts';

/** Reads the header blocks of one direction of a connection, in their order: RFC 7541. */
export class HeaderDecoder {
	readonly #table: DynamicTable;
	readonly #maxListBytes: number;
	#bytes: Buffer = Buffer.alloc(0);
	#at = 0;

	constructor(tableBytes: number, maxListBytes: number) {
		this.#table = new DynamicTable(tableBytes);
		this.#maxListBytes = maxListBytes;
	}

	/** `null`: larger than they may be; they were read all the same, since later blocks build on them. Throws an Http2Error that ends the connection. */
	decode(block: Buffer): readonly HeaderField[] | null {
		this.#bytes = block;
		this.#at = 0;
		const fields: HeaderField[] = [];
		let size = 0;
		let sizesOver = false;
		while (this.#at < block.length) {
			const first = byteAt(block, this.#at);
			if ((first & 0xe0) === 0x20) {
				if (sizesOver) throw new Http2Error('COMPRESSION_ERROR', 'the size of a table is changed within a header block');
				this.#table.resize(this.#integer(5));
				continue;
			}
			sizesOver = true;
			const field = this.#field(first);
			size += fieldBytes(field);
			if (size <= this.#maxListBytes) fields.push(field);
		}
		return size <= this.#maxListBytes ? fields : null;
	}

	#field(first: number): HeaderField {
		if (first & 0x80) return this.#table.at(this.#integer(7));
		const kept = (first & 0x40) !== 0;
		const index = this.#integer(kept ? 6 : 4);
		const name = index === 0 ? this.#string() : this.#table.at(index).name;
		const field = { name, value: this.#string() };
		if (kept) this.#table.add(field);
		return field;
	}

	#integer(prefixBits: number): number {
		const { value, end } = readInteger(this.#bytes, this.#at, prefixBits);
		this.#at = end;
		return value;
	}

	#string(): string {
		const coded = (byteAt(this.#bytes, this.#at) & 0x80) !== 0;
		const length = this.#integer(7);
		const end = this.#at + length;
		if (end > this.#bytes.length) throw new Http2Error('COMPRESSION_ERROR', 'a string ends behind its header block');
		const bytes = this.#bytes.subarray(this.#at, end);
		this.#at = end;
		return coded ? huffmanText(bytes) : bytes.toString('latin1');
	}
}
