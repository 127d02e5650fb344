package app

import (
	"net"
	"os"
)

// tellManager says something to systemd, where it started the program and asked to be told (sd_notify(3)). It is told for its own good: an
// error changes nothing.
func tellManager(state string) {
	where := os.Getenv("NOTIFY_SOCKET")
	if where == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: where, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte(state))
}
