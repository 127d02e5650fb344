package torture

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A service manager holds the socket and replaces the program, again and again, while people come without pause: each of them is answered.
func TestARestartWithAHandedOverSocketTurnsNobodyAway(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", w.addr)
	w.must(err)
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	w.must(err)
	defer socket.Close()
	w.startOn(socket)
	ctx, stop := context.WithCancel(context.Background())
	answered := make(chan error, 10_000)
	var visitors sync.WaitGroup
	for i := range 4 {
		visitors.Go(func() { // half of them come by a new connection each time
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 0}, Timeout: 30 * time.Second}
			for ctx.Err() == nil {
				answered <- visit(client, "http://"+w.addr+"/spaces")
			}
		})
	}
	for range 3 {
		for range 20 { // some are answered by each program
			w.must(<-answered)
		}
		w.must(w.server.Process.Signal(syscall.SIGTERM))
		w.must(w.server.Wait())
		w.startOn(socket)
	}
	stop()
	go func() { visitors.Wait(); close(answered) }()
	n := 60
	for err := range answered {
		w.must(err)
		n++
	}
	t.Logf("%d visits over 3 restarts, all answered", n)
}

func visit(client *http.Client, address string) error {
	resp, err := client.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// startOn runs the demo on a socket that is handed over as systemd does.
func (w *world) startOn(socket *os.File) {
	w.Helper()
	cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=main exec "$0" demo --data "$1" --addr 127.0.0.1:1 --flood 0`, w.binary, w.data)
	cmd.ExtraFiles = []*os.File{socket}
	w.run(cmd, "Everybody here is made up")
}
