export { encodeHeaders, noTable } from './encode-headers.ts';
export { HeaderDecoder } from './header-decoder.ts';
export type { HeaderField } from './header-field.ts';
