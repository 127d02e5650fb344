package importer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/importer"
	"dayroom/internal/organisation"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
)

// world is a site with one community, on a real database.
type world struct {
	testing.TB
	*importer.Service
	db      *db.DB
	ids     *core.IDMaker
	account *account.Service
	space   core.ID
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{TB: t, db: d}
	clock := core.NewManualClock(now)
	var err error
	w.ids, err = core.NewIDMaker(clock, 1, 0)
	w.must(err)
	dir := t.TempDir()
	k, err := keys.Open(ctx, filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	w.must(err)
	t.Cleanup(func() { k.Close() })
	w.account, err = account.New(d, k, w.ids, clock, site.New(d, clock), account.Options{Tables: append(append(append(
		[]db.Table{}, thread.Tables...), space.Tables...), account.Tables...)})
	w.must(err)
	in := space.DefaultsFor(policy.Community)
	in.Slug, in.Name = "breathing", "Breathing"
	sp, err := space.New(d, clock, w.ids).Create(ctx, core.SystemActor, in)
	w.must(err)
	w.space = sp.ID
	w.Service = importer.New(d, w.ids, clock, w.account)
	return w
}

func each(t *testing.T, test func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(newWorld(t, d)) })
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// load imports a text and gives what was counted and refused.
func (w *world) load(text string) (importer.Summary, []importer.Rejection) {
	w.Helper()
	var rejected []importer.Rejection
	sum, err := w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", From: strings.NewReader(text), Size: int64(len(text)),
		Rejected: func(r importer.Rejection) { rejected = append(rejected, r) }})
	w.must(err)
	return sum, rejected
}

func (w *world) number(query string, args ...any) (n int64) {
	w.Helper()
	w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, query, args...)
		return err
	}))
	return n
}

func (w *world) text(query string, args ...any) (s string) {
	w.Helper()
	w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
		s, err = db.One(tx, db.String, query, args...)
		return err
	}))
	return s
}

const (
	inhalers = `{"external":"t1","author":{"external":"ann@example.org","name":"Ann"},"time":"2024-03-01T08:00:00+01:00","kind":"question","title":"  Which   inhaler? ","body":"I have **two**.","tags":["Inhalers","inhalers"],"comments":[` +
		`{"external":"c1","author":{"external":"bo","name":"Bo"},"time":1709280000000,"body":"The blue one."},` +
		`{"author":{"external":"ann@example.org","name":"Ann"},"time":"2024-03-01T09:00:00Z","body":"Thank you @bo","reply_to":"c1"}]}`
	stairs = `{"external":"t2","author":{"name":"Ann"},"time":"2024-03-02T08:00:00Z","title":"Stairs","body":"Slowly."}`
)

func TestAThreadComesWithItsCommentsTimesAndAuthors(t *testing.T) {
	each(t, func(w *world) {
		sum, rejected := w.load(inhalers + "\n\r\n" + stairs)
		if sum.Threads != 2 || sum.Comments != 2 || sum.Authors != 3 || len(rejected) != 0 || sum.Done != sum.Size {
			t.Fatalf("%+v %v", sum, rejected)
		}
		if n := w.number("SELECT created_at FROM thread WHERE title = 'Which inhaler?' AND kind = 'question' AND replies = 2 AND tags = '[\"inhalers\"]'"); n != 1709276400000 {
			t.Errorf("made at %d", n)
		}
		if n := w.number("SELECT COUNT(*) FROM thread WHERE kind = 'discussion' AND title = 'Stairs' AND replies = 0 AND active_at = created_at"); n != 1 {
			t.Error("the second thread is not as the file has it")
		}
		if html := w.text("SELECT c.html FROM comment c JOIN comment p ON p.id = c.parent WHERE p.body = 'The blue one.' AND c.depth = 1"); html != "<p>Thank you @bo</p>" {
			t.Errorf("the reply is %q", html)
		}
		// Two identities with one name stay two people.
		if n := w.number("SELECT COUNT(*) FROM member WHERE standing = 'placeholder' AND handle = 'Ann'"); n != 2 {
			t.Errorf("%d placeholders are called Ann, want 2", n)
		}
		if n := w.number("SELECT COUNT(*) FROM member m JOIN thread t ON t.author = m.id WHERE m.standing = 'placeholder' AND m.password = ''"); n != 2 {
			t.Error("the authors are no placeholders")
		}
	})
}

