package attack

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"dayroom/internal/platform/db"
	"dayroom/internal/sitetest"
)

// Somebody guesses the ids of what they cannot see, and writes to it.

// written gives a body as an operation wants it, with every field that it has.
func (c contract) written(path, method string) string {
	body, there := c.Paths[path][strings.ToLower(method)].RequestBody.Content["application/json"]
	if !there {
		return ""
	}
	value, _ := c.fill(body.Schema, "", nil)
	text, _ := json.Marshal(value) // of maps and strings: it cannot fail
	return string(text)
}

func (s site) ids(query string) (out []string) {
	s.Helper()
	s.Must(s.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		out, err = db.All(tx, db.String, query)
		return err
	}))
	return out
}

func TestNobodyWritesToWhatTheyCannotSee(t *testing.T) {
	s := open(t)
	sitetest.BuildCage(s.Site)
	p := s.program("canary_outside", all)
	hidden := "FROM thread t JOIN space s ON s.id = t.space WHERE s.slug IN ('canary-invited', 'canary-rounds')"
	threads := s.ids("SELECT CAST(t.id AS TEXT) " + hidden)
	comments := s.ids("SELECT CAST(c.id AS TEXT) FROM comment c WHERE c.thread IN (SELECT t.id " + hidden + ")")
	places := map[string][]string{
		"{thread}": threads, "{comment}": comments, "{post}": append(append([]string{}, threads...), comments...), "/spaces/{slug}": {"canary-invited", "canary-rounds"},
	}
	if len(threads) < 2 || len(comments) < 2 {
		t.Fatal("there is nothing hidden to write to")
	}
	c, before, tried := s.contract(), s.state(), 0
	for _, op := range s.changing() {
		for name, ids := range places {
			if !strings.Contains(op.Path, name) {
				continue
			}
			for _, id := range ids {
				tried++
				path := somewhere(strings.Replace(strings.ReplaceAll(op.Path, "{kind}", "thanks"), name, strings.Replace(name, name[strings.Index(name, "{"):], id, 1), 1))
				got := p.with("If-Match", `"1.x"`).call(op.Method, path, c.written(op.Path, op.Method))
				if got.Status != http.StatusNotFound && got.Status != http.StatusForbidden {
					t.Errorf("%s %s: %d %s", op.Method, path, got.Status, got.Text)
				}
			}
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
	t.Logf("%d calls", tried)
}
