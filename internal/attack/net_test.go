package attack

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"dayroom/internal/core"

	"golang.org/x/net/dns/dnsmessage"
)

// trap is something inside the operator's network that nobody outside may reach: it counts who knocks.
type trap struct {
	Port   uint16
	knocks atomic.Int32
}

// setTrap listens on an address of this machine.
func setTrap(t *testing.T, address string) *trap {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Fatal(err)
	}
	trap := &trap{Port: uint16(listener.Addr().(*net.TCPAddr).Port)}
	server := &http.Server{
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the crown jewels")) }),
		ConnState: func(_ net.Conn, s http.ConnState) { trap.knock(s) },
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return trap
}

func (t *trap) knock(s http.ConnState) {
	if s == http.StateNew {
		t.knocks.Add(1)
	}
}

// at is the trap's address under some host.
func (t *trap) at(host string) string {
	return "http://" + host + ":" + strconv.Itoa(int(t.Port)) + "/"
}

// names answers questions for addresses: each host has a list, all of which is given at once.
type names map[string][]string

// resolver is a resolver that asks nobody else.
func (n names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go n.serve(ours)
		return theirs, nil
	}}
}

// serve answers one question in the framing of DNS over TCP (RFC 1035, 4.2.2).
func (n names) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	buf := make([]byte, 1024)
	read := 0
	for read < 2 {
		more, err := conn.Read(buf[read:])
		if err != nil {
			return
		}
		read += more
	}
	var q dnsmessage.Message
	if q.Unpack(buf[2:read]) != nil || len(q.Questions) != 1 {
		return
	}
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: q.ID, Response: true, Authoritative: true}, Questions: q.Questions}
	for _, text := range n[strings.ToLower(q.Questions[0].Name.String())] {
		addr := netip.MustParseAddr(text)
		head := dnsmessage.ResourceHeader{Name: q.Questions[0].Name, Type: q.Questions[0].Type, Class: dnsmessage.ClassINET}
		switch {
		case addr.Is4() && head.Type == dnsmessage.TypeA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: addr.As4()}})
		case addr.Is6() && head.Type == dnsmessage.TypeAAAA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	packed, err := reply.AppendPack(make([]byte, 2))
	if err != nil {
		return
	}
	packed[0], packed[1] = byte((len(packed)-2)>>8), byte(len(packed)-2)
	_, _ = conn.Write(packed)
}

func keyOf(err error) string {
	var e *core.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

func portOf(t *testing.T, address string) uint16 {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return uint16(n)
}
