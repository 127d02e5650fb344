package httpx

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Flood bounds how many requests one address may send, before anything is done for them. It follows the generic cell rate algorithm
// (ITU-T I.371): for each address it holds the one moment at which its allowance would be whole again.
//
// A whole hospital may sit behind one address, so the allowance is wide: it stops a program in a loop, not people. Loopback is not
// counted: it is this machine, or a proxy whose visitors could not be told apart.
type Flood struct {
	every time.Duration // one request more is allowed after this time
	burst time.Duration // how far ahead of time the requests of an address may run

	mu    sync.Mutex
	whole map[string]time.Time // when the allowance of an address is whole again
	sweep time.Time            // when addresses with a whole allowance are forgotten next
}

// floodBurst is how many seconds' worth of requests may come at once: opening several pages with all that they hold.
const floodBurst = 10

// floodSweep is how often addresses are forgotten that have their whole allowance again.
const floodSweep = time.Minute

// NewFlood allows so many requests a second in the long run, and ten times as many at once.
func NewFlood(perSecond int) *Flood {
	every := time.Second / time.Duration(perSecond)
	return &Flood{every: every, burst: floodBurst * time.Second, whole: map[string]time.Time{}}
}

// Take counts a request of an address at a moment. When the address has used its allowance up, Take gives how long it has to wait.
func (f *Flood) Take(address string, now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.After(f.sweep) {
		f.forget(now)
	}
	whole := f.whole[address]
	if whole.Before(now) {
		whole = now
	}
	next := whole.Add(f.every)
	if over := next.Sub(now) - f.burst; over > 0 {
		return over
	}
	f.whole[address] = next
	return 0
}

func (f *Flood) forget(now time.Time) {
	for address, whole := range f.whole {
		if whole.Before(now) {
			delete(f.whole, address)
		}
	}
	f.sweep = now.Add(floodSweep)
}

// Wrap asks Take before each request. address tells whose request it is; refuse answers one that came too soon.
func (f *Flood) Wrap(next http.Handler, address func(*http.Request) string, refuse func(http.ResponseWriter, *http.Request, time.Duration)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who := address(r); !loopback(who) {
			if wait := f.Take(who, time.Now()); wait > 0 {
				refuse(w, r, wait)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// Allow is Take for one part of a site, where readers are told apart by more than their address: key names the reader. Whoever cannot be
// told apart because the address is this machine's, and no more is known, is let through.
func (f *Flood) Allow(key, address string, now time.Time) time.Duration {
	if key == "" {
		if loopback(address) {
			return 0
		}
		key = address
	}
	return f.Take(key, now)
}

func loopback(address string) bool {
	if a, err := netip.ParseAddr(address); err == nil {
		return a.IsLoopback()
	}
	p, err := netip.ParsePrefix(address)
	return err == nil && p.Addr().IsLoopback()
}

// LimitConnections bounds the open connections of one address to a listener: whoever opens a thousand and says nothing on them
// holds no more than most. Connections over the bound are closed at once. Those from exempt networks (loopback always) are not counted.
func LimitConnections(l net.Listener, most int, exempt []netip.Prefix) net.Listener {
	return &limited{Listener: l, most: most, exempt: exempt, open: map[netip.Addr]int{}}
}

type limited struct {
	net.Listener
	most   int
	exempt []netip.Prefix

	mu   sync.Mutex
	open map[netip.Addr]int
}

// Accept gives the next connection that is within the bound.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		remote, err := netip.ParseAddrPort(c.RemoteAddr().String())
		if err != nil {
			return c, nil // no address of a network: a Unix socket
		}
		addr := remote.Addr().Unmap().WithZone("")
		if addr.IsLoopback() || contains(l.exempt, addr) {
			return c, nil
		}
		if l.enter(addr) {
			return &counted{Conn: c, leave: func() { l.leave(addr) }}, nil
		}
		c.Close()
	}
}

func (l *limited) enter(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[a] >= l.most {
		return false
	}
	l.open[a]++
	return true
}

func (l *limited) leave(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[a]--; l.open[a] <= 0 {
		delete(l.open, a)
	}
}

type counted struct {
	net.Conn
	once  sync.Once
	leave func()
}

// SyscallConn lets live streams write without waiting.
func (c *counted) SyscallConn() (syscall.RawConn, error) {
	if inner, ok := c.Conn.(syscall.Conn); ok {
		return inner.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// Close leaves the count, once.
func (c *counted) Close() error {
	c.once.Do(c.leave)
	return c.Conn.Close()
}
