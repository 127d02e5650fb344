package live

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"dayroom/internal/core"
)

// Opening is a stream that is about to be opened.
type Opening struct {
	Actor   core.Actor
	Address string
	Grants  []Grant
	Missed  func() []byte // what is sent first; called while no signal can pass
}

// retry is how long a browser waits before it comes back after a line broke.
const retry = "retry: 3000\n\n"

// Serve answers a request with a stream. It returns at once where the connection can be taken over, and else when the stream ends.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, o Opening) error {
	if err := h.Room(o.Address); err != nil {
		return err
	}
	s := &Stream{Actor: o.Actor, Address: o.Address}
	head := w.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // nginx would keep what is small
	if conn := takeOver(w, r); conn != nil {
		var b bytes.Buffer
		b.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n")
		head.Write(&b)
		b.WriteString("\r\n" + retry)
		s.out = conn
		if conn.send(b.Bytes()) != nil {
			conn.close()
			return nil
		}
		if err := h.add(s, o.Grants, o.Missed); err != nil {
			conn.close() // somebody else took the last place meanwhile: the browser comes back
		}
		return nil
	}
	return h.attend(w, r, s, o)
}

// takeOver takes the connection out of net/http where it can be written to without waiting; nil where it cannot.
func takeOver(w http.ResponseWriter, r *http.Request) outlet {
	if r.ProtoMajor != 1 || r.TLS != nil || !canRaw {
		return nil
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil
	}
	return fromHijack(conn, rw)
}

func fromHijack(conn net.Conn, _ *bufio.ReadWriter) outlet {
	if sc, ok := conn.(syscall.Conn); ok {
		if rc, err := sc.SyscallConn(); err == nil {
			return newRaw(conn, rc)
		}
	}
	return &blocking{conn: conn}
}

// blocking writes to a connection of an unknown kind, and waits a moment at most.
type blocking struct{ conn net.Conn }

const blockingWait = 50 * time.Millisecond

func (b *blocking) send(m []byte) error {
	if err := b.conn.SetWriteDeadline(time.Now().Add(blockingWait)); err != nil {
		return err
	}
	_, err := b.conn.Write(m)
	return err
}

func (b *blocking) alive() bool { return true }

func (b *blocking) close() { b.conn.Close() }

// queued is a stream that a goroutine serves.
type queued struct {
	messages chan []byte
	done     chan struct{}
	once     sync.Once
}

// backlog is how many messages may wait for a reader, and sendTime how long it may take for one.
const (
	backlog  = 16
	sendTime = 10 * time.Second
)

var errSlow = errors.New("the reader does not keep up")

func (q *queued) send(m []byte) error {
	select {
	case q.messages <- m:
		return nil
	default:
		return errSlow
	}
}

func (q *queued) alive() bool { return true }

func (q *queued) close() { q.once.Do(func() { close(q.done) }) }

// attend serves a stream until it ends.
func (h *Hub) attend(w http.ResponseWriter, r *http.Request, s *Stream, o Opening) error {
	q := &queued{messages: make(chan []byte, backlog), done: make(chan struct{})}
	s.out = q
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // the server's own would end the request
	write := func(m []byte) error {
		_ = control.SetWriteDeadline(time.Now().Add(sendTime))
		if _, err := w.Write(m); err != nil {
			return err
		}
		return control.Flush()
	}
	if err := write([]byte(retry)); err != nil {
		return nil
	}
	if err := h.add(s, o.Grants, o.Missed); err != nil {
		return nil
	}
	defer h.Drop(s)
	for {
		select {
		case m := <-q.messages:
			if write(m) != nil {
				return nil
			}
		case <-q.done:
			for { // what was sent before the end still leaves, such as when to come back
				select {
				case m := <-q.messages:
					if write(m) != nil {
						return nil
					}
				default:
					return nil
				}
			}
		case <-r.Context().Done():
			return nil
		}
	}
}
