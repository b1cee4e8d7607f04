package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// flip FILE OFFSET changes one bit of a file.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE OFFSET")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	rewrite(ts, args[0], at+1, func(b []byte) { b[at] ^= 1 })
}

// swap FILE A B LENGTH exchanges two stretches of a file.
func swap(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: swap FILE A B LENGTH")
	}
	var n [3]int
	for i := range n {
		v, err := strconv.Atoi(args[i+1])
		ts.Check(err)
		n[i] = v
	}
	a, b, length := n[0], n[1], n[2]
	rewrite(ts, args[0], max(a, b)+length, func(data []byte) {
		one := string(data[a : a+length])
		copy(data[a:], data[b:b+length])
		copy(data[b:], one)
	})
}

func rewrite(ts *testscript.TestScript, file string, least int, f func([]byte)) {
	data, err := os.ReadFile(ts.MkAbs(file))
	ts.Check(err)
	if len(data) < least {
		ts.Fatalf("%s has %d bytes", file, len(data))
	}
	f(data)
	ts.Check(os.WriteFile(ts.MkAbs(file), data, 0o600))
}

// settled URL SIZE waits until a checkpoint of the size is published.
func settled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: settled URL SIZE")
	}
	var last string
	for range 100 {
		body, err := get(args[0])
		if err == nil {
			if last = strings.Split(string(body), "\n")[1]; last == args[1] {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("after 10 seconds the published log has %q entries, not %s", last, args[1])
}
