export { formatDeviceAnswer, parseDeviceAnswer } from './answer-json.ts';
export type { AnsweredDevice, AnsweredVariable, DeviceAnswer } from './device-answer.ts';
export type { DevicePluginState, HiddenDevice, ProxiedResource, Refusal } from './device-plugin-state.ts';
export { type DeviceJudge, deviceFinder, deviceJudge, enforces, wholeBusId } from './judge-device-id.ts';
export { formatDevicePluginState, parseDevicePluginState } from './state-json.ts';
