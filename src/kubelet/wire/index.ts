export { wireTypes } from './read-fields.ts';
export { editMessages, splice, withoutFields } from './splice.ts';
export { WireError } from './wire-error.ts';
export { WireMessage } from './wire-message.ts';
export { bytesField, varintField } from './write.ts';
