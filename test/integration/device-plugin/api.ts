import protobuf from 'protobufjs';

/**
 * The messages of the device plugin API as protobufjs reads and writes them, so that nothing of the proxy's own reading is taken on trust:
 * k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1/api.proto.
 */
const { root } = protobuf.parse(
	`
	syntax = "proto3";
	package v1beta1;
	message DevicePluginOptions { bool pre_start_required = 1; bool get_preferred_allocation_available = 2; }
	message RegisterRequest { string version = 1; string endpoint = 2; string resource_name = 3; DevicePluginOptions options = 4; }
	message Empty {}
	message ListAndWatchResponse { repeated Device devices = 1; }
	message TopologyInfo { repeated NUMANode nodes = 1; }
	message NUMANode { int64 ID = 1; }
	message Device { string ID = 1; string health = 2; TopologyInfo topology = 3; }
	message PreStartContainerRequest { repeated string devices_ids = 1; }
	message PreStartContainerResponse {}
	message PreferredAllocationRequest { repeated ContainerPreferredAllocationRequest container_requests = 1; }
	message ContainerPreferredAllocationRequest {
		repeated string available_deviceIDs = 1; repeated string must_include_deviceIDs = 2; int32 allocation_size = 3;
	}
	message PreferredAllocationResponse { repeated ContainerPreferredAllocationResponse container_responses = 1; }
	message ContainerPreferredAllocationResponse { repeated string deviceIDs = 1; }
	message AllocateRequest { repeated ContainerAllocateRequest container_requests = 1; }
	message ContainerAllocateRequest { repeated string devices_ids = 1; }
	message CDIDevice { string name = 1; }
	message AllocateResponse { repeated ContainerAllocateResponse container_responses = 1; }
	message ContainerAllocateResponse {
		map<string, string> envs = 1; repeated Mount mounts = 2; repeated DeviceSpec devices = 3; map<string, string> annotations = 4;
		repeated CDIDevice cdi_devices = 5;
	}
	message Mount { string container_path = 1; string host_path = 2; bool read_only = 3; }
	message DeviceSpec { string container_path = 1; string host_path = 2; string permissions = 3; }
	`,
	{ keepCase: true },
);

export type Message =
	| 'DevicePluginOptions'
	| 'RegisterRequest'
	| 'ListAndWatchResponse'
	| 'PreStartContainerRequest'
	| 'PreferredAllocationRequest'
	| 'PreferredAllocationResponse'
	| 'AllocateRequest'
	| 'AllocateResponse';

export function encode(message: Message, value: object): Uint8Array {
	const type = root.lookupType(message);
	return type.encode(type.fromObject(value)).finish();
}

// biome-ignore lint/suspicious/noExplicitAny: eight messages, read by who knows which
export function decode(message: Message, bytes: Uint8Array): any {
	const type = root.lookupType(message);
	return type.toObject(type.decode(bytes), { defaults: true, longs: Number });
}
