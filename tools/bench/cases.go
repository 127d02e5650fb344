package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// test is a row of the table: what is asked for, and how many times the bare handler's processor time it may take.
type test struct {
	name   string
	limit  float64
	target func(*site) target
}

// readers and writers are how many connections a load keeps open.
const (
	readers = 16
	writers = 8
)

// cases lists what is measured, in the order of the table.
var cases = []test{
	{"thread visitor", 3, func(s *site) target { return page(s.threadPath(), nil) }},
	{"thread signed in", 25, func(s *site) target { return page(s.threadPath(), s.signedIn()) }},
	{"front visitor", 3, func(*site) target { return page("/", nil) }},
	{"front signed in", 20, func(s *site) target { return page("/", s.signedIn()) }},
	{"space visitor", 3, func(*site) target { return page("/s/"+benchSpace, nil) }},
	{"space signed in", 20, func(s *site) target { return page("/s/"+benchSpace, s.signedIn()) }},
	{"thread JSON", 15, func(s *site) target { return page("/api/v1/threads/"+s.thread.String(), s.program()) }},
	{"search newest", 20, func(s *site) target { return page(s.searchPath("newest"), s.signedIn()) }},
	{"search best", 60, func(s *site) target { return page(s.searchPath("best"), s.signedIn()) }},
	{"post comment", 40, post},
}

// page is a read. Nothing is compressed, so that bytes are compared with bytes.
func page(path string, with http.Header) target {
	h := http.Header{"Accept": {"text/html"}, "Accept-Language": {"en"}, "Accept-Encoding": {"identity"}}
	for k, v := range with {
		h[k] = v
	}
	return target{method: http.MethodGet, path: path, status: http.StatusOK, connections: readers,
		headers: func(int) http.Header { return h }, body: func(int) string { return "" }}
}

// post writes a comment through the API, durable before it is answered. No two are alike.
func post(s *site) target {
	words := newGenerator(s.corpus, time.Now())
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	return target{method: http.MethodPost, path: "/api/v1/threads/" + s.busy.String() + "/comments", status: http.StatusCreated, connections: writers,
		headers: func(n int) http.Header {
			h := s.program()
			h.Set("Content-Type", "application/json")
			h.Set("Idempotency-Key", run+"-"+strconv.Itoa(n))
			return h
		},
		body: func(n int) string {
			return fmt.Sprintf(`{"body": "%s %d %s"}`, words.word(n%500), n, words.word(n%300))
		}}
}

func (s *site) threadPath() string { return "/t/" + s.thread.String() }

// The ranks of the words that are searched for: both common, so that there are thousands of posts to rank.
const (
	oneWord     = 30
	anotherWord = 90
)

func (s *site) searchPath(order string) string {
	q := url.Values{"q": {s.words[0] + " " + s.words[1]}, "order": {order}}
	return "/search?" + q.Encode()
}

func (s *site) signedIn() http.Header { return http.Header{"Cookie": {"dayroom=" + s.signIn}} }

func (s *site) program() http.Header { return http.Header{"Authorization": {"Bearer " + s.token}} }

// plainPath is the path without its query.
func (t target) plainPath() string {
	path, _, _ := strings.Cut(t.path, "?")
	return path
}

// measureStart stops the server and starts it again: how long until the first page is there, and what it takes when nobody asks.
func measureStart(ctx context.Context, s settings, at *site, srv *server) (*server, []result, error) {
	srv.stop()
	begin := time.Now()
	srv, err := start(ctx, s.program, at)
	if err != nil {
		return nil, nil, err
	}
	if _, err := ask(ctx, page(at.threadPath(), nil), srv.url); err != nil {
		srv.stop()
		return nil, nil, err
	}
	took := time.Since(begin)
	time.Sleep(settle)
	return srv, []result{
		{corpus: at.corpus.Name, name: "start to first page", took: took},
		{corpus: at.corpus.Name, name: "memory idle", bytes: srv.memory()},
	}, nil
}

func keptFolder(s settings, c corpus) string {
	engine := "sqlite"
	if s.db != "" {
		engine = "postgres"
	}
	return filepath.Join(s.data, fmt.Sprintf("%s-%s-%d", c.Name, engine, generation))
}
