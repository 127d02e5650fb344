package torture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/webhook"
)

var ctx = context.Background()

// Three servers have one site on PostgreSQL, and one of them is killed while people write by all three: no reply that was acknowledged is lost or
// there twice, streams go on elsewhere and miss nothing, and work is done once.
func TestThreeServersShareASiteAndOneIsKilled(t *testing.T) {
	s := newShared(t)
	for i := range s.servers {
		s.servers[i].start()
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	var people sync.WaitGroup
	listeners := make([]*listener, len(s.servers))
	for i := range listeners {
		listeners[i] = &listener{shared: s, at: i, heard: make(chan struct{}, 1)}
		people.Go(func() { listeners[i].run(work) })
	}
	for i := range 6 {
		people.Go(func() { s.write(work, i) })
	}
	s.atLeast(60)
	s.servers[1].kill()
	s.atLeast(160)
	s.finish.Store(true)
	last := s.lastEvent()
	for i, l := range listeners {
		l.until(last)
		t.Logf("stream %d came back %d times", i, l.came-1)
	}
	stop()
	people.Wait()
	s.everyReplyOnce()
	s.everyJobOnce()
	s.everyNoteOnce()
}

// shared is a site with several servers.
type shared struct {
	*world
	db      *db.DB
	servers [3]*server
	thread  core.ID
	tokens  []string
	notes   *receiver
	finish  atomic.Bool
}

func newShared(t *testing.T) *shared {
	site, store := dbtest.EmptyPostgres(t), dbtest.EmptyPostgres(t)
	s := &shared{world: newWorld(t), notes: newReceiver(t)}
	cfg := app.Config{Addr: "127.0.0.1:0", Data: s.data, DB: site, Keys: store, KeyFile: filepath.Join(s.data, "root.key"),
		BaseURL: "http://" + s.addr, SMTPTLS: "starttls", Log: "text", WebhookHosts: s.notes.host}
	a, err := app.OpenAt(ctx, cfg, slog.New(slog.DiscardHandler), core.SystemClock{})
	s.must(err)
	s.must(a.FillDemo(ctx))
	for _, handle := range []string{"maria_hl", "old_oak", "keeper"} {
		s.tokens = append(s.tokens, s.token(a, handle))
	}
	_, _, err = a.Webhooks.Create(ctx, s.actor(a, "keeper"), webhook.Input{Name: "A neighbour", URL: s.notes.server.URL, Kinds: []string{"comment.created"}})
	s.must(err)
	s.must(a.DB.View(ctx, func(tx *db.Tx) (err error) {
		s.thread, err = db.One(tx, db.ID, `SELECT t.id FROM thread t JOIN space s ON s.id = t.space
			WHERE s.slug = 'heart-to-heart' AND t.state = 'open' ORDER BY t.id DESC LIMIT 1`)
		return err
	}))
	s.must(a.Close())
	s.db, err = db.Open(ctx, site)
	s.must(err)
	t.Cleanup(func() { s.db.Close() })
	for i := range s.servers {
		s.servers[i] = &server{shared: s, addr: freePort(t), config: cfg}
		t.Cleanup(s.servers[i].kill)
	}
	return s
}

func (s *shared) actor(a *app.App, handle string) core.Actor {
	s.Helper()
	actor := core.Actor{Handle: handle, Standing: core.Active}
	s.must(a.DB.View(ctx, func(tx *db.Tx) (err error) {
		actor.Member, err = db.One(tx, db.ID, "SELECT id FROM member WHERE handle = $1", handle)
		return err
	}))
	if handle == "keeper" {
		actor.Role = core.RoleAdmin
	}
	return actor
}

func (s *shared) token(a *app.App, handle string) string {
	s.Helper()
	entry, err := a.Account.EnterUnproved(ctx, handle, account.From{Address: "127.0.0.1", Agent: "torture"})
	s.must(err)
	actor, err := a.Account.Authenticate(ctx, entry.Token)
	s.must(err)
	token, err := a.Account.MakeToken(ctx, actor, account.TokenInput{Name: "torture", Days: 2, Scopes: core.ScopeRead | core.ScopeWrite})
	s.must(err)
	return token
}

// server is one of them.
type server struct {
	*shared
	addr   string
	config app.Config
	cmd    *exec.Cmd
}

func (v *server) start() {
	v.Helper()
	c := v.config
	v.cmd = exec.Command(v.binary, "serve", "--addr", v.addr, "--data", v.TempDir(), "--db", c.DB, "--keys", c.Keys, "--key-file", c.KeyFile,
		"--media", filepath.Join(c.Data, "media"), "--base-url", c.BaseURL, "--flood", "0", "--api-rate", "0", "--backup-keep", "0", "--webhook-hosts", c.WebhookHosts)
	out, err := v.cmd.StdoutPipe()
	v.must(err)
	v.must(v.cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "Dayroom is at") {
			go io.Copy(io.Discard, out)
			return
		}
	}
	v.Fatal("a server did not start")
}

func (v *server) kill() {
	if v.cmd != nil {
		v.cmd.Process.Kill() // SIGKILL
		v.cmd.Wait()
		v.cmd = nil
	}
}

