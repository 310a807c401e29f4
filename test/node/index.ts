export type { CreatedContainer } from './created-containers.ts';
export { devicePluginPath } from './namespace.ts';
export type { StubPlugin } from './plugin.ts';
export type { PluginScenario } from './scenario.ts';
export { startNode, type TestNode } from './start-node.ts';
