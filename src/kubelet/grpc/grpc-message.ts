/** Longer texts would not fit into the trailers of a call; in characters. */
const maxDetail = 1_024;

/** `grpc-message`: UTF-8, of which what is no printable ASCII is percent-encoded. */
export function formatMessage(message: string): string {
	const bytes = Buffer.from(message.slice(0, maxDetail).toWellFormed());
	let text = '';
	for (const byte of bytes)
		text +=
			byte < 0x20 || byte > 0x7e || byte === 0x25
				? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
				: String.fromCharCode(byte);
	return text;
}

/** What stands for no byte is kept as it is, since a message that is wrong must not hide that it was sent. */
export function parseMessage(text: string): string {
	if (!text.includes('%')) return Buffer.from(text, 'latin1').toString();
	const bytes = text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(bytes, 'latin1').toString();
}
