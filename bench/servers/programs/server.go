// A small service: server PORT WAY [BYTES [ENTRIES]]
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

var (
	lock     sync.Mutex
	requests int
	orders   = map[int][]byte{}
	ring     [][]byte
	never    = make(chan struct{})
)

func number(index, otherwise int) int {
	if len(os.Args) <= index {
		return otherwise
	}
	value, err := strconv.Atoi(os.Args[index])
	if err != nil {
		panic(err)
	}
	return value
}

func filled(bytes int) []byte {
	return []byte(strings.Repeat("g", bytes))
}

// What a request leaves to the collector.
func work() int {
	sum := 0
	for i := 0; i < 60; i++ {
		sum += len(fmt.Sprintf("row %d of %d: %s", i, requests, strings.Repeat("w", 200)))
	}
	return sum
}

func main() {
	bytes, entries := number(3, 4096), number(4, 1000)
	ways := map[string]func(){
		"plain": func() {},
		"map":   func() { orders[requests] = filled(bytes) },
		// Waits for an answer that never comes, and holds its request.
		"goroutines": func() {
			body := filled(bytes)
			go func() {
				<-never
				_ = body[0]
			}()
		},
		"cache": func() {
			ring = append(ring, filled(bytes))
			if len(ring) > entries {
				ring[0] = nil
				ring = ring[1:]
			}
		},
	}
	way, known := ways[os.Args[2]]
	if !known {
		panic("unknown way " + os.Args[2])
	}
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		lock.Lock()
		requests++
		way()
		sum := work()
		lock.Unlock()
		fmt.Fprintln(response, sum)
	})
	// A page of eight kilobytes for any address: what caches in front of it fill with.
	http.HandleFunc("/page/", func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Cache-Control", "public, max-age=36000")
		response.Write(filled(8192))
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
