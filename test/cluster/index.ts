export { isWrite } from './audit.ts';
export { shippedCrds } from './crds.ts';
export type { Identity } from './credentials.ts';
export type { ClusterOptions } from './options.ts';
export type { TcpProxy } from './proxy.ts';
export type { Answer } from './requests.ts';
export { untilRight } from './rights.ts';
export { startCluster, type TestCluster } from './start-cluster.ts';
export { until } from './until.ts';
