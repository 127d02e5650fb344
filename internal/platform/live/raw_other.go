//go:build !linux

package live

import (
	"net"
	"syscall"
)

const canRaw = false

func newRaw(conn net.Conn, _ syscall.RawConn) outlet { return &blocking{conn: conn} }
