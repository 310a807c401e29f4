package main

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	apitest "k8s.io/cri-api/pkg/apis/testing"
)

// exits ends a container as if its program had ended, which the fake runtime never does by itself. The kubelet sees it at its next look.
type exits struct {
	runtime *apitest.FakeRuntimeService
}

func (e exits) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	code, err := strconv.ParseInt(query.Get("code"), 10, 32)
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	ended := 0
	e.runtime.Lock()
	defer e.runtime.Unlock()
	for _, container := range e.runtime.Containers {
		labels := container.Labels
		if container.State != runtimeapi.ContainerState_CONTAINER_RUNNING ||
			labels["io.kubernetes.pod.namespace"] != query.Get("namespace") ||
			labels["io.kubernetes.pod.name"] != query.Get("pod") ||
			labels["io.kubernetes.container.name"] != query.Get("container") {
			continue
		}
		container.State = runtimeapi.ContainerState_CONTAINER_EXITED
		container.FinishedAt = time.Now().UnixNano()
		container.ExitCode = int32(code)
		container.Reason = "Error"
		if code == 0 {
			container.Reason = "Completed"
		}
		ended++
	}
	if ended == 0 {
		http.Error(answer, "no such container runs", http.StatusNotFound)
		return
	}
	fmt.Fprintln(answer, ended)
}
