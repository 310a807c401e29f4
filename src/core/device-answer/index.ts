export { formatDeviceAnswer, parseDeviceAnswer } from './answer-json.ts';
export type { DevicePluginState } from './device-plugin-state.ts';
export { deviceJudge } from './judge-device-id.ts';
export { formatDevicePluginState, parseDevicePluginState } from './state-json.ts';
