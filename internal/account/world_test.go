package account_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/account/password"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/job"
	"dayroom/internal/platform/keys"
	"dayroom/internal/site"
)

// world is a site with accounts, on a real database, at a time that the test decides.
type world struct {
	*account.Service
	t     testing.TB
	db    *db.DB
	keys  *keys.Store
	site  *site.Service
	clock *core.ManualClock
	ids   *core.IDMaker
	post  *postman
}

// postman stands for the mail server, which is outside.
type postman struct {
	away bool
	sent []account.Letter
}

func (p *postman) Ready() bool { return !p.away }
func (p *postman) Send(_ context.Context, l account.Letter) error {
	p.sent = append(p.sent, l)
	return nil
}

// link gives the path of the last letter's link.
func (p *postman) token(t testing.TB) string {
	t.Helper()
	if len(p.sent) == 0 {
		t.Fatal("no letter was sent")
	}
	_, rest, found := strings.Cut(p.sent[len(p.sent)-1].Text, base)
	if !found {
		t.Fatal("the letter has no link")
	}
	path := strings.Fields(rest)[0]
	return path[strings.LastIndex(path, "/")+1:]
}

const (
	base  = "https://room.example.org"
	right = "quiet river stone lamp"
	other = "seven kettles in a row"
)

var ctx = context.Background()

// quick is a cost for tests that are not about the cost.
var quick = password.Cost{Memory: 64, Time: 1, Threads: 1}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, db: d, clock: core.NewManualClock(time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)), post: &postman{}}
	dir := t.TempDir()
	k, err := keys.Open(ctx, filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	ids, err := core.NewIDMaker(w.clock, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.keys, w.ids, w.site = k, ids, site.New(d, w.clock)
	w.Service, err = account.New(d, k, ids, w.clock, w.site, account.Options{BaseURL: base, Mail: w.post, Tables: account.Tables, Cost: quick,
		WhyStopped: func(*db.Tx, core.ID) (string, error) { return "You sold pills to people here.", nil }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newWorld(t, d)) })
}

var home = account.From{Address: "192.0.2.7", Agent: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}

// join signs somebody up with the password right.
func (w *world) join(handle string) account.Entry {
	w.t.Helper()
	from := home
	from.Address = "198.51.100." + handle // the limit on sign-ups is not what most tests are about
	e, err := w.SignUp(ctx, account.SignUp{Handle: handle, Password: right, OldEnough: true}, from)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// as gives the actor of a sign-in.
func (w *world) as(e account.Entry) core.Actor {
	w.t.Helper()
	a, err := w.Authenticate(ctx, e.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// member signs somebody up and gives the actor.
func (w *world) member(handle string) core.Actor { return w.as(w.join(handle)) }

// admin makes somebody who runs the site.
func (w *world) admin(handle string) core.Actor {
	w.t.Helper()
	e := w.join(handle)
	w.must(w.SetRole(ctx, core.SystemActor, e.Member, core.RoleAdmin))
	return w.as(e)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update(fn func(*db.Tx) error) {
	w.t.Helper()
	w.must(w.db.Update(ctx, fn))
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.update(func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err })
}

func (w *world) count(query string, args ...any) (n int64) {
	w.t.Helper()
	w.must(w.db.View(ctx, func(tx *db.Tx) (err error) { n, err = db.One(tx, db.Int64, query, args...); return err }))
	return n
}

// change stores settings.
func (w *world) change(fn func(*site.Settings)) {
	w.t.Helper()
	in, err := w.site.Settings(ctx)
	w.must(err)
	fn(&in)
	w.must(w.site.Change(ctx, core.SystemActor, in))
}

// deliver runs the mail jobs that are due.
func (w *world) deliver() {
	w.t.Helper()
	type row struct {
		id   core.ID
		data string
	}
	var rows []row
	w.update(func(tx *db.Tx) (err error) {
		rows, err = db.All(tx, func(r db.Row) (v row, err error) { err = r.Scan(&v.id, &v.data); return },
			"SELECT id, payload FROM job WHERE kind = $1 ORDER BY id", account.MailJob)
		if err == nil {
			_, err = tx.Exec("DELETE FROM job")
		}
		return err
	})
	for _, r := range rows {
		w.must(w.DeliverMail(ctx, job.Job{ID: r.id, Kind: account.MailJob, Payload: []byte(r.data)}))
	}
}

// kinds lists the events about a member.
func (w *world) kinds(member core.ID) (out []string) {
	w.t.Helper()
	w.must(w.db.View(ctx, func(tx *db.Tx) error {
		events, err := event.After(tx, 0, 1000)
		for _, e := range events {
			if e.Subject == member {
				out = append(out, e.Kind)
			}
		}
		return err
	}))
	return out
}

// fails asserts an error's code and, where given, its key (its own or a field's).
func (w *world) fails(err error, code core.Code, key string) {
	w.t.Helper()
	if core.CodeOf(err) != code || key != "" && !strings.Contains(err.Error(), key) {
		w.t.Errorf("got %v, want %s %s", err, code, key)
	}
}

// ended asserts that a token opens nothing any more.
func (w *world) ended(e account.Entry, why string) {
	w.t.Helper()
	if a, err := w.Authenticate(ctx, e.Token); core.CodeOf(err) != core.Unauthenticated || a != core.Visitor {
		w.t.Errorf("%s: the sign-in still works (%v, %v)", why, a, err)
	}
}
