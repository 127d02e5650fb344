package live

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
)

// paper keeps what a stream is told.
type paper struct {
	said   string
	full   bool
	gone   bool
	closed bool
}

func (p *paper) send(m []byte) error {
	if p.full {
		return errSlow
	}
	p.said += string(m)
	return nil
}

func (p *paper) alive() bool { return !p.gone }
func (p *paper) close()      { p.closed = true }

func thread(id core.ID) Topic { return Topic{'t', id} }

func join(t *testing.T, h *Hub, a core.Actor, address string, grants ...Grant) (*Stream, *paper) {
	t.Helper()
	p := &paper{}
	s := &Stream{Actor: a, Address: address, out: p}
	if err := h.add(s, grants, func() []byte { return nil }); err != nil {
		t.Fatal(err)
	}
	return s, p
}

func TestASignalReachesThoseWhoListenToItsTopic(t *testing.T) {
	h := NewHub(Limits{})
	_, one := join(t, h, core.Visitor, "", Grant{Topic: thread(1)})
	_, two := join(t, h, core.Visitor, "", Grant{Topic: thread(2)}, Grant{Topic: thread(1)})
	_, three := join(t, h, core.Visitor, "", Grant{Topic: thread(3)})
	h.Tell(7, []Signal{{Topic: thread(1)}, {Topic: thread(2)}, {Topic: thread(1)}})
	if one.said != "id: 7\ndata: 0 t1\n\n" || two.said != "id: 7\ndata: 0 t1 t2\n\n" || three.said != "" {
		t.Errorf("%q %q %q", one.said, two.said, three.said)
	}
}

func TestWhatIsInsideIsToldToThoseInsideAndToWhoeverDidIt(t *testing.T) {
	h := NewHub(Limits{})
	author := core.Actor{Member: 5}
	_, out := join(t, h, core.Visitor, "", Grant{Topic: thread(1)})
	_, other := join(t, h, core.Actor{Member: 6}, "", Grant{Topic: thread(1)})
	_, mine := join(t, h, author, "", Grant{Topic: thread(1)})
	_, steward := join(t, h, core.Actor{Member: 7}, "", Grant{Topic: thread(1), Inside: true})
	h.Tell(1, []Signal{{Topic: thread(1), Inside: true, By: 5}})
	h.Tell(2, []Signal{{Topic: thread(1), Inside: true}})
	if out.said != "" || other.said != "" || strings.Count(mine.said, "t1") != 1 || strings.Count(steward.said, "t1") != 2 {
		t.Errorf("%q %q %q %q", out.said, other.said, mine.said, steward.said)
	}
}

func TestAReaderWhoDoesNotKeepUpIsDroppedAndNobodyWaits(t *testing.T) {
	h := NewHub(Limits{})
	_, slow := join(t, h, core.Visitor, "", Grant{Topic: thread(1)})
	_, quick := join(t, h, core.Visitor, "", Grant{Topic: thread(1)})
	slow.full = true
	h.Tell(1, []Signal{{Topic: thread(1)}})
	if !slow.closed || quick.said == "" || h.Open() != 1 || h.Dropped() != 1 {
		t.Errorf("closed %v, %q, %d open, %d dropped", slow.closed, quick.said, h.Open(), h.Dropped())
	}
}

func TestTopicsComeAndGoWithoutLosingOthers(t *testing.T) {
	h := NewHub(Limits{})
	var streams []*Stream
	var papers []*paper
	for i := range 20 {
		s, p := join(t, h, core.Actor{Member: core.ID(i + 1)}, "", Grant{Topic: thread(1)}, Grant{Topic: thread(2)}, Grant{Topic: thread(core.ID(10 + i%3))})
		streams, papers = append(streams, s), append(papers, p)
	}
	for i, s := range streams {
		switch i % 3 {
		case 0:
			h.Drop(s)
		case 1:
			h.Allow(s, s.Actor, []Grant{{Topic: thread(2)}})
		}
	}
	h.Tell(9, []Signal{{Topic: thread(1)}, {Topic: thread(2)}, {Topic: thread(12)}})
	for i, p := range papers {
		want := []string{"", "event: gone\ndata: t11 t1\n\nid: 9\ndata: 15 t2\n\n", "id: 9\ndata: 15 t1 t2 t12\n\n"}[i%3]
		if got := strings.ReplaceAll(p.said, "data: 26 ", "data: 15 "); got != want {
			t.Errorf("stream %d heard %q, want %q", i, p.said, want)
		}
	}
	h.Drop(streams...)
	if h.Open() != 0 || len(h.groups) != 0 || len(h.members) != 0 {
		t.Errorf("something is left: %d, %v, %v", h.Open(), h.groups, h.members)
	}
}

