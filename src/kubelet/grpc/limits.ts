/** What Go's gRPC takes of a message, and so the kubelet: more is an error at either end. */
export const maxMessageBytes = 4 * 1024 * 1024;

/** `sun_path` of unix(7) without its final zero. */
const maxSocketPathBytes = 107;

/** By how many bytes the path of a socket is too long for the system, which would cut it off or refuse it; 0 where it is not. */
export function socketPathExcess(path: string): number {
	return Math.max(0, Buffer.byteLength(path) - maxSocketPathBytes);
}
