package app

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"dayroom/internal/platform/httpx"
)

// firstInherited is the number of the first socket that a service manager hands over (sd_listen_fds(3)).
const firstInherited = 3

// Names of sockets: that of the site, and that of the port without HTTPS where the site speaks HTTPS by itself.
const (
	mainSocket  = "main"
	plainSocket = "plain"
)

// inherited gives the sockets that a service manager opened for this process, by name. One without a name of ours is the site's. While the program
// is replaced, the manager keeps them open: whoever comes meanwhile waits a moment, and nobody is turned away.
func inherited(getenv func(string) string, pid int) (map[string]net.Listener, error) {
	if getenv("LISTEN_PID") != strconv.Itoa(pid) {
		return nil, nil
	}
	n, err := strconv.Atoi(getenv("LISTEN_FDS"))
	if err != nil || n < 1 || n > 2 {
		return nil, fmt.Errorf("LISTEN_FDS is %q: one or two sockets can be handed over", getenv("LISTEN_FDS"))
	}
	names := strings.Split(getenv("LISTEN_FDNAMES"), ":")
	out := map[string]net.Listener{}
	for i := range n {
		name := mainSocket
		if i < len(names) && strings.HasPrefix(names[i], plainSocket) {
			name = plainSocket
		}
		file := os.NewFile(uintptr(firstInherited+i), name)
		l, err := net.FileListener(file)
		_ = file.Close() // the listener has its own
		if err != nil {
			return nil, fmt.Errorf("socket %d of LISTEN_FDS: %w", i, err)
		}
		if out[name] != nil {
			return nil, fmt.Errorf("two sockets of LISTEN_FDS are called %q: name them main and plain (FileDescriptorName=)", name)
		}
		out[name] = l
	}
	return out, nil
}

// door is one port with what answers there.
type door struct {
	listener net.Listener
	server   *http.Server
	tls      bool
	busy     *census
	ended    chan error // what serve said at its end
}

func newDoor(l net.Listener, h http.Handler, to *slog.Logger) door {
	d := door{listener: l, server: newServer(h, patience{head: headTime, read: readTime, write: writeTime, idle: idleTime}),
		busy: &census{open: map[net.Conn]bool{}}, ended: make(chan error, 1)}
	d.server.ConnState, d.server.ErrorLog = d.busy.note, log.New(serverLog{to}, "", 0)
	return d
}

func (d door) serve() error {
	var err error
	if d.tls {
		err = d.server.ServeTLS(d.listener, "", "")
	} else {
		err = d.server.Serve(d.listener)
	}
	d.ended <- err
	return err
}

// serverLog takes what net/http has to say about connections. Failed handshakes are left out, since robots try doors all day long, and
// addresses, since they are people's.
type serverLog struct{ to *slog.Logger }

var remotePart = regexp.MustCompile(`\b(from|serving) \S+:\d+`)

func (l serverLog) Write(line []byte) (int, error) {
	if text := strings.TrimSpace(string(line)); !strings.Contains(text, "TLS handshake error") {
		l.to.Warn("a connection failed", "error", remotePart.ReplaceAllString(text, "$1 somebody"))
	}
	return len(line), nil
}

// census counts the connections that hold a request, or are about to bring one.
type census struct {
	mu   sync.Mutex
	open map[net.Conn]bool
}

func (c *census) note(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s == http.StateNew || s == http.StateActive {
		c.open[conn] = true
	} else {
		delete(c.open, conn)
	}
}

func (c *census) none() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open) == 0
}

// doors opens the ports. The first is the site's.
func (a *App) doors(handler http.Handler) (out []door, err error) {
	given, err := inherited(os.Getenv, os.Getpid())
	if err != nil {
		return nil, err
	}
	proxies, err := a.Config.TrustedProxies()
	if err != nil {
		return nil, err
	}
	open := func(name, addr string, h http.Handler) (door, error) {
		l := given[name]
		if l == nil {
			if l, err = net.Listen("tcp", addr); err != nil {
				return door{}, fmt.Errorf("listen on %s: %w (another program may use the port, or it needs a right: see docs/OPERATIONS.md)", addr, err)
			}
		}
		l = httpx.LimitConnections(l, a.Config.connections(), proxies)
		return newDoor(l, h, a.Log), nil
	}
	main, err := open(mainSocket, a.Config.Addr, handler)
	if err != nil || a.Certs == nil {
		return []door{main}, err
	}
	main.tls, main.server.TLSConfig = true, a.Certs.TLS()
	plain, err := open(plainSocket, a.Config.PlainAddr, a.Certs.Plain())
	if err != nil {
		return nil, errors.Join(err, main.listener.Close())
	}
	return []door{main, plain}, nil
}

// shut lets running requests finish behind all doors, and then closes what is left.
//
// net/http's Shutdown alone drops a request that was read but not begun. So the doors are closed first, each connection ends with its
// next answer, and Shutdown comes when those that had come in are done.
func shut(ctx context.Context, doors []door) (err error) {
	for _, d := range doors {
		err = errors.Join(err, d.listener.Close())
		<-d.ended // whoever was let in is counted
		d.server.SetKeepAlivesEnabled(false)
	}
	settled, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for _, d := range doors {
		for settled.Err() == nil && !d.busy.none() {
			select {
			case <-settled.Done():
			case <-time.After(time.Millisecond):
			}
		}
		err = errors.Join(err, d.server.Shutdown(ctx))
	}
	return err
}

// certificate tells when the certificate ends, where this site gets its own.
func (a *App) certificate() func(context.Context) (time.Time, error) {
	if a.Certs == nil {
		return nil
	}
	return a.Certs.Expiry
}
