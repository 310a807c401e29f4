export { type CallLimits, GrpcClient } from './grpc-client.ts';
export { GrpcError } from './grpc-error.ts';
export { type GrpcMethods, type GrpcServer, serveGrpc } from './grpc-server.ts';
export { socketPathExcess } from './limits.ts';
export type { ServerStream } from './server-stream.ts';
export type { GrpcCode } from './status.ts';