func TestNoMailAddressOfAFileIsKept(t *testing.T) {
	each(t, func(w *world) {
		w.load(inhalers)
		for _, query := range []string{"SELECT COUNT(*) FROM import_ref WHERE external LIKE '%example%'", "SELECT COUNT(*) FROM member WHERE handle_key LIKE '%example%' OR handle LIKE '%example%'"} {
			if n := w.number(query); n != 0 {
				t.Errorf("%s: %d", query, n)
			}
		}
	})
}

func TestASecondRunChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		w.load(inhalers + "\n" + stairs)
		before := w.number("SELECT COUNT(*) FROM thread") + w.number("SELECT COUNT(*) FROM comment") + w.number("SELECT COUNT(*) FROM member")
		sum, _ := w.load(inhalers + "\n" + stairs)
		if sum.Known != 2 || sum.Threads+sum.Comments+sum.Authors+sum.Rejected != 0 {
			t.Errorf("%+v", sum)
		}
		if after := w.number("SELECT COUNT(*) FROM thread") + w.number("SELECT COUNT(*) FROM comment") + w.number("SELECT COUNT(*) FROM member"); after != before {
			t.Errorf("%d rows became %d", before, after)
		}
	})
}

func TestAnotherSourceMayUseTheSameIdentities(t *testing.T) {
	each(t, func(w *world) {
		w.load(stairs)
		sum, err := w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", Source: "old forum", From: strings.NewReader(stairs)})
		if err != nil || sum.Threads != 1 || sum.Authors != 1 {
			t.Errorf("%+v %v", sum, err)
		}
	})
}