func TestBoundsHold(t *testing.T) {
	h := NewHub(Limits{Total: 5, Address: 2, Member: 1})
	join(t, h, core.Visitor, "192.0.2.1")
	gone, _ := join(t, h, core.Visitor, "192.0.2.1")
	if err := h.Room("192.0.2.1"); !errors.Is(err, ErrMany) {
		t.Errorf("a third from one address: %v", err)
	}
	h.Drop(gone)
	if err := h.Room("192.0.2.1"); err != nil {
		t.Errorf("after one has gone: %v", err)
	}
	_, old := join(t, h, core.Actor{Member: 1}, "192.0.2.2")
	_, fresh := join(t, h, core.Actor{Member: 1}, "192.0.2.3")
	if !old.closed || fresh.closed {
		t.Error("a member's newest stream does not take the place of the oldest")
	}
	for i := range 3 {
		join(t, h, core.Visitor, fmt.Sprint("192.0.2.", 10+i))
	}
	if err := h.Room("192.0.2.99"); !errors.Is(err, ErrMany) {
		t.Errorf("beyond the total: %v", err)
	}
}

func TestTheWheelFindsWhoHasGoneAndTellsTheOthers(t *testing.T) {
	h := NewHub(Limits{})
	_, here := join(t, h, core.Visitor, "", Grant{Topic: thread(1)})
	_, left := join(t, h, core.Visitor, "", Grant{Topic: thread(1)})
	left.gone = true
	for range heartbeat {
		h.Beat(3)
	}
	if here.said != "id: 3\ndata: 0\n\n" || !left.closed || h.Open() != 1 {
		t.Errorf("%q, closed %v, %d open", here.said, left.closed, h.Open())
	}
}

// The same over real connections, taken over and not.
func TestAStreamOverTheWire(t *testing.T) {
	for name, hide := range map[string]bool{"taken over": false, "served by a goroutine": true} {
		t.Run(name, func(t *testing.T) {
			h := NewHub(Limits{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if hide {
					w = noHijack{w}
				}
				_ = h.Serve(w, r, Opening{Grants: []Grant{{Topic: thread(1)}}, Missed: func() []byte { return Message(4, 0, nil) }})
			}))
			defer server.Close()
			defer h.Stop()
			res, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			lines := bufio.NewScanner(res.Body)
			until := func(want string) {
				t.Helper()
				for lines.Scan() {
					if lines.Text() == want {
						return
					}
				}
				t.Fatalf("the stream ended before %q", want)
			}
			until("id: 4")
			h.Tell(5, []Signal{{Topic: thread(1)}})
			until("data: 0 t1")
			h.Stop()
			stayed := ""
			for lines.Scan() {
				stayed += lines.Text()
			}
			if !strings.Contains(stayed, "retry: ") {
				t.Errorf("at the end it says %q", stayed)
			}
		})
	}
}

type noHijack struct{ http.ResponseWriter }

func (n noHijack) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}
func (n noHijack) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// A client that opens a stream and reads nothing is dropped once the kernel's buffers are full, and holds nobody up.
func TestAClientThatReadsNothingIsDropped(t *testing.T) {
	h := NewHub(Limits{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = h.Serve(w, r, Opening{Grants: []Grant{{Topic: thread(1)}}, Missed: func() []byte { return nil }})
	}))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	for deadline := time.Now().Add(10 * time.Second); h.Open() == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	begin := time.Now()
	for n := int64(0); h.Open() > 0; n++ {
		h.Tell(n, []Signal{{Topic: thread(1)}})
		if time.Since(begin) > 30*time.Second {
			t.Fatal("it is never dropped")
		}
	}
	if h.Dropped() != 1 {
		t.Errorf("%d dropped", h.Dropped())
	}
}

func TestListsOfTopicsAreRead(t *testing.T) {
	got, err := ParseWants(" t123@4567  n s4@9 s4@8 ")
	if err != nil || len(got) != 3 || got[0] != (Want{thread(123), 4567}) || got[1] != (Want{Topic: Topic{'n', 0}}) || got[2] != (Want{Topic{'s', 4}, 8}) {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"", " ", "@4", "t1@", "t1@-1", "t1@1e3", "t-1", "t01", "T1", "1", "t1@99999999999999999999", "t99999999999999999999", strings.Repeat("t1 ", 5000)} {
		if got, err := ParseWants(bad); err == nil {
			t.Errorf("%.30q is read as %v", bad, got)
		}
	}
	many := ""
	for i := range MaxTopics + 1 {
		many += fmt.Sprint("t", i+1, " ")
	}
	if _, err := ParseWants(many); err == nil {
		t.Error("more topics than a stream may have")
	}
}

func FuzzParseWants(f *testing.F) {
	for _, seed := range []string{"t123@4567 n s4", "", "t1@", "\x00", "t1\u00a0s2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		wants, err := ParseWants(text)
		if err != nil {
			return
		}
		again := ""
		for _, w := range wants {
			if w.After < 0 || w.ID < 0 || w.Kind < 'a' || w.Kind > 'z' {
				t.Fatalf("%q is read as %v", text, w)
			}
			again += fmt.Sprintf("%s@%d ", w.Topic, w.After)
		}
		if len(again) > maxWants {
			return
		}
		back, err := ParseWants(again)
		if err != nil || len(back) != len(wants) {
			t.Fatalf("%q is read as %v and back as %v, %v", text, wants, back, err)
		}
	})
}
