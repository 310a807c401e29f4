package main

import (
	"context"

	"k8s.io/klog/v2"
	pluginapi "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
	plugin "k8s.io/kubernetes/pkg/kubelet/cm/devicemanager/plugin/v1beta1"
)

// runStub plays the part of a scenario that the Stub can: devices, health, answers, and delays and errors of Allocate and GetPreferredAllocation.
func runStub(ctx context.Context, set settings, stage *stage, calls *journal) error {
	playing, changed := stage.now()
	logger := klog.FromContext(ctx)
	stub := plugin.NewDevicePluginStub(logger, playing.list(), set.socket, set.resource, playing.Options.PreStartRequired, playing.Options.PreferredAvailable)
	stub.SetAllocFunc(func(request *pluginapi.AllocateRequest, _ map[string]*pluginapi.Device) (*pluginapi.AllocateResponse, error) {
		calls.write("Allocate", request)
		now, err := stage.strike(ctx, "Allocate")
		if err != nil {
			return nil, err
		}
		return allocate(now, request), nil
	})
	stub.SetGetPreferredAllocFunc(func(request *pluginapi.PreferredAllocationRequest, _ map[string]*pluginapi.Device) (*pluginapi.PreferredAllocationResponse, error) {
		calls.write("GetPreferredAllocation", request)
		now, err := stage.strike(ctx, "GetPreferredAllocation")
		if err != nil {
			return nil, err
		}
		return prefer(now, request), nil
	})
	if err := stub.Start(ctx); err != nil {
		return err
	}
	if err := stub.Register(ctx, set.kubelet, set.resource, set.folder); err != nil {
		return err
	}
	go stub.Watch(ctx, set.kubelet, set.resource, set.folder)
	for {
		select {
		case <-ctx.Done():
			return stub.Stop(logger)
		case <-changed:
			playing, changed = stage.now()
			stub.Update(playing.list()) // Waits for a stream to take it.
		}
	}
}
