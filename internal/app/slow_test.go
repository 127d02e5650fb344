package app

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serveImpatiently serves with a patience that a test can wait for.
func serveImpatiently(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			return // the client was too slow
		}
		io.WriteString(w, "read whole")
	})
	const short = 50 * time.Millisecond
	server := newServer(handler, patience{head: short, read: 2 * short, write: 2 * short, idle: short})
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

// Whoever begins a request and never ends it loses the connection, and nothing waits for them.
func TestASlowClientIsNotWaitedFor(t *testing.T) {
	addr := serveImpatiently(t)
	for name, begin := range map[string]string{
		"half a header": "POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"half a body":   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbody=",
		"nothing":       "",
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, begin)
		conn.SetReadDeadline(time.Now().Add(30 * time.Second)) // a server that waits for ever fails the test here
		answer, err := io.ReadAll(conn)
		if err != nil {
			t.Errorf("%s: the connection stays open: %v", name, err)
		}
		if strings.Contains(string(answer), "read whole") {
			t.Errorf("%s was taken for a request", name)
		}
	}
}

func TestAHeaderOverTheLimitIsRefused(t *testing.T) {
	req, err := http.NewRequest("GET", "http://"+serveImpatiently(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Long", strings.Repeat("a", 2*maxHeader))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // cut off, which is a refusal too
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("got %d", resp.StatusCode)
	}
}
