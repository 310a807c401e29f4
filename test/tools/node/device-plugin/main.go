// Command device-plugin is a device plugin that says and does what a scenario file tells it to, which it reads again whenever it changes:
//
//	device-plugin -resource NAME -scenario FILE -journal FILE [-server stub|own] [-folder DIR] [-kubelet SOCKET]
//
// `-server stub` runs on Kubernetes' own Stub, the code that the plugins of its tests are made of, with its habits: one list of devices for all
// streams together, and ten seconds until it notices that the kubelet was restarted. `-server own` can lie where the Stub cannot: a wrong API
// version, streams that say nothing or end, calls that hang or fail. It registers again at once.
//
// Each call that it gets is appended to the journal, one JSON object a line.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	pluginapi "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

// settings are the command line.
type settings struct {
	resource string
	scenario string
	journal  string
	folder   string
	kubelet  string
	socket   string
}

func main() {
	var set settings
	flag.StringVar(&set.resource, "resource", "", "resource to register, `nvidia.com/gpu`")
	flag.StringVar(&set.scenario, "scenario", "", "JSON file, read again when it changes")
	flag.StringVar(&set.journal, "journal", "", "file that takes the calls")
	flag.StringVar(&set.folder, "folder", pluginapi.DevicePluginPath, "folder of its socket")
	flag.StringVar(&set.kubelet, "kubelet", pluginapi.KubeletSocket, "socket to register with")
	server := flag.String("server", "stub", "`stub` or own")
	flag.Parse()
	// As every vendor's: a name of its own at each start.
	set.socket = filepath.Join(set.folder, fmt.Sprintf("gpu-%d.sock", os.Getpid()))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, set, *server); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, set settings, server string) error {
	calls, err := openJournal(set.journal)
	if err != nil {
		return err
	}
	stage, err := openStage(ctx, set.scenario)
	if err != nil {
		return err
	}
	for ctx.Err() == nil { // The Stub gives up after ten seconds without a kubelet.
		if _, err := os.Stat(set.kubelet); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if server == "own" {
		return runOwn(ctx, set, stage, calls)
	}
	return runStub(ctx, set, stage, calls)
}
