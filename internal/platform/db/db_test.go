package db_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestUpdateIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		err := d.Update(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec("INSERT INTO setting (name, value) VALUES ($1, $2)", "a", "1"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want the function's own error", err)
		}
		d.View(ctx, func(tx *db.Tx) error {
			if _, err := db.One(tx, db.String, "SELECT value FROM setting WHERE name = $1", "a"); !core.IsNotFound(err) {
				t.Errorf("got %v, want not found", err)
			}
			return nil
		})
	})
}

func TestPlaceholdersMayComeInAnyOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.View(context.Background(), func(tx *db.Tx) error {
			got, err := db.One(tx, db.String, "SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || CAST($2 AS TEXT)", "one", "two")
			if err != nil || got != "twoonetwo" {
				t.Errorf("got %q, %v", got, err)
			}
			return nil
		})
	})
}

func TestASecondRowOfTheSameKeyIsAConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		insert := func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO setting (name, value) VALUES ('x', 'y')")
			return err
		}
		if err := d.Update(context.Background(), insert); err != nil {
			t.Fatal(err)
		}
		if err := d.Update(context.Background(), insert); core.CodeOf(err) != core.Conflict {
			t.Fatalf("got %v, want a conflict", err)
		}
	})
}

func TestAfterCommitRunsOnlyWhenDurable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ran := 0
		d.Update(context.Background(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran++ })
			return errors.New("no")
		})
		if ran != 0 {
			t.Fatal("it ran after a rollback")
		}
		d.Update(context.Background(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran++ })
			return nil
		})
		if ran != 1 {
			t.Fatalf("it ran %d times, want once", ran)
		}
	})
}

func TestALeaseNeverRepeatsIdsWhenTheClockGoesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		clock := core.NewManualClock(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		first, err := d.TakeLease(ctx, clock, "first")
		if err != nil {
			t.Fatal(err)
		}
		last := first.IDs.Next()
		if err := first.Release(ctx); err != nil {
			t.Fatal(err)
		}
		clock.Advance(-time.Hour)
		second, err := d.TakeLease(ctx, clock, "second")
		if err != nil {
			t.Fatal(err)
		}
		next := second.IDs.Next()
		if second.Number == first.Number && next <= last {
			t.Errorf("process %d made %d after %d", second.Number, next, last)
		}
	})
}

func TestTwoProcessesNeverShareANumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, err := d.TakeLease(context.Background(), core.SystemClock{}, "a")
		if err != nil {
			t.Fatal(err)
		}
		b, err := d.TakeLease(context.Background(), core.SystemClock{}, "b")
		if err != nil {
			t.Fatal(err)
		}
		if a.Number == b.Number {
			t.Errorf("both got %d", a.Number)
		}
	})
}

// The schema that the migrations make is committed, so that a change to it shows in a review.
func TestSchemaIsTheCommittedOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		got, err := d.Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "schema."+string(d.Engine())+".golden")
		if *update {
			os.MkdirAll("testdata", 0o755)
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("the schema differs from %s; if that is meant, run the test with -update", golden)
		}
	})
}

func TestAnErrorNamesTheStatementButNoArgument(t *testing.T) {
	d := dbtest.OpenSQLite(t)
	err := d.Update(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO nowhere (a) VALUES ($1)", "a member's words")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "INSERT INTO nowhere") || strings.Contains(err.Error(), "words") {
		t.Errorf("got %v", err)
	}
}
