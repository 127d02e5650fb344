// Package sitetest runs the whole site for tests of the whole: the demo's people and talk, in memory of one test, reached over
// loopback, with a browser without script for whoever is needed.
package sitetest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

// Site is a running demo site.
type Site struct {
	testing.TB
	*app.App
	URL string
	Log *Log // what the server logged
}

// Each runs a test on a site of each engine.
func Each(t *testing.T, test func(t *testing.T, s *Site)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t, "")) })
	t.Run("postgres", func(t *testing.T) { test(t, Open(t, dbtest.PostgresAddress(t))) })
}

// Open makes a demo site in the database at an address; empty is SQLite in a folder of the test.
func Open(t testing.TB, address string) *Site {
	t.Helper()
	return open(t, address, true)
}

// OpenEmpty makes a site that nobody has set up.
func OpenEmpty(t testing.TB) *Site {
	t.Helper()
	return open(t, "", false)
}

// OpenWith makes a demo site that an operator has configured otherwise.
func OpenWith(t testing.TB, change func(*app.Config)) *Site {
	t.Helper()
	return open(t, "", true, change)
}

func open(t testing.TB, address string, filled bool, changes ...func(*app.Config)) *Site {
	t.Helper()
	dir := t.TempDir()
	server := httptest.NewUnstartedServer(nil) // its port is known before the site opens: passkeys are bound to the address
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	config := app.Config{
		Addr: "127.0.0.1:0", Data: dir, DB: address, Keys: filepath.Join(dir, "keys.db"), KeyFile: filepath.Join(dir, "root.key"),
		BaseURL: "http://localhost:" + port, SMTPTLS: "starttls", Log: "text",
	}
	if config.DB == "" {
		config.DB = filepath.Join(dir, "dayroom.db")
	}
	for _, change := range changes {
		change(&config)
	}
	s := &Site{TB: t, Log: &Log{}, URL: config.BaseURL}
	s.App, err = app.OpenAt(context.Background(), config, slog.New(slog.NewTextHandler(s.Log, nil)), core.SystemClock{})
	s.Must(err)
	t.Cleanup(func() { s.App.Close() })
	if filled {
		s.Must(s.FillDemo(context.Background()))
	}
	handler, err := s.Handler(app.Demo)
	s.Must(err)
	s.Must(s.Events.Start(context.Background()))
	s.follow()
	server.Config.Handler = handler
	server.Start()
	return s
}

// follow lets live pages hear what happens, until the test ends.
func (s *Site) follow() {
	ctx, stop := context.WithCancel(context.Background())
	s.Must(s.Live.Start(ctx))
	done := make(chan struct{})
	go func() { s.Live.Run(ctx); close(done) }()
	s.Cleanup(func() { stop(); <-done })
}

// Beside runs a second server on the database of a site, as another machine would.
func Beside(s *Site) *Site {
	s.Helper()
	config := s.Config
	config.Data = s.TempDir()
	second := &Site{TB: s.TB, Log: &Log{}}
	other, err := app.OpenAt(context.Background(), config, slog.New(slog.NewTextHandler(second.Log, nil)), s.Clock)
	s.Must(err)
	second.App = other
	s.Cleanup(func() { other.Close() })
	handler, err := second.Handler(app.Demo)
	s.Must(err)
	server := httptest.NewServer(handler)
	s.Cleanup(server.Close)
	second.URL = server.URL
	second.follow()
	return second
}

// SpaceID finds a space by the name in its address.
func (s *Site) SpaceID(slug string) core.ID {
	s.Helper()
	var id core.ID
	s.Must(s.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		id, err = db.One(tx, db.ID, "SELECT id FROM space WHERE slug = $1", slug)
		return err
	}))
	return id
}

// AsToken gives a browser with a sign-in that was made elsewhere.
func (s *Site) AsToken(token string) *Browser {
	s.Helper()
	b := s.Visitor()
	u, err := url.Parse(s.URL)
	s.Must(err)
	b.Token = token
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "dayroom", Value: token, Path: "/"}})
	return b
}

// Must ends the test on an error.
func (s *Site) Must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// Log keeps what is logged. Safe for concurrent use.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write is for the logger.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String gives all that was logged.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Browser keeps cookies, runs no script and follows no redirect.
type Browser struct {
	site   *Site
	client *http.Client
	Token  string // of the sign-in; empty for a visitor
	bearer string // a personal token, of a program
	header http.Header
}

// With gives a browser that sends one more header.
func (b *Browser) With(name, value string) *Browser {
	more := *b
	more.header = http.Header{name: {value}}
	return &more
}

// Visitor gives a browser that nobody signed in with.
func (s *Site) Visitor() *Browser {
	jar, err := cookiejar.New(nil)
	s.Must(err)
	return &Browser{site: s, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// As gives a browser that is signed in as a member.
func (s *Site) As(handle string) *Browser {
	s.Helper()
	entry, err := s.Account.EnterUnproved(context.Background(), handle, account.From{Address: "127.0.0.1", Agent: "test"})
	s.Must(err)
	b := s.Visitor()
	b.hold(entry.Token)
	return b
}

// hold puts a sign-in into the browser.
func (b *Browser) hold(token string) {
	b.site.Helper()
	u, err := url.Parse(b.site.URL)
	b.site.Must(err)
	b.Token = token
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "dayroom", Value: token, Path: "/"}})
}

// Program gives a program with a personal token of a member, for everything that the member may; without a handle it has none.
func (s *Site) Program(handle string) *Browser {
	s.Helper()
	b := s.Visitor()
	if handle == "" {
		return b
	}
	actor, err := s.Account.Authenticate(context.Background(), s.As(handle).Token)
	s.Must(err)
	b.bearer, err = s.Account.MakeToken(context.Background(), actor, account.TokenInput{
		Name: "test", Days: 1, Scopes: core.ScopeWrite | core.ScopeModerate | core.ScopeAdmin,
	})
	s.Must(err)
	return b
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Get fetches a page.
func (b *Browser) Get(path string) Answer { return b.do("GET", path, "", nil) }

// Post sends a form.
func (b *Browser) Post(path string, form url.Values) Answer {
	return b.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (b *Browser) do(method, path, contentType string, body io.Reader) Answer {
	b.site.Helper()
	req, err := http.NewRequest(method, b.site.URL+path, body)
	b.site.Must(err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if b.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+b.bearer)
	}
	maps.Copy(req.Header, b.header)
	resp, err := b.client.Do(req)
	b.site.Must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	b.site.Must(err)
	return Answer{resp.StatusCode, resp.Header, string(text)}
}

// PostFrom sends an empty form as a browser does that is on another site.
func (b *Browser) PostFrom(origin, path string) Answer {
	b.site.Helper()
	req, err := http.NewRequest(http.MethodPost, b.site.URL+path, strings.NewReader(""))
	b.site.Must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", origin)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := b.client.Do(req)
	b.site.Must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	b.site.Must(err)
	return Answer{resp.StatusCode, resp.Header, string(text)}
}
