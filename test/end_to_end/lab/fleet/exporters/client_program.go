// A Go program with its client library's own metrics: --port=N --keep-bytes=N keeps so many bytes a second for good (0: none).
// Either way it fills a cache of bounded size and makes garbage, as a healthy server does.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	ticksPerSecond = 5
	cacheEntries   = 500
	entryBytes     = 8192
)

var (
	kept  [][]byte
	cache = map[int][]byte{}
)

// Written to, so that its pages are resident.
func written(bytes int) []byte {
	block := make([]byte, bytes)
	for i := range block {
		block[i] = byte(i)
	}
	return block
}

func main() {
	port := flag.Int("port", 0, "port on 127.0.0.1")
	keep := flag.Int("keep-bytes", 0, "bytes kept each second")
	flag.String("role", "", "a name for process-exporter")
	flag.Parse()
	go func() {
		for tick := 0; ; tick++ {
			cache[tick%cacheEntries] = written(entryBytes)
			if *keep > 0 {
				kept = append(kept, written(*keep/ticksPerSecond))
			}
			time.Sleep(time.Second / ticksPerSecond)
		}
	}()
	http.Handle("/metrics", promhttp.Handler())
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}
