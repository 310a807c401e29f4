package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	pluginapi "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

// own is a server of the device plugin API that plays all of a scenario.
type own struct {
	pluginapi.UnimplementedDevicePluginServer
	stage *stage
	calls *journal
}

// runOwn serves and registers, and does both anew when the kubelet's socket is created again, as vendors' plugins do: a kubelet that starts
// removes every socket of its folder.
func runOwn(ctx context.Context, set settings, stage *stage, calls *journal) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer watcher.Close()
	if err := watcher.Add(filepath.Dir(set.kubelet)); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if err := serveOnce(ctx, set, &own{stage: stage, calls: calls}, watcher); err != nil {
			return err
		}
	}
	return nil
}

// serveOnce returns when the kubelet's socket was created again.
func serveOnce(ctx context.Context, set settings, plugin *own, watcher *fsnotify.Watcher) error {
	if err := os.Remove(set.socket); err != nil && !os.IsNotExist(err) {
		return err
	}
	listener, err := net.Listen("unix", set.socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	pluginapi.RegisterDevicePluginServer(server, plugin)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer server.Stop()
	if err := register(ctx, set, plugin.stage); err != nil {
		fmt.Fprintln(os.Stderr, err) // A refusal is what some scenarios are about; the next kubelet may think otherwise.
	}
	return untilCreated(ctx, watcher, set.kubelet, failed)
}

func untilCreated(ctx context.Context, watcher *fsnotify.Watcher, path string, failed <-chan error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-failed:
			return err
		case event := <-watcher.Events:
			if event.Name == path && event.Op.Has(fsnotify.Create) {
				return nil
			}
		}
	}
}

func register(ctx context.Context, set settings, stage *stage) error {
	playing, _ := stage.now()
	version := playing.APIVersion
	if version == "" {
		version = pluginapi.Version
	}
	connection, err := grpc.NewClient("unix:"+set.kubelet, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err = pluginapi.NewRegistrationClient(connection).Register(ctx, &pluginapi.RegisterRequest{
		Version:      version,
		Endpoint:     filepath.Base(set.socket),
		ResourceName: set.resource,
		Options:      playing.Options.message(),
	}, grpc.WaitForReady(true))
	return err
}

func (o options) message() *pluginapi.DevicePluginOptions {
	return &pluginapi.DevicePluginOptions{PreStartRequired: o.PreStartRequired, GetPreferredAllocationAvailable: o.PreferredAvailable}
}

func (o *own) GetDevicePluginOptions(ctx context.Context, request *pluginapi.Empty) (*pluginapi.DevicePluginOptions, error) {
	playing, err := o.take(ctx, "GetDevicePluginOptions", request)
	if err != nil {
		return nil, err
	}
	return playing.Options.message(), nil
}

func (o *own) Allocate(ctx context.Context, request *pluginapi.AllocateRequest) (*pluginapi.AllocateResponse, error) {
	playing, err := o.take(ctx, "Allocate", request)
	if err != nil {
		return nil, err
	}
	return allocate(playing, request), nil
}

func (o *own) GetPreferredAllocation(ctx context.Context, request *pluginapi.PreferredAllocationRequest) (*pluginapi.PreferredAllocationResponse, error) {
	playing, err := o.take(ctx, "GetPreferredAllocation", request)
	if err != nil {
		return nil, err
	}
	return prefer(playing, request), nil
}

func (o *own) PreStartContainer(ctx context.Context, request *pluginapi.PreStartContainerRequest) (*pluginapi.PreStartContainerResponse, error) {
	if _, err := o.take(ctx, "PreStartContainer", request); err != nil {
		return nil, err
	}
	return &pluginapi.PreStartContainerResponse{}, nil
}

// take writes a call down and does to it what the scenario wants.
func (o *own) take(ctx context.Context, method string, request proto.Message) (*scenario, error) {
	o.calls.write(method, request)
	return o.stage.strike(ctx, method)
}

// ListAndWatch sends the list at once, at each change of the scenario, and in a flood again and again with the last device now well and now ill.
func (o *own) ListAndWatch(request *pluginapi.Empty, stream grpc.ServerStreamingServer[pluginapi.ListAndWatchResponse]) error {
	ctx := stream.Context()
	o.calls.write("ListAndWatch", request)
	defer o.calls.write("ListAndWatch ended", request)
	for sent := 1; ; sent++ {
		playing, err := o.stage.strike(ctx, "ListAndWatch")
		if err != nil {
			return err
		}
		list := playing.list()
		if playing.FloodMs > 0 && sent%2 == 0 && len(list) > 0 {
			list[len(list)-1].Health = pluginapi.Unhealthy
		}
		if err := stream.Send(&pluginapi.ListAndWatchResponse{Devices: list}); err != nil {
			return err
		}
		if playing.StreamLists > 0 && sent >= playing.StreamLists {
			return nil
		}
		if playing.FloodMs > 0 {
			time.Sleep(time.Duration(playing.FloodMs) * time.Millisecond)
			continue
		}
		if err := o.stage.untilOver(ctx, playing); err != nil {
			return err
		}
	}
}
