package demo_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/demo"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/keys"
	"dayroom/internal/site"
)

func deps(t *testing.T, d *db.DB) demo.Deps {
	t.Helper()
	dir := t.TempDir()
	k, err := keys.Open(context.Background(), filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	clock := core.NewManualClock(time.Date(2026, 5, 14, 9, 0, 0, 0, time.UTC))
	ids, err := core.NewIDMaker(clock, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	a, err := account.New(d, k, ids, clock, site.New(d, clock), account.Options{BaseURL: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return demo.Deps{DB: d, Keys: k, IDs: ids, Clock: clock, Account: a}
}

func TestTheDemoIsAlive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		filled, err := demo.Fill(ctx, deps(t, d))
		if err != nil || !filled {
			t.Fatalf("filled %v, %v", filled, err)
		}
		for _, c := range []struct {
			what  string
			query string
			least int64
		}{
			{"communities", "SELECT COUNT(*) FROM space WHERE kind = 'community'", 3},
			{"rounds", "SELECT COUNT(*) FROM space WHERE kind = 'rounds'", 1},
			{"channels", "SELECT COUNT(*) FROM space WHERE kind = 'channel'", 2},
			{"members", "SELECT COUNT(*) FROM member", 40},
			{"threads", "SELECT COUNT(*) FROM thread", 80},
			{"announcements with comments", "SELECT COUNT(*) FROM thread WHERE kind = 'announcement' AND replies > 0", 1},
			{"held posts for the steward to read", `SELECT COUNT(*) FROM queue_item q JOIN membership ms ON ms.space = q.space AND ms.role = 'steward'
				JOIN member m ON m.id = ms.member WHERE m.handle = 'old_oak' AND q.kind = 'held' AND q.state = 'open'`, 1},
			{"reports for the steward to read", `SELECT COUNT(*) FROM queue_item q JOIN membership ms ON ms.space = q.space AND ms.role = 'steward'
				JOIN member m ON m.id = ms.member WHERE m.handle = 'old_oak' AND q.kind = 'report' AND q.state = 'open'`, 1},
			{"held posts", "SELECT COUNT(*) FROM queue_item WHERE kind = 'held' AND state = 'open'", 2},
			{"reports", "SELECT COUNT(*) FROM report", 1},
			{"comments between midnight and five", "SELECT COUNT(*) FROM comment WHERE (created_at / 3600000) % 24 < 5", 10},
			{"unanswered questions", "SELECT COUNT(*) FROM thread WHERE kind = 'question' AND replies = 0 AND state = 'open'", 5},
			{"a thread of 50 comments", "SELECT COUNT(*) FROM thread WHERE replies >= 50", 1},
		} {
			err := d.View(ctx, func(tx *db.Tx) error {
				n, err := db.One(tx, db.Int64, c.query)
				if n < c.least {
					t.Errorf("%d %s, want at least %d", n, c.what, c.least)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAFilledSiteIsLeftAsItIs(t *testing.T) {
	ctx, dep := context.Background(), deps(t, dbtest.OpenSQLite(t))
	if _, err := demo.Fill(ctx, dep); err != nil {
		t.Fatal(err)
	}
	if filled, err := demo.Fill(ctx, dep); err != nil || filled {
		t.Errorf("filled again: %v, %v", filled, err)
	}
}

func TestEveryPersonaIsThere(t *testing.T) {
	people, err := demo.Personas()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, p := range people {
		found[p.Name] = p.Handle != ""
	}
	for _, name := range []string{"patient", "caregiver", "clinician", "staff", "steward", "admin"} {
		if !found[name] {
			t.Errorf("nobody plays the %s", name)
		}
	}
}
