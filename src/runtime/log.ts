/** Lines of JSON, one an event: `time`, `level`, `msg`, then the fields. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** A log that writes through `write`. Fields that are `undefined` are left out, and line breaks are escaped, so that a line is one event. */
export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
	return (level, message, fields = {}) => {
		write(`${JSON.stringify({ time: now().toISOString(), level, msg: message, ...fields })}\n`);
	};
}
