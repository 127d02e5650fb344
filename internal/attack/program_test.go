package attack

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/api"
	"dayroom/internal/core"
	"dayroom/internal/platform/media"
	"dayroom/internal/sitetest"
)

// all is every scope that a token can have.
const all = core.ScopeWrite | core.ScopeModerate | core.ScopeAdmin

// TestMain lets the site that runs in these tests start its worker for pictures, which is this program again.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == media.WorkerArg {
		os.Exit(media.WorkerMain(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// site is a site under attack.
type site struct{ *sitetest.Site }

func open(t *testing.T) site { return site{sitetest.Open(t, "")} }

func (s site) actor(handle string) core.Actor {
	s.Helper()
	a, err := s.Account.Authenticate(context.Background(), s.As(handle).Token)
	s.Must(err)
	return a
}

// newMember makes somebody whom nobody misses.
func (s site) newMember(handle string) core.Actor {
	s.Helper()
	_, err := s.Account.Create(context.Background(), core.SystemActor, account.NewMember{Handle: handle, Adult: true})
	s.Must(err)
	return s.actor(handle)
}

// program is somebody's program.
type program struct {
	site
	header http.Header
}

// program makes a token for somebody.
func (s site) program(handle string, scopes core.Scopes) program {
	s.Helper()
	token, err := s.Account.MakeToken(context.Background(), s.actor(handle), account.TokenInput{Name: "attack", Days: 30, Scopes: scopes})
	s.Must(err)
	return program{s, http.Header{"Authorization": {"Bearer " + token}}}
}

func (p program) token() string { return strings.TrimPrefix(p.header.Get("Authorization"), "Bearer ") }

// with gives the same program with another header.
func (p program) with(name, value string) program {
	p.header = p.header.Clone()
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Set(name, value)
	return p
}

// problem is what came back, as far as it is a refusal.
type problem struct {
	Status int
	Header http.Header
	Text   string
	Key    string
	Fields map[string]struct{ Key string }
}

func (p program) call(method, path, body string) problem {
	p.Helper()
	req, err := http.NewRequest(method, p.URL+api.Prefix+path, strings.NewReader(body))
	p.Must(err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range p.header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	p.Must(err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	p.Must(err)
	out := problem{Header: resp.Header, Text: string(text)}
	_ = json.Unmarshal(text, &out) // what is no problem leaves it empty
	out.Status = resp.StatusCode
	return out
}

var named = regexp.MustCompile(`\{[a-z_]+\}`)

// somewhere is a path with names in it that are nobody's.
func somewhere(path string) string {
	return named.ReplaceAllString(strings.ReplaceAll(path, "/texts/{name}", "/texts/privacy"), "1")
}

// anywhere is an address of an operation.
func anywhere(op api.Op) string { return somewhere(op.Path) }

// changing are the operations that change something.
func (s site) changing() []api.Op {
	return slices.DeleteFunc(slices.Clone(s.API().Operations()), func(op api.Op) bool { return op.Method == http.MethodGet })
}

// quiet are tables that change by somebody merely asking.
var quiet = []string{"api_token", "sign_in", "process", "throttle", "event_reader", "sqlite_sequence", "job", "schedule", "read_position"}

// state sums up all that the site keeps, so that "nothing changed" can be said of everything.
func (s site) state() string {
	s.Helper()
	d, err := sql.Open("sqlite", "file:"+s.Config.DB+"?mode=ro")
	s.Must(err)
	defer func() { _ = d.Close() }()
	tables := s.strings(d, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
	sum := sha256.New()
	for _, name := range tables {
		if !slices.Contains(quiet, name) {
			s.add(sum, d, name)
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func (s site) strings(d *sql.DB, query string) (out []string) {
	s.Helper()
	rows, err := d.Query(query)
	s.Must(err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		s.Must(rows.Scan(&name))
		out = append(out, name)
	}
	s.Must(rows.Err())
	return out
}

// add adds every value of every row of a table to the sum.
func (s site) add(sum hash.Hash, d *sql.DB, table string) {
	s.Helper()
	rows, err := d.Query("SELECT * FROM " + table)
	s.Must(err)
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	s.Must(err)
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		s.Must(rows.Scan(places...))
		fmt.Fprintln(sum, table, values)
	}
	s.Must(rows.Err())
}
