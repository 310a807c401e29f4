package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	pluginapi "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

// scenario is what test/node/scenario.ts writes; its doc comments say what each field does.
type scenario struct {
	Devices     []device         `json:"devices"`
	Bulk        int              `json:"bulk"`
	Options     options          `json:"options"`
	Allocate    answer           `json:"allocate"`
	Prefer      []string         `json:"prefer"`
	Faults      map[string]fault `json:"faults"`
	APIVersion  string           `json:"apiVersion"`
	FloodMs     int              `json:"floodMs"`
	StreamLists int              `json:"streamLists"`
}

type device struct {
	ID     string  `json:"id"`
	Health string  `json:"health"`
	NUMA   []int64 `json:"numa"`
}

type options struct {
	PreStartRequired   bool `json:"preStartRequired"`
	PreferredAvailable bool `json:"preferredAvailable"`
}

// answer is what Allocate gives for each container. `{ids}` in a value stands for the allocated ids, with commas.
type answer struct {
	Env         map[string]string `json:"env"`
	Annotations map[string]string `json:"annotations"`
	Mounts      []mount           `json:"mounts"`
	Devices     []deviceNode      `json:"devices"`
	CDI         []string          `json:"cdi"`
}

type mount struct {
	Host      string `json:"host"`
	Container string `json:"container"`
	ReadOnly  bool   `json:"readOnly"`
}

type deviceNode struct {
	Host        string `json:"host"`
	Container   string `json:"container"`
	Permissions string `json:"permissions"`
}

type fault struct {
	DelayMs int    `json:"delayMs"`
	Error   string `json:"error"`
}

func (s *scenario) list() []*pluginapi.Device {
	list := make([]*pluginapi.Device, 0, len(s.Devices)+s.Bulk)
	for _, each := range s.Devices {
		next := &pluginapi.Device{ID: each.ID, Health: each.Health}
		if next.Health == "" {
			next.Health = pluginapi.Healthy
		}
		if len(each.NUMA) > 0 {
			next.Topology = &pluginapi.TopologyInfo{}
			for _, node := range each.NUMA {
				next.Topology.Nodes = append(next.Topology.Nodes, &pluginapi.NUMANode{ID: node})
			}
		}
		list = append(list, next)
	}
	for index := range s.Bulk {
		list = append(list, &pluginapi.Device{ID: "bulk-" + strconv.Itoa(index), Health: pluginapi.Healthy})
	}
	return list
}

// stage holds the scenario that is played now.
type stage struct {
	mutex   sync.Mutex
	playing *scenario
	changed chan struct{}
}

// openStage reads the scenario, and again every 10 ms where its text has changed; the file is replaced by a rename, so that it is whole at any time.
func openStage(ctx context.Context, file string) (*stage, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	first, err := parse(text)
	if err != nil {
		return nil, err
	}
	s := &stage{playing: first, changed: make(chan struct{})}
	go func() {
		for ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
			fresh, err := os.ReadFile(file)
			if err != nil || string(fresh) == string(text) {
				continue
			}
			text = fresh
			next, err := parse(text)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			s.mutex.Lock()
			s.playing = next
			close(s.changed)
			s.changed = make(chan struct{})
			s.mutex.Unlock()
		}
	}()
	return s, nil
}

func parse(text []byte) (*scenario, error) {
	next := &scenario{}
	if err := json.Unmarshal(text, next); err != nil {
		return nil, fmt.Errorf("the scenario: %w", err)
	}
	return next, nil
}

// now gives the scenario, and a channel that is closed when another one is played.
func (s *stage) now() (*scenario, <-chan struct{}) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.playing, s.changed
}

// strike does to a call what the scenario wants: it waits, and fails or gives the scenario to answer by. Another scenario ends the wait of the one
// before, and so does a caller that has gone.
func (s *stage) strike(ctx context.Context, method string) (*scenario, error) {
	for {
		playing, changed := s.now()
		fault := playing.Faults[method]
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-changed:
			continue
		case <-time.After(time.Duration(fault.DelayMs) * time.Millisecond):
		}
		if fault.Error != "" {
			return nil, errors.New(fault.Error)
		}
		return playing, nil
	}
}

// untilOver waits for another scenario than the given one.
func (s *stage) untilOver(ctx context.Context, before *scenario) error {
	for {
		playing, changed := s.now()
		if playing != before {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
