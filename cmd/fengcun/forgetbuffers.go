package main

import (
	"io"
	"net"
	"net/http"
)

// The HTTP server, and the API's library, lend their buffers to one request
// after another and never empty them: a short request in one that held a long
// report would leave the report's end there for as long as the buffer is lent.
// So what is about to be read into is emptied first. A buffer that is lent to
// nobody is collected.

// forgetful gives out connections that empty the server's buffers.
type forgetful struct{ net.Listener }

// Accept implements net.Listener.
func (l forgetful) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return forgetfulConn{c}, nil
}

type forgetfulConn struct{ net.Conn }

// readBuffer is how large the server's buffers are. Larger ones are a body's, on
// its way to its reader.
const readBuffer = 4 << 10

// Read implements net.Conn. All that it is asked to fill has been read by now.
func (c forgetfulConn) Read(p []byte) (int, error) {
	if len(p) <= readBuffer {
		clear(p)
	}
	return c.Conn.Read(p)
}

// forgetBodies gives a handler bodies that empty the buffers they are read into.
func forgetBodies(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &forgetfulBody{ReadCloser: r.Body}
		h.ServeHTTP(w, r)
	})
}

type forgetfulBody struct {
	io.ReadCloser
	begun bool
}

// Read implements io.Reader. The first is asked to fill the whole of a buffer
// that was lent; what is added for a long body is new.
func (b *forgetfulBody) Read(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		clear(p)
	}
	return b.ReadCloser.Read(p)
}
