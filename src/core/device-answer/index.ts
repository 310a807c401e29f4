export { formatDeviceAnswer, parseDeviceAnswer } from './answer-json.ts';
export type { AnsweredDevice, AnsweredVariable, DeviceAnswer } from './device-answer.ts';
export type { DevicePluginState, Refusal } from './device-plugin-state.ts';
export { deviceFinder, deviceJudge } from './judge-device-id.ts';
export { formatDevicePluginState, parseDevicePluginState } from './state-json.ts';
