import { wrongUsage } from './base.ts';

/** `:8080`, `127.0.0.1:8080`, `[::1]:8080`; `0` is none. */
export function bindAddress(text: string): { readonly host: string; readonly port: number } | null {
	if (text === '0') return null;
	const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
	if (port === '' || Number(port) > 65_535)
		throw wrongUsage(`${JSON.stringify(text)} is not HOST:PORT`, 'write :8080, 127.0.0.1:8080 or [::1]:8080');
	return { host: bracketed ?? (plain === '' ? '::' : plain), port: Number(port) };
}
