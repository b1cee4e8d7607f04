package main

import "net"

// forgetful gives out connections that overwrite what a reader's buffer kept of
// earlier requests. The HTTP server lends its buffers to one connection after
// another and never empties them: a short request in one that held a long report
// would leave the report's end there for as long as the connection lives.
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

// readBuffer is how large the server's buffers are. Larger ones are a request's
// own body, on its way to its reader.
const readBuffer = 4 << 10

// Read implements net.Conn. All that it is asked to fill has been read by now.
func (c forgetfulConn) Read(p []byte) (int, error) {
	if len(p) <= readBuffer {
		clear(p)
	}
	return c.Conn.Read(p)
}
