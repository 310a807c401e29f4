package main

import (
	"encoding/json"
	"os"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// journal takes the calls in the order of their arrival.
type journal struct {
	mutex sync.Mutex
	file  *os.File
}

func openJournal(path string) (*journal, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return &journal{file: file}, err
}

func (j *journal) write(call string, request proto.Message) {
	body, err := protojson.Marshal(request)
	if err != nil {
		panic(err)
	}
	line, err := json.Marshal(map[string]any{"call": call, "request": json.RawMessage(body)})
	if err != nil {
		panic(err)
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		panic(err)
	}
}
