import { flags, frameTypes, largest, maxFrameBytes } from './constants.ts';
import { Http2Error } from './http2-error.ts';
import { frameHeader } from './write-frames.ts';

/** RFC 9113, section 6.5.2. */
const identifiers = {
	headerTableSize: 1,
	enablePush: 2,
	maxConcurrentStreams: 3,
	initialWindowSize: 4,
	maxFrameSize: 5,
	maxHeaderListSize: 6,
} as const;

export type SettingName = keyof typeof identifiers;

/** As the other end means them; one that is not there is as it was. */
export type Settings = Readonly<Partial<Record<SettingName, number>>>;

export const settingsAck = frameHeader(frameTypes.settings, flags.ack, 0, 0);

export function settingsFrame(settings: Settings): Buffer {
	const entries = Object.entries(settings) as [SettingName, number][];
	const payload = Buffer.alloc(6 * entries.length);
	for (const [index, [name, value]] of entries.entries()) {
		payload.writeUInt16BE(identifiers[name], 6 * index);
		payload.writeUInt32BE(value, 6 * index + 2);
	}
	return Buffer.concat([frameHeader(frameTypes.settings, 0, 0, payload.length), payload]);
}

/** What nobody knows is passed over. Throws an Http2Error that ends the connection. */
export function readSettings(payload: Buffer): Settings {
	if (payload.length % 6 !== 0) throw new Http2Error('FRAME_SIZE_ERROR', `settings of ${payload.length} bytes`);
	const settings: Partial<Record<SettingName, number>> = {};
	for (let at = 0; at < payload.length; at += 6) {
		const identifier = payload.readUInt16BE(at);
		const name = (Object.keys(identifiers) as SettingName[]).find((known) => identifiers[known] === identifier);
		if (name !== undefined) settings[name] = payload.readUInt32BE(at + 2);
	}
	const { enablePush = 0, initialWindowSize = 0, maxFrameSize = maxFrameBytes } = settings;
	if (enablePush > 1) throw new Http2Error('PROTOCOL_ERROR', `enable push: ${enablePush}`);
	if (initialWindowSize > largest) throw new Http2Error('FLOW_CONTROL_ERROR', `a first window of ${initialWindowSize} bytes`);
	if (maxFrameSize < maxFrameBytes || maxFrameSize > 2 ** 24 - 1)
		throw new Http2Error('PROTOCOL_ERROR', `frames of at most ${maxFrameSize} bytes`);
	return settings;
}
