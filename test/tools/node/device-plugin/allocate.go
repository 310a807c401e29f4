package main

import (
	"strings"

	pluginapi "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

// allocate gives each container of the request the scenario's answer. What it was asked for, healthy or not, it does not judge: that is the kubelet's.
func allocate(s *scenario, request *pluginapi.AllocateRequest) *pluginapi.AllocateResponse {
	response := &pluginapi.AllocateResponse{}
	for _, container := range request.ContainerRequests {
		response.ContainerResponses = append(response.ContainerResponses, s.Allocate.forDevices(container.DevicesIds))
	}
	return response
}

func (a answer) forDevices(ids []string) *pluginapi.ContainerAllocateResponse {
	fill := func(text string) string { return strings.ReplaceAll(text, "{ids}", strings.Join(ids, ",")) }
	response := &pluginapi.ContainerAllocateResponse{Envs: map[string]string{}, Annotations: map[string]string{}}
	for name, value := range a.Env {
		response.Envs[name] = fill(value)
	}
	for name, value := range a.Annotations {
		response.Annotations[name] = fill(value)
	}
	for _, each := range a.Mounts {
		response.Mounts = append(response.Mounts, &pluginapi.Mount{HostPath: each.Host, ContainerPath: each.Container, ReadOnly: each.ReadOnly})
	}
	for _, each := range a.Devices {
		response.Devices = append(response.Devices, &pluginapi.DeviceSpec{HostPath: each.Host, ContainerPath: each.Container, Permissions: each.Permissions})
	}
	for _, name := range a.CDI {
		if !strings.Contains(name, "{id}") {
			response.CdiDevices = append(response.CdiDevices, &pluginapi.CDIDevice{Name: name})
			continue
		}
		for _, id := range ids {
			response.CdiDevices = append(response.CdiDevices, &pluginapi.CDIDevice{Name: strings.ReplaceAll(name, "{id}", id)})
		}
	}
	return response
}

// prefer names the first of the scenario's preferred devices that are available, and leaves the rest to the kubelet.
func prefer(s *scenario, request *pluginapi.PreferredAllocationRequest) *pluginapi.PreferredAllocationResponse {
	response := &pluginapi.PreferredAllocationResponse{}
	for _, container := range request.ContainerRequests {
		available := map[string]bool{}
		for _, id := range container.AvailableDeviceIDs {
			available[id] = true
		}
		chosen := &pluginapi.ContainerPreferredAllocationResponse{}
		for _, id := range s.Prefer {
			if available[id] && len(chosen.DeviceIDs) < int(container.AllocationSize) {
				chosen.DeviceIDs = append(chosen.DeviceIDs, id)
			}
		}
		response.ContainerResponses = append(response.ContainerResponses, chosen)
	}
	return response
}
