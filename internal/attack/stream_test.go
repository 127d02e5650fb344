package attack

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/live"
	"dayroom/internal/sitetest"
)

// Somebody plays with the streams on which pages and programs hear that something happened.

// What a stranger may not hear of and what is not there are told alike.
func TestAForgedTopicIsGoneWhetherItExistsOrNot(t *testing.T) {
	s := open(t)
	one := func(query string, args ...any) (id core.ID) {
		s.Must(s.DB.View(t.Context(), func(tx *db.Tx) (err error) {
			id, err = db.One(tx, db.ID, query, args...)
			return err
		}))
		return id
	}
	there := map[string]string{
		"a thread in rounds":     "t" + one("SELECT t.id FROM thread t JOIN space s ON s.id = t.space WHERE s.kind = 'rounds' LIMIT 1").String(),
		"rounds":                 "s" + one("SELECT id FROM space WHERE kind = 'rounds' LIMIT 1").String(),
		"another's notices":      "n" + s.actor("keeper").Member.String(),
		"a topic of no kind":     "q7",
		"a thread that is none":  "t7",
		"a comment as a thread":  "t" + one("SELECT id FROM comment LIMIT 1").String(),
		"a space without a name": "s",
		"notices of nobody":      "n",
	}
	token := s.program("maria_hl", core.ScopeRead).token()
	for what, topic := range there {
		for path, header := range map[string]http.Header{
			"/live":          {},
			"/api/v1/stream": {"Authorization": {"Bearer " + token}},
		} {
			_, said := s.ListenWith(path, topic, header).Ended()
			if want := "event: gone\ndata: " + topic + "\n\n"; !strings.Contains(said, want) || strings.Contains(said, "data: 0 ") {
				t.Errorf("%s, %s: %q", path, what, said)
			}
		}
	}
}

func TestNonsenseInsteadOfTopicsIsRefused(t *testing.T) {
	s := open(t)
	for _, topics := range []string{"", " ", "T1", "1", "t-1", "t1;t2", "t9223372036854775808", "t1@", "t1@-5", "t1@1e9", "t1@9999999999999999999", "t\x00", "٣", "t1,t2",
		strings.Repeat("t1 ", 2000), distinct(live.MaxTopics + 1)} {
		for _, path := range []string{"/live", "/api/v1/stream"} {
			if st := s.ListenWith(path, topics, http.Header{}); st.Status != 422 {
				t.Errorf("%s: %.40q gets %d", path, topics, st.Status)
			}
		}
	}
	for _, last := range []string{"-1", "yesterday", "1 2", "99999999999999999999", "0x10", strings.Repeat("1", 5000)} {
		for _, path := range []string{"/live", "/api/v1/stream"} {
			if st := s.ListenWith(path, "t1", http.Header{"Last-Event-Id": {last}}); st.Status != 422 {
				t.Errorf("%s: after %.40q gets %d", path, last, st.Status)
			}
		}
	}
	if st := s.ListenWith("/live", distinct(live.MaxTopics), http.Header{}); st.Status != 200 {
		t.Errorf("as many as are allowed get %d", st.Status)
	}
}

func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "t%d ", 1000+i)
	}
	return strings.TrimSpace(b.String())
}

// bounded is a site behind a proxy, with the bounds that a served site has.
func bounded(t *testing.T) site {
	return site{sitetest.OpenWith(t, func(c *app.Config) { c.Proxies, c.Flood = "127.0.0.0/8", "10000" })}
}

// An address holds so many streams and no more, and the others do not notice.
func TestOneAddressDoesNotTakeEveryStream(t *testing.T) {
	s := bounded(t)
	topic := "s" + s.SpaceID("heart-to-heart").String()
	from := func(address string) *sitetest.Stream {
		return s.ListenWith("/live", topic, http.Header{"X-Forwarded-For": {address}})
	}
	for range live.DefaultLimits.Address {
		from("203.0.113.9").Ready()
	}
	if st := from("203.0.113.9"); st.Status != 429 {
		t.Errorf("one too many gets %d", st.Status)
	}
	if st := from("203.0.113.10"); st.Status != 200 {
		t.Errorf("another address gets %d", st.Status)
	}
	if n := s.Live.Hub.Open(); n > live.DefaultLimits.Address+1 {
		t.Errorf("%d streams are open", n)
	}
}

// A member's programs push each other out and never the member's own browser.
func TestAMembersProgramsPushOnlyEachOtherOut(t *testing.T) {
	s := bounded(t)
	topic := "n" + s.actor("maria_hl").Member.String()
	browser := s.As("maria_hl").Listen(topic, "").Ready()
	token := s.program("maria_hl", core.ScopeRead).token()
	first := s.Listen(token, topic, "").Ready()
	for range live.DefaultLimits.Member {
		s.Listen(token, topic, "").Ready()
	}
	first.Ended()
	if n := s.Live.Hub.Open(); n != live.DefaultLimits.Member+1 {
		t.Errorf("%d streams are open, of programs and one browser", n)
	}
	browser.Close()
}

// Whoever opens a stream and goes away without a word, or goes on talking on it, is found and let go.
func TestAStreamThatIsHalfOpenIsLetGo(t *testing.T) {
	s := open(t)
	topic := "s" + s.SpaceID("heart-to-heart").String()
	dial := func() *net.TCPConn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		s.Must(err)
		s.Cleanup(func() { conn.Close() })
		_, err = fmt.Fprintf(conn, "GET /live?on=%s HTTP/1.1\r\nHost: %s\r\n\r\n", topic, strings.TrimPrefix(s.URL, "http://"))
		s.Must(err)
		return conn.(*net.TCPConn)
	}
	for what, act := range map[string]func(*net.TCPConn) error{
		"hangs up its side": func(c *net.TCPConn) error { return c.CloseWrite() },
		"hangs up hard":     func(c *net.TCPConn) error { _ = c.SetLinger(0); return c.Close() },
	} {
		conn := dial()
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			t.Fatalf("%q %v", line, err)
		}
		s.Must(act(conn))
		left := false
		for deadline := time.Now().Add(20 * time.Second); !left && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			left = s.Live.Hub.Open() == 0
		}
		if !left {
			t.Errorf("a client that %s keeps its stream", what)
		}
	}
}
