package torture

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/sitetest"
)

// thread finds a thread that the patient of the demo may answer in.
func openThread(t *testing.T, s *sitetest.Site) string {
	t.Helper()
	var id string
	s.Must(s.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		id, err = db.One(tx, db.String, `SELECT CAST(t.id AS TEXT) FROM thread t JOIN space s ON s.id = t.space
			WHERE s.slug = 'heart-to-heart' AND t.state = 'open' AND t.closed_at = 0 ORDER BY t.id DESC LIMIT 1`)
		return err
	}))
	return "/t/" + id
}

func TestAFullDiskSaysSoLosesNothingAndRecovers(t *testing.T) {
	s := sitetest.Open(t, "")
	maria, path := s.As("maria_hl"), openThread(t, s)
	limit := func(pages int64) {
		s.Must(s.DB.Outside(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)))
	}
	size, err := s.DB.Size(context.Background())
	s.Must(err)
	limit(size/4096 + 2) // as good as full

	words := "Words that must not be lost. " + strings.Repeat("A long reply needs room on the disk. ", 300)
	full := 0
	for range 20 { // what little room is left is used up first
		answer := maria.Post(path+"/reply", url.Values{"body": {words}})
		if answer.Status == http.StatusServiceUnavailable {
			full++
			if !strings.Contains(answer.Body, "Words that must not be lost.") {
				t.Error("the page of the error has lost what was typed")
			}
			if answer.Header.Get("Retry-After") == "" {
				t.Error("the answer does not say when to come back")
			}
		} else if answer.Status != http.StatusSeeOther {
			t.Fatalf("a full disk gives %d: %.300s", answer.Status, answer.Body)
		}
	}
	if full == 0 {
		t.Fatal("the disk was never full: the test proves nothing")
	}
	if answer := maria.Get(path); answer.Status != http.StatusOK {
		t.Errorf("reading gives %d on a full disk", answer.Status)
	}
	limit(1 << 30)
	if answer := maria.Post(path+"/reply", url.Values{"body": {"There is room again."}}); answer.Status != http.StatusSeeOther {
		t.Errorf("with room again a reply gives %d", answer.Status)
	}
	if answer := maria.Get(path); !strings.Contains(answer.Body, "There is room again.") {
		t.Error("the reply is not there")
	}
}

func TestALostDatabaseSaysSoAndRecoversWithoutARestart(t *testing.T) {
	s, cable := onACable(t)
	maria, path := s.As("maria_hl"), openThread(t, s)

	cable.Pull()
	for _, answer := range []sitetest.Answer{maria.Get(path), maria.Post(path+"/reply", url.Values{"body": {"Into the void."}})} {
		if answer.Status != http.StatusServiceUnavailable || strings.Contains(answer.Body, "127.0.0.1") || strings.Contains(answer.Body, "pgx") {
			t.Errorf("without its database the site answers %d: %.300s", answer.Status, answer.Body)
		}
	}
	cable.Put()
	if answer := maria.Get(path); answer.Status != http.StatusOK {
		t.Errorf("with its database again the site answers %d: %.300s", answer.Status, answer.Body)
	}
	if answer := maria.Post(path+"/reply", url.Values{"body": {"Back again."}}); answer.Status != http.StatusSeeOther {
		t.Errorf("a reply gives %d", answer.Status)
	}
}

// Streams wait while the database is away: they neither end nor hear anything that could not be looked up, and go on by themselves.
func TestStreamsWaitWhileTheDatabaseIsAway(t *testing.T) {
	s, cable := onACable(t)
	maria, path := s.As("maria_hl"), openThread(t, s)
	topic := "t" + strings.TrimPrefix(path, "/t/")
	token := programOf(t, s, "old_oak")
	streams := []*sitetest.Stream{s.As("old_oak").Listen(topic, "").Ready(), s.Visitor().Listen(topic, "").Ready(), s.Listen(token, topic, "").Ready()}

	cable.Pull()
	if answer := maria.Post(path+"/reply", url.Values{"body": {"Into the void."}}); answer.Status != http.StatusServiceUnavailable {
		t.Errorf("without its database the site takes a reply: %d", answer.Status)
	}
	if late := s.Visitor().Listen(topic, streams[1].LastID); late.Status != http.StatusServiceUnavailable {
		t.Errorf("a stream that is opened meanwhile gets %d", late.Status)
	}
	s.Logged("live pages wait")
	cable.Put()
	if answer := maria.Post(path+"/reply", url.Values{"body": {"Back again."}}); answer.Status != http.StatusSeeOther {
		t.Errorf("a reply gives %d", answer.Status)
	}
	for _, st := range streams {
		st.Hear(topic)
	}
	s.Visitor().Listen(topic, streams[1].LastID).Ready()
}

func programOf(t *testing.T, s *sitetest.Site, handle string) string {
	t.Helper()
	actor, err := s.Account.Authenticate(context.Background(), s.As(handle).Token)
	s.Must(err)
	token, err := s.Account.MakeToken(context.Background(), actor, account.TokenInput{Name: "torture", Days: 2, Scopes: core.ScopeRead})
	s.Must(err)
	return token
}

// onACable is a site on PostgreSQL, with the cable between the two.
func onACable(t *testing.T) (*sitetest.Site, *cable) {
	t.Helper()
	u, err := url.Parse(dbtest.PostgresAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	c := plug(t, u.Host)
	u.Host = c.Addr()
	return sitetest.Open(t, u.String()), c
}

// cable is a way to a server that can be pulled out.
type cable struct {
	to       string
	listener net.Listener
	mu       sync.Mutex
	out      bool
	open     map[net.Conn]bool
}

func plug(t *testing.T, to string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{to: to, listener: l, open: map[net.Conn]bool{}}
	t.Cleanup(func() { l.Close(); c.Pull() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(in)
		}
	}()
	return c
}

// Addr is where to connect to.
func (c *cable) Addr() string { return c.listener.Addr().String() }

func (c *cable) carry(in net.Conn) {
	out, err := net.Dial("tcp", c.to)
	if err != nil || !c.keep(in, out) {
		in.Close()
		if err == nil {
			out.Close()
		}
		return
	}
	go func() { io.Copy(out, in); out.Close() }()
	io.Copy(in, out)
	in.Close()
}

func (c *cable) keep(conns ...net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range conns {
		c.open[k] = true
	}
	return !c.out
}

// Pull cuts all connections and lets none through.
func (c *cable) Pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = true
	for k := range c.open {
		k.Close()
	}
	c.open = map[net.Conn]bool{}
}

// Put lets connections through again.
func (c *cable) Put() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = false
}
