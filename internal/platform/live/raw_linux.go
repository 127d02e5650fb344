package live

import (
	"net"
	"syscall"
)

const canRaw = true

// raw writes to a socket without ever waiting.
type raw struct {
	conn net.Conn
	rc   syscall.RawConn
}

// userTimeout ends a connection whose other side acknowledges nothing for so long: a laptop that was closed, a train in a tunnel.
// Linux calls the option TCP_USER_TIMEOUT (tcp(7)); the value is in milliseconds.
const (
	tcpUserTimeout = 0x12
	userTimeout    = 60_000
)

func newRaw(conn net.Conn, rc syscall.RawConn) outlet {
	_ = rc.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, userTimeout) })
	return &raw{conn, rc}
}

func (r *raw) send(m []byte) error {
	var n int
	var failed error
	err := r.rc.Write(func(fd uintptr) bool {
		n, failed = syscall.Write(int(fd), m)
		for failed == syscall.EINTR {
			n, failed = syscall.Write(int(fd), m)
		}
		return true
	})
	switch {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case n < len(m):
		return errSlow
	}
	return nil
}

// alive looks whether the other side has gone. A browser says nothing on a stream, so whatever there is to read means its end.
func (r *raw) alive() bool {
	alive := false
	err := r.rc.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		alive = err == syscall.EAGAIN || err == syscall.EINTR
		return true
	})
	return err == nil && alive
}

func (r *raw) close() { r.conn.Close() }
