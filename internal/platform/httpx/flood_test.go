package httpx_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"dayroom/internal/platform/httpx"
)

func TestAnAddressThatFloodsIsToldWhenToComeBack(t *testing.T) {
	f, now := httpx.NewFlood(5), time.Unix(1_800_000_000, 0)
	for i := range 50 {
		if wait := f.Take("192.0.2.1", now); wait != 0 {
			t.Fatalf("request %d of the burst has to wait %s", i+1, wait)
		}
	}
	wait := f.Take("192.0.2.1", now)
	if wait != 200*time.Millisecond {
		t.Errorf("after the burst the wait is %s, want 200ms", wait)
	}
	if other := f.Take("192.0.2.2", now); other != 0 {
		t.Errorf("somebody else has to wait %s", other)
	}
	if again := f.Take("192.0.2.1", now.Add(wait)); again != 0 {
		t.Errorf("who waited has to wait %s more", again)
	}
	if refused := f.Take("192.0.2.1", now.Add(wait)); refused == 0 {
		t.Error("waiting for one request allowed two")
	}
}

// What was refused does not count: who keeps trying is not locked out for longer.
func TestTryingTooSoonDoesNotLengthenTheWait(t *testing.T) {
	f, now := httpx.NewFlood(5), time.Unix(1_800_000_000, 0)
	for range 500 {
		f.Take("192.0.2.1", now)
	}
	if wait := f.Take("192.0.2.1", now); wait > time.Second {
		t.Errorf("the wait grew to %s", wait)
	}
}

func TestAFloodOfAddressesIsForgotten(t *testing.T) {
	f, now := httpx.NewFlood(5), time.Unix(1_800_000_000, 0)
	for i := range 10_000 {
		f.Take(fmt.Sprintf("2001:db8:%x::/64", i), now)
	}
	f.Take("192.0.2.1", now.Add(time.Hour))
	if n := httpx.Remembered(f); n != 1 {
		t.Errorf("%d addresses are remembered an hour later", n)
	}
}

func TestThisMachineIsNotCounted(t *testing.T) {
	refused := 0
	h := httpx.NewFlood(1).Wrap(http.NotFoundHandler(), func(r *http.Request) string { return r.Header.Get("X-From") },
		func(w http.ResponseWriter, _ *http.Request, _ time.Duration) { refused++ })
	send := func(from string) int {
		refused = 0
		for range 100 {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("X-From", from)
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
		return refused
	}
	for from, want := range map[string]bool{"127.0.0.1": false, "::1/64": false, "192.0.2.7": true, "2001:db8::/64": true} {
		if got := send(from) > 0; got != want {
			t.Errorf("%s is refused: %t, want %t", from, got, want)
		}
	}
}

// fake is a listener whose connections come from wherever the test says.
type fake struct{ conns chan net.Conn }

type from struct {
	net.Conn
	addr   string
	closed *bool
}

func (f from) RemoteAddr() net.Addr      { a, _ := net.ResolveTCPAddr("tcp", f.addr); return a }
func (f from) Close() error              { *f.closed = true; return nil }
func (f fake) Accept() (net.Conn, error) { return <-f.conns, nil }
func (f fake) Close() error              { return nil }
func (f fake) Addr() net.Addr            { return &net.TCPAddr{} }
func (f fake) dial(addr string) (closed *bool) {
	closed = new(bool)
	f.conns <- from{addr: addr, closed: closed}
	return
}

func TestAnAddressHoldsNoMoreThanItsConnections(t *testing.T) {
	f := fake{make(chan net.Conn, 10)}
	l := httpx.LimitConnections(f, 2, nil)
	accept := func() net.Conn {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	f.dial("192.0.2.1:1")
	f.dial("192.0.2.1:2")
	first, _ := accept(), accept()
	third := f.dial("192.0.2.1:3")
	f.dial("192.0.2.2:1")
	if got := accept().RemoteAddr().String(); got != "192.0.2.2:1" || !*third {
		t.Errorf("the third connection of an address was taken (next is %s, closed %t)", got, *third)
	}
	first.Close()
	first.Close() // counts once
	f.dial("192.0.2.1:4")
	if got := accept().RemoteAddr().String(); got != "192.0.2.1:4" {
		t.Errorf("after one was closed the next is %s", got)
	}
	fifth := f.dial("192.0.2.1:5")
	f.dial("127.0.0.1:1")
	f.dial("127.0.0.1:2")
	f.dial("127.0.0.1:3")
	for range 3 {
		accept()
	}
	if !*fifth {
		t.Error("closing one connection twice made room for two")
	}
}
