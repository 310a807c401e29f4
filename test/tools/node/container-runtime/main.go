// Command container-runtime serves Kubernetes' fake container runtime on a unix socket, for a real kubelet to run pods on: sandboxes
// and containers are remembered, and nothing runs. Each CreateContainer request, the place where everything that a device plugin answered
// arrives, is appended to a file, one JSON object a line.
//
//	container-runtime -socket PATH -control PATH -requests PATH
//
// On the control socket it speaks HTTP: `POST /exit?namespace=N&pod=P&container=C&code=1` ends a running container.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-client/pkg/fake"
)

func main() {
	socket := flag.String("socket", "", "socket that the kubelet dials")
	control := flag.String("control", "", "socket of the tests")
	requests := flag.String("requests", "", "file that takes the CreateContainer requests")
	flag.Parse()
	if err := serve(*socket, *control, *requests); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(socket, control, requests string) error {
	file, err := os.OpenFile(requests, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	remote := fake.NewFakeRemoteRuntime()
	remote.ImageService.SetFakeImageSize(1 << 20) // The kubelet takes an image without a size for a broken one.
	remote.RuntimeService.FakeStatus = &runtimeapi.RuntimeStatus{Conditions: []*runtimeapi.RuntimeCondition{
		{Type: runtimeapi.RuntimeReady, Status: true},
		{Type: runtimeapi.NetworkReady, Status: true},
	}}
	recording := &recorder{RemoteRuntime: remote, file: file}

	server := grpc.NewServer()
	runtimeapi.RegisterRuntimeServiceServer(server, recording)
	runtimeapi.RegisterImageServiceServer(server, recording)
	controlListener, err := listen(control)
	if err != nil {
		return err
	}
	listener, err := listen(socket)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /exit", exits{remote.RuntimeService})
	go func() {
		fmt.Fprintln(os.Stderr, http.Serve(controlListener, mux))
		os.Exit(1)
	}()
	return server.Serve(listener)
}

// listen takes over the socket of a process that was killed.
func listen(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return net.Listen("unix", path)
}

// recorder is the fake runtime, with each CreateContainer request written down before it is answered.
type recorder struct {
	*fake.RemoteRuntime
	mutex sync.Mutex
	file  *os.File
}

func (r *recorder) CreateContainer(ctx context.Context, request *runtimeapi.CreateContainerRequest) (*runtimeapi.CreateContainerResponse, error) {
	line, err := protojson.Marshal(request)
	if err != nil {
		return nil, err
	}
	r.mutex.Lock()
	_, err = r.file.Write(append(line, '\n'))
	r.mutex.Unlock()
	if err != nil {
		return nil, err
	}
	response, err := r.RemoteRuntime.CreateContainer(ctx, request)
	if err != nil {
		return nil, err
	}
	return response, r.giveLog(response.ContainerId, filepath.Join(request.SandboxConfig.LogDirectory, request.Config.LogPath))
}

// giveLog gives a container an empty log. The fake runtime leaves the path of it empty, and when the kubelet removes a container it removes whatever
// begins with that path: all that it can in its working directory.
func (r *recorder) giveLog(container, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return err
	}
	r.RuntimeService.Lock()
	defer r.RuntimeService.Unlock()
	r.RuntimeService.Containers[container].LogPath = path
	return nil
}
