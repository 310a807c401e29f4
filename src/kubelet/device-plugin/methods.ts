/** The one version of the device plugin API that there is, and that the kubelet speaks. */
export const apiVersion = 'v1beta1';

/** The kubelet's service, by which a plugin makes itself known. */
export const registerMethod = '/v1beta1.Registration/Register';

/** A plugin's service; k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1/api.proto. */
export const pluginMethods = {
	options: '/v1beta1.DevicePlugin/GetDevicePluginOptions',
	listAndWatch: '/v1beta1.DevicePlugin/ListAndWatch',
	preferredAllocation: '/v1beta1.DevicePlugin/GetPreferredAllocation',
	allocate: '/v1beta1.DevicePlugin/Allocate',
	preStartContainer: '/v1beta1.DevicePlugin/PreStartContainer',
} as const;

/** `v1beta1.Empty`, and any other message without a field. */
export const empty = new Uint8Array(0);

/** The kubelet takes every other word for unhealthy. */
export const healthy = 'Healthy';
export const unhealthy = 'Unhealthy';
