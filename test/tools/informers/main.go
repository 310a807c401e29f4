// Command informers is the yardstick of the cluster benchmark: it syncs what the controller follows with client-go's shared informers,
// does nothing else, and prints one line of JSON when it has everything.
//
//	informers -kubeconfig FILE [-json]
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

type result struct {
	// Since the start of the process.
	Seconds float64 `json:"seconds"`
	// Highest resident memory.
	PeakMB float64 `json:"peakMB"`
	// Of the process until then, on all cores.
	CPUSeconds float64        `json:"cpuSeconds"`
	Objects    map[string]int `json:"objects"`
}

func main() {
	began := time.Now()
	kubeconfig := flag.String("kubeconfig", "", "path of a kubeconfig")
	asJSON := flag.Bool("json", false, "ask for JSON, as client-go does by default, and not for protobuf, as the controllers of Kubernetes do")
	flag.Parse()
	if err := run(began, *kubeconfig, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(began time.Time, kubeconfig string, asJSON bool) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	// No client-side limit: what is measured is the work.
	config.QPS = -1
	ofCustom, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	if !asJSON {
		config.ContentType = "application/vnd.kubernetes.protobuf"
		config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	builtIn := informers.NewSharedInformerFactory(client, 0)
	custom := dynamicinformer.NewDynamicSharedInformerFactory(ofCustom, 0)
	apps := builtIn.Apps().V1()
	followed := map[string]cache.SharedIndexInformer{
		"nodes":        builtIn.Core().V1().Nodes().Informer(),
		"pods":         builtIn.Core().V1().Pods().Informer(),
		"namespaces":   builtIn.Core().V1().Namespaces().Informer(),
		"deployments":  apps.Deployments().Informer(),
		"replicasets":  apps.ReplicaSets().Informer(),
		"statefulsets": apps.StatefulSets().Informer(),
		"daemonsets":   apps.DaemonSets().Informer(),
		"jobs":         builtIn.Batch().V1().Jobs().Informer(),
	}
	for _, resource := range []string{"gpupolicies", "gpunodereports"} {
		kind := schema.GroupVersionResource{Group: "gpupolicy.dev", Version: "v1alpha1", Resource: resource}
		followed[resource] = custom.ForResource(kind).Informer()
	}
	builtIn.Start(ctx.Done())
	custom.Start(ctx.Done())
	for name, informer := range followed {
		if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
			return fmt.Errorf("%s: not in sync within ten minutes", name)
		}
	}

	out := result{Seconds: time.Since(began).Seconds(), Objects: map[string]int{}}
	for name, informer := range followed {
		out.Objects[name] = len(informer.GetStore().ListKeys())
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	out.PeakMB = float64(usage.Maxrss) * 1024 / 1e6
	out.CPUSeconds = time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	return json.NewEncoder(os.Stdout).Encode(out)
}
