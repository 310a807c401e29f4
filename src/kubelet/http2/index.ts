export { ClientConnection } from './client-connection.ts';
export type { Http2ErrorCode } from './constants.ts';
export { encodeHeaders, type HeaderField } from './hpack/index.ts';
export type { Http2Stream, StreamFailure, StreamListener } from './http2-stream.ts';
export { ServerConnection } from './server-connection.ts';
