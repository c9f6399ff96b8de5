// Keeps every ticket for ever, about 1 MiB/s in openTicket, beside garbage and a bounded cache that is refilled all the
// time; net/http/pprof listens on the address of the first argument. Says every second how many ticks of 10 ms it kept and
// the longest gap between two.
package main

import (
	"fmt"
	"net/http"
	_ "net/http/pprof"
	"os"
	"time"
)

type ticket struct {
	body []byte
	next *ticket
}

var tickets *ticket
var cache [2000][]byte
var at int
var sink []byte

//go:noinline
func openTicket() {
	tickets = &ticket{make([]byte, 1700), tickets}
}

//go:noinline
func refillCache() {
	cache[at%len(cache)] = make([]byte, 2048)
	at++
}

//go:noinline
func garbage() {
	sink = make([]byte, 4096)
}

func handle() {
	openTicket()
	for i := 0; i < 4; i++ {
		refillCache()
	}
	for i := 0; i < 4; i++ {
		garbage()
	}
}

func main() {
	if len(os.Args) > 1 {
		go http.ListenAndServe(os.Args[1], nil)
	}
	second, before := time.Now(), time.Now()
	ticks := 0
	var longest time.Duration
	for {
		for i := 0; i < 6; i++ {
			handle()
		}
		time.Sleep(10 * time.Millisecond)
		now := time.Now()
		if now.Sub(before) > longest {
			longest = now.Sub(before)
		}
		before = now
		ticks++
		if now.Sub(second) >= time.Second {
			fmt.Println("ticks", ticks, "longest_ms", longest.Milliseconds())
			second, ticks, longest = now, 0, 0
		}
	}
}
