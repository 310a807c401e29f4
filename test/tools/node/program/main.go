// Command program is what runs in the containers of tests: it prints the environment that the kernel holds of it, as one line of JSON, and waits
// until it is told to end. As the first process of a pod's sandbox it does nothing else.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	environ, err := os.ReadFile("/proc/1/environ")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	variables := strings.Split(strings.TrimSuffix(string(environ), "\x00"), "\x00")
	line, err := json.Marshal(variables)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	<-end
}
