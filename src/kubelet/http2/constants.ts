/** RFC 9113, section 6. */
export const frameTypes = {
	data: 0,
	headers: 1,
	priority: 2,
	rstStream: 3,
	settings: 4,
	pushPromise: 5,
	ping: 6,
	goaway: 7,
	windowUpdate: 8,
	continuation: 9,
} as const;

export const flags = { ack: 0x1, endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** RFC 9113, section 7. */
export const errorCodes = {
	NO_ERROR: 0,
	PROTOCOL_ERROR: 1,
	INTERNAL_ERROR: 2,
	FLOW_CONTROL_ERROR: 3,
	SETTINGS_TIMEOUT: 4,
	STREAM_CLOSED: 5,
	FRAME_SIZE_ERROR: 6,
	REFUSED_STREAM: 7,
	CANCEL: 8,
	COMPRESSION_ERROR: 9,
	CONNECT_ERROR: 10,
	ENHANCE_YOUR_CALM: 11,
	INADEQUATE_SECURITY: 12,
	HTTP_1_1_REQUIRED: 13,
} as const;

export type Http2ErrorCode = keyof typeof errorCodes;

/** What a client says first. */
export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export const headerBytes = 9;
/** Of the payload of a frame: what everybody takes, and all that we take. */
export const maxFrameBytes = 16_384;
/** Of a window, and of an identifier of a stream. */
export const largest = 2 ** 31 - 1;
/** Of a stream and of a connection, until somebody says otherwise. */
export const firstWindow = 65_535;
/** What we let the other end send ahead of our reading it, on a stream and on all of a connection together. */
export const ourWindow = 1024 * 1024;
/** Of the table of header fields at either end, which we leave as it is. */
export const headerTableBytes = 4_096;
/** Of the fields of one header block, each with 32 bytes more than its own. A Go client may send its whole metadata; the rest we do without. */
export const maxHeaderListBytes = 64 * 1024;
