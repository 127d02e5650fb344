package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/sitetest"
)

const everything = core.ScopeWrite | core.ScopeModerate | core.ScopeAdmin

// world is a running demo site and programs that call it.
type world struct {
	*sitetest.Site
}

func open(t *testing.T) *world { return &world{sitetest.Open(t, "")} }

func each(t *testing.T, test func(t *testing.T, w *world)) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) { test(t, &world{s}) })
}

// actor signs a member in and gives the actor.
func (w *world) actor(handle string) core.Actor {
	w.Helper()
	a, err := w.Account.Authenticate(context.Background(), w.As(handle).Token)
	w.Must(err)
	return a
}

// program has a personal token of a member; without a handle it has none.
type program struct {
	*world
	token  string
	Header http.Header
}

func (w *world) program(handle string, scopes core.Scopes) *program {
	w.Helper()
	p := &program{world: w, Header: http.Header{}}
	if handle == "" {
		return p
	}
	var err error
	p.token, err = w.Account.MakeToken(context.Background(), w.actor(handle), account.TokenInput{Name: "test", Days: 30, Scopes: scopes})
	w.Must(err)
	return p
}

// with gives the same program with another header.
func (p *program) with(name, value string) *program {
	q := *p
	q.Header = p.Header.Clone()
	q.Header.Set(name, value)
	return &q
}

// answer is what came back.
type answer struct {
	testing.TB
	Status int
	Header http.Header
	Body   string
}

func (p *program) do(method, path string, body any) *answer {
	p.Helper()
	sent := p.bytes(body)
	req, err := http.NewRequest(method, p.URL+"/api/v1"+path, bytes.NewReader(sent))
	p.Must(err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for name, values := range p.Header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	p.Must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	p.Must(err)
	remember(req, sent, resp, text)
	return &answer{p.TB, resp.StatusCode, resp.Header, string(text)}
}

// bytes is a body as it is sent.
func (p *program) bytes(body any) (sent []byte) {
	p.Helper()
	switch b := body.(type) {
	case nil:
	case string:
		sent = []byte(b)
	case []byte:
		sent = b
	default:
		var err error
		sent, err = json.Marshal(b)
		p.Must(err)
	}
	return sent
}

func (p *program) get(path string) *answer            { p.Helper(); return p.do("GET", path, nil) }
func (p *program) post(path string, body any) *answer { p.Helper(); return p.do("POST", path, body) }
func (p *program) put(path string, body any) *answer  { p.Helper(); return p.do("PUT", path, body) }
func (p *program) del(path string) *answer            { p.Helper(); return p.do("DELETE", path, nil) }

// want ends the test unless the answer has a status and contains every word.
func (a *answer) want(status int, words ...string) *answer {
	a.Helper()
	if a.Status != status {
		a.Fatalf("status %d instead of %d: %.600s", a.Status, status, a.Body)
	}
	for _, word := range words {
		if !strings.Contains(a.Body, word) {
			a.Fatalf("%q is missing: %.900s", word, a.Body)
		}
	}
	return a
}

// into reads the answer.
func into[T any](a *answer) (v T) {
	a.Helper()
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		a.Fatalf("%v: %.400s", err, a.Body)
	}
	return v
}

type object = map[string]any
