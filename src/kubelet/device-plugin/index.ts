export { addVariables, allocatedIds, startedIds, withoutDevices } from './allocation.ts';
export { hideDevices, type ListedDevice, readDevices } from './device-list.ts';
export { apiVersion, empty, healthy, pluginMethods, registerMethod } from './methods.ts';
export { demandPreStart, type PluginOptions, readOptions } from './options.ts';
export { type Registration, readRegistration, redirectRegistration, writeRegistration } from './register-request.ts';