// write replies by one server or another until it is told to stop. Whoever gets no answer asks another server with the same key.
func (s *shared) write(ctx context.Context, who int) {
	client := &http.Client{Timeout: 20 * time.Second}
	for n := 0; ctx.Err() == nil && !s.finish.Load(); n++ {
		body := fmt.Sprintf("Writer %d says number %d.", who, n)
		for {
			status, err := s.send(ctx, client, s.servers[rand.IntN(len(s.servers))].addr, s.tokens[who%len(s.tokens)], body)
			if ctx.Err() != nil {
				return
			}
			if err == nil && status == http.StatusCreated {
				break
			}
			if err == nil && status < 500 && status != http.StatusConflict { // 409: the server that died had begun with this key
				s.Errorf("a reply is answered with %d", status)
				return
			}
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
		s.mu.Lock()
		s.kept = append(s.kept, body)
		s.mu.Unlock()
		select {
		case s.heard <- struct{}{}:
		default:
		}
	}
}

func (s *shared) send(ctx context.Context, client *http.Client, addr, token, body string) (int, error) {
	sent, err := json.Marshal(map[string]string{"body": body})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/api/v1/threads/"+s.thread.String()+"/comments", bytes.NewReader(sent))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", strings.ReplaceAll(strings.Trim(body, "."), " ", "-"))
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

func (s *shared) atLeast(n int) {
	s.Helper()
	s.world.atLeast(n, 0)
}

// lastEvent is the newest event of the thread.
func (s *shared) lastEvent() (at int64) {
	s.Helper()
	s.must(s.db.View(ctx, func(tx *db.Tx) (err error) {
		at, err = db.One(tx, db.Int64, "SELECT MAX(position) FROM event WHERE thread = $1", s.thread)
		return err
	}))
	return at
}

// listener hears of the thread, by one server as long as that is there.
type listener struct {
	*shared
	at    int // the server
	came  int
	heard chan struct{}

	mu   sync.Mutex
	last string // the newest id
}

func (l *listener) run(ctx context.Context) {
	for ; ctx.Err() == nil; l.at = (l.at + 1) % len(l.servers) {
		_ = l.listen(ctx)
	}
}

func (l *listener) listen(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.servers[l.at].addr+"/api/v1/stream?on="+url.QueryEscape("t"+l.thread.String()), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+l.tokens[0])
	if l.last != "" {
		req.Header.Set("Last-Event-ID", l.last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	l.came++
	id := ""
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		text := lines.Text()
		if at, is := strings.CutPrefix(text, "id: "); is {
			id = at
		}
		if strings.Contains(text, "event: anew") {
			l.Error("a stream that came back was told to begin anew")
		}
		if text == "" && id != "" {
			l.mu.Lock()
			l.last = id
			l.mu.Unlock()
			select {
			case l.heard <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// until waits until the stream has heard of an event.
func (l *listener) until(position int64) {
	l.Helper()
	patience := time.After(30 * time.Second)
	for {
		var at int64
		l.mu.Lock()
		fmt.Sscan(l.last, &at)
		l.mu.Unlock()
		if at >= position {
			return
		}
		select {
		case <-l.heard:
		case <-patience:
			l.Fatalf("a stream heard of event %d, and %d was the last", at, position)
		}
	}
}

func (s *shared) everyReplyOnce() {
	s.Helper()
	s.must(s.db.View(ctx, func(tx *db.Tx) error {
		bodies, err := db.All(tx, db.String, "SELECT body FROM comment WHERE thread = $1 AND body LIKE 'Writer %'", s.thread)
		there := map[string]int{}
		for _, b := range bodies {
			there[b]++
		}
		for _, b := range s.acknowledged() {
			if there[b] != 1 {
				s.Errorf("%q is there %d times", b, there[b])
			}
		}
		s.Logf("%d replies acknowledged, all there once", len(s.acknowledged()))
		return err
	}))
}

// everyJobOnce looks for work that was done more than once: what three servers schedule is there once, and what ended well was begun once.
func (s *shared) everyJobOnce() {
	s.Helper()
	s.must(s.db.View(ctx, func(tx *db.Tx) error {
		twice, err := db.All(tx, db.String, `SELECT kind || ' ' || CAST(attempt AS TEXT) FROM job WHERE state = 'done' AND attempt <> 1`)
		for _, kind := range twice {
			s.Errorf("a job was done in several attempts: %s", kind)
		}
		if err != nil {
			return err
		}
		often, err := db.All(tx, db.String, `SELECT unique_key FROM job WHERE unique_key <> '' AND state = 'waiting' GROUP BY unique_key HAVING COUNT(*) > 1`)
		for _, key := range often {
			s.Errorf("a job that is unique waits twice: %s", key)
		}
		return err
	}))
}

// everyNoteOnce waits until the neighbour was told of every reply. The note that the killed server was sending when it died may come twice,
// under the same id; nobody else's does.
func (s *shared) everyNoteOnce() {
	s.Helper()
	// What the killed server was doing is taken over once its time is up: ten minutes are over.
	s.must(s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE job SET run_at = 0 WHERE state = 'running'")
		return err
	}))
	want := len(s.acknowledged())
	patience := time.After(60 * time.Second)
	for {
		replies, again := s.notes.count()
		if replies >= want {
			if again > 1 {
				s.Errorf("%d notes came more than once", again)
			}
			s.Logf("%d notes, %d of them twice", replies, again)
			return
		}
		select {
		case <-s.notes.came:
		case <-patience:
			s.Fatalf("of %d replies the neighbour heard of %d", want, replies)
		}
	}
}

// receiver takes the notes of a webhook.
type receiver struct {
	server *httptest.Server
	host   string
	came   chan struct{}

	mu  sync.Mutex
	ids map[string]int
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{ids: map[string]int{}, came: make(chan struct{}, 1)}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.ids[req.Header.Get("webhook-id")]++
		r.mu.Unlock()
		select {
		case r.came <- struct{}{}:
		default:
		}
	}))
	r.host = r.server.Listener.Addr().String()
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) count() (notes, again int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.ids {
		if n > 1 {
			again++
		}
	}
	return len(r.ids), again
}