// generated makes lines of threads with two comments each.
func generated(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"external":"g%d","author":{"external":"a%d","name":"Author %d"},"time":%d,"title":"Thread number %d","body":"Some *words* about day %d.","tags":["made"],`+
			`"comments":[{"author":{"name":"B"},"time":1709280000000,"body":"One."},{"author":{"name":"C"},"time":1709280000001,"body":"Two."}]}`+"\n", i, i%50, i%50, 1709270000000+i, i, i)
	}
	return b.String()
}

func TestAnInterruptedImportGoesOn(t *testing.T) {
	each(t, func(w *world) {
		text := generated(700)
		stopped, cancel := context.WithCancel(ctx)
		defer cancel()
		_, err := w.Import(stopped, core.SystemActor, importer.Input{Space: "breathing", From: strings.NewReader(text), Progress: func(s importer.Summary) {
			if s.Threads > 200 {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want that it was cancelled", err)
		}
		had := w.number("SELECT COUNT(*) FROM thread")
		if had == 0 || had == 700 {
			t.Fatalf("%d threads were there after the interruption", had)
		}
		sum, rejected := w.load(text)
		if sum.Known != had || sum.Threads != 700-had || len(rejected) > 0 {
			t.Errorf("%+v %v after %d", sum, rejected, had)
		}
		if n := w.number("SELECT COUNT(*) FROM thread t WHERE replies = 2 AND 2 = (SELECT COUNT(*) FROM comment c WHERE c.thread = t.id)"); n != 700 {
			t.Errorf("%d threads are whole, want 700", n)
		}
		if n := w.number("SELECT COUNT(*) FROM member WHERE standing = 'placeholder'"); n != 52 {
			t.Errorf("%d placeholders, want 52", n)
		}
	})
}

func TestAFileThatBreaksOffKeepsWhatCameBefore(t *testing.T) {
	w := newWorld(t, dbtest.OpenSQLite(t))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, generated(3000))
	w.must(z.Close())
	cut := packed.Bytes()[:packed.Len()/2]
	sum, err := w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", From: bytes.NewReader(cut)})
	if !errors.Is(err, io.ErrUnexpectedEOF) || sum.Threads == 0 || sum.Rejected != 0 {
		t.Fatalf("%+v %v", sum, err)
	}
	sum, err = w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", From: bytes.NewReader(packed.Bytes())})
	if err != nil || sum.Threads+sum.Known != 3000 {
		t.Errorf("%+v %v", sum, err)
	}
}

func TestWhatWasDeletedHereDoesNotComeBack(t *testing.T) {
	each(t, func(w *world) {
		w.load(inhalers)
		w.must(w.db.Update(ctx, func(tx *db.Tx) error {
			id, err := db.One(tx, db.ID, "SELECT id FROM thread")
			if err == nil {
				_, err = thread.Unwrite(tx, id)
			}
			return err
		}))
		sum, _ := w.load(inhalers)
		if sum.Known != 1 || w.number("SELECT COUNT(*) FROM thread WHERE title <> ''") != 0 {
			t.Errorf("%+v", sum)
		}
	})
}

func TestAnErasedAuthorGetsNoNewWords(t *testing.T) {
	each(t, func(w *world) {
		w.load(inhalers)
		var bo core.ID
		w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
			bo, err = db.One(tx, db.ID, "SELECT id FROM member WHERE handle = 'Bo'")
			return err
		}))
		w.must(w.account.Erase(ctx, core.SystemActor, bo))
		sum, rejected := w.load(strings.ReplaceAll(inhalers, `"t1"`, `"t3"`) + "\n" + strings.NewReplacer(`"t2"`, `"t4"`, `{"name":"Ann"}`, `{"external":"bo","name":"Bo"}`).Replace(stairs))
		if sum.Threads != 1 || len(rejected) != 1 || rejected[0] != (importer.Rejection{Line: 2, Reason: "its author was erased on this site"}) {
			t.Fatalf("%+v %v", sum, rejected)
		}
		if n := w.number("SELECT COUNT(*) FROM comment WHERE body LIKE 'The blue%'"); n != 0 {
			t.Errorf("%d comments of the erased author stand", n)
		}
		if n := w.number("SELECT COUNT(*) FROM comment WHERE state = 'deleted' AND author = 0"); n != 2 {
			t.Errorf("%d tombstones, want the old one and the new one", n)
		}
	})
}

func TestPagesAnswerBetweenTransactions(t *testing.T) {
	w := newWorld(t, dbtest.OpenSQLite(t))
	turns := 0
	_, err := w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", From: strings.NewReader(generated(500)), Progress: func(importer.Summary) {
		turns++
		w.must(w.db.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE counter SET value = value WHERE name = 'event'")
			return err
		}))
	}})
	if err != nil || turns < 4 {
		t.Errorf("%d turns, %v", turns, err)
	}
}

func TestOnlyAdminsImport(t *testing.T) {
	w := newWorld(t, dbtest.OpenSQLite(t))
	member := core.Actor{Member: 1, Standing: core.Active}
	if _, err := w.Import(ctx, member, importer.Input{Space: "breathing", From: strings.NewReader(stairs)}); core.CodeOf(err) != core.Forbidden {
		t.Errorf("got %v", err)
	}
	if n := w.number("SELECT COUNT(*) FROM thread"); n != 0 {
		t.Error("something was written")
	}
}

func TestAWrongSpaceOrFormatIsAnsweredBesideTheField(t *testing.T) {
	w := newWorld(t, dbtest.OpenSQLite(t))
	for field, in := range map[string]importer.Input{
		"space":  {Space: "nowhere"},
		"format": {Space: "breathing", Format: "xml"},
		"source": {Space: "breathing", Source: strings.Repeat("x", 100)},
	} {
		in.From = strings.NewReader(stairs)
		_, err := w.Import(ctx, core.SystemActor, in)
		var e *core.Error
		if !errors.As(err, &e) || e.Fields[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestOrganisationsOfAnImportAreNotOnesThatAreHere(t *testing.T) {
	each(t, func(w *world) {
		orgs := organisation.New(w.db, w.ids, core.NewManualClock(now))
		_, err := orgs.Create(ctx, core.SystemActor, organisation.Input{Slug: "from-cdc", Name: "Somebody else"})
		w.must(err)
		line := `{"qid":"1","qtype":"information","q":"What is (are)  Anthrax ?","a":"A disease.","doc":"1","source":"CDC","url":"https://www.cdc.gov/anthrax/"}`
		for range 2 {
			_, err := w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", Format: importer.MedQuAD, From: strings.NewReader(line)})
			w.must(err)
		}
		o, err := orgs.BySlug(ctx, "from-cdc-2")
		if err != nil || o.Name != "Centers for Disease Control and Prevention" {
			t.Fatalf("%+v %v", o, err)
		}
		if n := w.number("SELECT COUNT(*) FROM comment c JOIN organisation o ON o.id = c.organisation WHERE o.slug = 'from-cdc-2' AND c.body = 'A disease.'"); n != 1 {
			t.Error("the answer is not in the organisation's name")
		}
		if n := w.number("SELECT COUNT(*) FROM organisation"); n != 2 {
			t.Errorf("%d organisations, want 2", n)
		}
	})
}
