package plans

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/policy"
	"dayroom/internal/sitetest"
	"dayroom/internal/thread"
)

var update = flag.Bool("update", false, "write the golden files anew")

// switchOn is the variable without which the large site is not made.
const switchOn = "DAYROOM_PLANS"

// few is up to how many rows a table is read in whatever way the database likes.
const few = 2_000

func TestSQLiteReadsByTheRightIndexes(t *testing.T) {
	s := sitetest.Open(t, "")
	h := prepare(t, s)
	s.Must(s.DB.View(ctx, func(tx *db.Tx) error {
		there, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'sqlite_stat%'")
		if there != 0 {
			t.Error("SQLite has statistics: its plans depend on how large the site is, and this test has to be made on a large one")
		}
		return err
	}))
	compare(t, "testdata/plans.sqlite.golden", h.write(sqlitePlan), false)
}

func TestPostgreSQLReadsByTheRightIndexesOnALargeSite(t *testing.T) {
	if os.Getenv(switchOn) == "" {
		t.Skipf("a million comments take a minute: make plans sets %s", switchOn)
	}
	s := sitetest.Open(t, dbtest.PostgresAddress(t))
	enlarge(t, s, s.SpaceID(spaceName))
	h := prepare(t, s)
	sizes := map[string]int64{}
	s.Must(s.DB.View(ctx, func(tx *db.Tx) error {
		_, err := db.All(tx, func(r db.Row) (struct{}, error) {
			var name string
			var n int64
			err := r.Scan(&name, &n)
			sizes[name] = n
			return struct{}{}, err
		}, "SELECT relname, CAST(reltuples AS BIGINT) FROM pg_class WHERE relkind = 'r'")
		return err
	}))
	if sizes["comment"] < comments || sizes["search_doc"] < comments {
		t.Fatalf("the site is not large: %v", sizes)
	}
	compare(t, "testdata/plans.postgres.golden", h.write(func(tx *db.Tx, st statement) ([]string, error) { return postgresPlan(tx, st, sizes) }), true)
}

const spaceName = "heart-to-heart"

// statement is one that the site carried out, as it was when a request first brought it.
type statement struct {
	query string
	args  []any
}

// hot are the statements behind each row of docs/PERFORMANCE.md.
type hot struct {
	*sitetest.Site
	cases []string
	of    map[string][]statement
}

// prepare makes a thread of fifty comments and asks for everything once.
func prepare(t *testing.T, s *sitetest.Site) *hot {
	t.Helper()
	h := &hot{Site: s, of: map[string][]statement{}}
	maria := s.As("maria_hl")
	actor, err := s.Account.Authenticate(ctx, maria.Token)
	s.Must(err)
	th, err := s.Thread.Create(ctx, actor, thread.Opening{Space: s.SpaceID(spaceName), Kind: policy.Question, Title: "Often commonly", Body: "Fifty answers."})
	s.Must(err)
	for i := range 50 {
		_, err := s.Thread.Reply(ctx, actor, thread.ReplyInput{Thread: th.ID, Body: fmt.Sprintf("Answer %d is often commonly given.", i)})
		s.Must(err)
	}
	s.Settled()
	token, err := s.Account.MakeToken(ctx, actor, account.TokenInput{Name: "plans", Days: 2, Scopes: core.ScopeRead | core.ScopeWrite})
	s.Must(err)
	path, search := "/t/"+th.ID.String(), "/search?"+url.Values{"q": {"often commonly"}}.Encode()
	h.record("thread, visitor", func() int { return s.Visitor().Get(path).Status })
	h.record("thread, signed in", func() int { return maria.Get(path).Status })
	h.record("front page, visitor", func() int { return s.Visitor().Get("/").Status })
	h.record("front page, signed in", func() int { return maria.Get("/").Status })
	h.record("list of a space, visitor", func() int { return s.Visitor().Get("/s/" + spaceName).Status })
	h.record("list of a space, signed in", func() int { return maria.Get("/s/" + spaceName).Status })
	h.record("thread as JSON", func() int { return h.call(token, "GET", "/threads/"+th.ID.String(), "") })
	h.record("search, newest", func() int { return maria.Get(search + "&order=newest").Status })
	h.record("search, best", func() int { return maria.Get(search + "&order=best").Status })
	h.record("a comment", func() int {
		return h.call(token, "POST", "/threads/"+th.ID.String()+"/comments", `{"body": "One more."}`)
	})
	return h
}

func (h *hot) call(token, method, path, body string) int {
	h.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, h.URL+"/api/v1"+path, strings.NewReader(body))
	h.Must(err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "plans-of-a-comment")
	resp, err := http.DefaultClient.Do(req)
	h.Must(err)
	resp.Body.Close()
	return resp.StatusCode
}

// record notes the statements of a request that no earlier request had.
func (h *hot) record(name string, ask func() int) {
	h.Helper()
	h.Settled()
	var mu sync.Mutex
	var seen []statement
	h.DB.Watch(func(query string, args []any) {
		mu.Lock()
		seen = append(seen, statement{query, slices.Clone(args)})
		mu.Unlock()
	})
	status := ask()
	h.DB.Watch(nil)
	if status != 200 && status != 201 {
		h.Fatalf("%s gets %d", name, status)
	}
	mu.Lock()
	defer mu.Unlock()
	h.cases = append(h.cases, name)
	for _, st := range seen {
		if !h.known(st.query) && !byChance.MatchString(st.query) {
			h.of[name] = append(h.of[name], st)
		}
	}
	slices.SortFunc(h.of[name], func(a, b statement) int { return strings.Compare(brief(a.query), brief(b.query)) })
}

