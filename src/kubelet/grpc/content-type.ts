export const grpcContentType = 'application/grpc';

/** Whether somebody speaks gRPC: `application/grpc`, `application/grpc+proto`. */
export function isGrpc(contentType: string): boolean {
	return /^application\/grpc($|[+;])/i.test(contentType);
}
