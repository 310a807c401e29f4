export { DevicePluginProxy, type ProxyDirectories } from './device-plugin-proxy.ts';
export type { ProxyTelemetry } from './telemetry.ts';