// byChance are statements that a request brings or not: of what goes on beside all requests, and of a post whose id and time fall into two
// milliseconds.
var byChance = regexp.MustCompile(`MAX\(no\)|FROM event|event_reader|counter WHERE|FROM sign_in s JOIN|api_token s JOIN|pg_notify|FROM job|INTO job`)

func (h *hot) known(query string) bool {
	for _, list := range h.of {
		if slices.ContainsFunc(list, func(s statement) bool { return s.query == query }) {
			return true
		}
	}
	return false
}

// write makes the text of a golden file.
func (h *hot) write(plan func(*db.Tx, statement) ([]string, error)) string {
	h.Helper()
	var b strings.Builder
	for _, name := range h.cases {
		fmt.Fprintf(&b, "## %s\n\n", name)
		for _, st := range h.of[name] {
			h.Must(h.DB.Update(ctx, func(tx *db.Tx) error {
				lines, err := plan(tx, st)
				if err != nil {
					return fmt.Errorf("%s: %w", brief(st.query), err)
				}
				fmt.Fprintf(&b, "%s\n", brief(st.query))
				for _, line := range lines {
					fmt.Fprintf(&b, "    %s\n", line)
				}
				return nil
			}))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// brief is enough of a statement to know it by.
func brief(query string) string {
	text := strings.Join(strings.Fields(query), " ")
	if len(text) > 160 {
		text = text[:100] + " … " + text[len(text)-57:]
	}
	return text
}

func sqlitePlan(tx *db.Tx, st statement) ([]string, error) {
	lines, err := db.All(tx, func(r db.Row) (line string, err error) {
		var id, parent, unused int64
		err = r.Scan(&id, &parent, &unused, &line)
		return line, err
	}, "EXPLAIN QUERY PLAN "+st.query, st.args...)
	slices.Sort(lines)
	return slices.Compact(lines), err
}

// node is a step of a plan in PostgreSQL's JSON.
type node struct {
	Kind     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Plans    []node
}

// postgresPlan tells by which index each table is read. How rows are joined and sorted may differ from one sample of the statistics to another,
// and so may the way into a table of few rows. Where either of two indexes finds a few rows at once, the golden file has both.
func postgresPlan(tx *db.Tx, st statement, sizes map[string]int64) ([]string, error) {
	text, err := db.One(tx, db.String, "EXPLAIN (FORMAT JSON) "+st.query, st.args...)
	if err != nil {
		return nil, err
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return nil, err
	}
	var lines []string
	var walk func(n node, table string)
	walk = func(n node, table string) {
		switch {
		case n.Relation != "" && sizes[n.Relation] < few:
			lines = append(lines, n.Relation+", which is small")
			return
		case n.Kind == "Seq Scan":
			lines = append(lines, n.Relation+" WHOLE")
		case n.Kind == "Bitmap Heap Scan":
			table = n.Relation
		case n.Kind == "Bitmap Index Scan":
			lines = append(lines, table+" by "+n.Index)
		case n.Index != "":
			lines = append(lines, n.Relation+" by "+n.Index)
		}
		for _, p := range n.Plans {
			walk(p, table)
		}
	}
	for _, p := range plans {
		walk(p.Plan, "")
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// whole is a line that tells of a large table that is read from end to end.
var whole = regexp.MustCompile(`(?m)^    (\w+ WHOLE|SCAN (comment|thread|member|event|search_doc|reaction|read_position|notice|[ctmern])$)`)

// compare compares with a golden file. With ways, a statement's golden lines are all that were met: each that is met now has to be among them.
func compare(t *testing.T, path, got string, ways bool) {
	t.Helper()
	for _, line := range whole.FindAllString(got, -1) {
		t.Errorf("a large table is read whole: %s", strings.TrimSpace(line))
	}
	text, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	was, is := blocks(string(text)), blocks(got)
	if *update {
		if ways {
			is = merged(was, is)
		}
		if err := os.WriteFile(path, []byte(strings.Join(is, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i := range max(len(was), len(is)) {
		w, g := at(was, i), at(is, i)
		if w == g || ways && within(g, w) {
			continue
		}
		t.Fatalf("%s is another; if that is meant, run the test with -update.\nwas:\n%s\nis:\n%s", path, w, g)
	}
}

// blocks cuts a golden file at its statements and headlines; the lines of a plan stay with theirs.
func blocks(text string) (out []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "    ") && len(out) > 0 {
			out[len(out)-1] += line
		} else {
			out = append(out, line)
		}
	}
	return out
}

// within tells whether two blocks have the same statement and the second all lines of the first.
func within(some, all string) bool {
	s, a := strings.Split(some, "\n"), strings.Split(all, "\n")
	return s[0] == a[0] && !slices.ContainsFunc(s, func(line string) bool { return !slices.Contains(a, line) })
}

// merged adds what was met before to the lines of the same statement.
func merged(was, is []string) []string {
	for i, block := range is {
		for _, old := range was {
			o, b := strings.Split(strings.TrimSuffix(old, "\n"), "\n"), strings.Split(strings.TrimSuffix(block, "\n"), "\n")
			if o[0] != b[0] || o[0] == "" {
				continue
			}
			lines := slices.Concat(b[1:], o[1:])
			slices.Sort(lines)
			is[i] = strings.Join(append([]string{b[0]}, slices.Compact(lines)...), "\n") + "\n"
			break
		}
	}
	return is
}

func at(blocks []string, i int) string {
	if i < len(blocks) {
		return blocks[i]
	}
	return "(the end)"
}
