package main

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A buffer that is lent to one connection after another holds the last request
// alone, and nothing while the connection waits for the next.
func TestBuffersForget(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	lent := bufio.NewReaderSize(nil, readBuffer)
	for _, say := range []string{strings.Repeat("report of one who is sealed\n", 100), "GET /\n"} {
		client, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		server, err := forgetful{l}.Accept()
		if err != nil {
			t.Fatal(err)
		}
		lent.Reset(server)
		if _, err := client.Write([]byte(say)); err != nil {
			t.Fatal(err)
		}
		for range strings.Count(say, "\n") {
			if _, err := lent.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		first, _ := lent.Peek(0)
		held := first[:cap(first)]
		if say == "GET /\n" && bytes.Contains(held, []byte("sealed")) {
			t.Error("a request left another's text in the buffer")
		}
		if err := server.SetReadDeadline(time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := lent.ReadByte(); err == nil {
			t.Fatal("there was more to read")
		}
		if bytes.ContainsFunc(held, func(r rune) bool { return r != 0 }) {
			t.Errorf("while it waits the buffer holds %q", bytes.Trim(held, "\x00"))
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A body's buffer holds the last body alone.
func TestBodiesForget(t *testing.T) {
	var lent bytes.Buffer
	h := forgetBodies(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		lent.Reset()
		if _, err := lent.ReadFrom(r.Body); err != nil {
			t.Error(err)
		}
	}))
	for _, say := range []string{strings.Repeat("report of one who is sealed\n", 2000), "{}"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(say)))
		if lent.String() != say {
			t.Errorf("%d bytes were read, %d sent", lent.Len(), len(say))
		}
	}
	if held := lent.Bytes(); bytes.Contains(held[:cap(held)], []byte("sealed")) {
		t.Error("a body left its text to the next")
	}
}
