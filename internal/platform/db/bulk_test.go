package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

func TestTablesComeAfterWhatTheyReferTo(t *testing.T) {
	var orders [][]string
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var order []string
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			order, err = tx.TablesInOrder()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]string{{"member", "sign_in"}, {"organisation", "space"}, {"space", "thread"}, {"thread", "comment"}, {"queue_item", "report"}} {
			if slices.Index(order, pair[0]) > slices.Index(order, pair[1]) {
				t.Errorf("%s comes after %s", pair[0], pair[1])
			}
		}
		names, err := d.TableNames(ctx)
		names = slices.DeleteFunc(names, db.IsDerived)
		if err != nil || len(names) != len(order) {
			t.Errorf("%d of %d tables are in the order, %v", len(order), len(names), err)
		}
		orders = append(orders, order)
	})
	if len(orders) == 2 && !slices.Equal(orders[0], orders[1]) {
		t.Errorf("the engines differ:\n%v\n%v", orders[0], orders[1])
	}
}

func TestColumnsHaveTheSameKindsOnBothEngines(t *testing.T) {
	var seen []map[string][]db.Column
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		all := map[string][]db.Column{}
		err := d.View(context.Background(), func(tx *db.Tx) error {
			names, err := tx.TablesInOrder()
			for _, n := range names {
				if err == nil {
					all[n], err = tx.Columns(n)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, all)
	})
	if len(seen) < 2 {
		return
	}
	for name, columns := range seen[0] {
		if !slices.Equal(columns, seen[1][name]) {
			t.Errorf("%s: %v and %v", name, columns, seen[1][name])
		}
	}
}

func TestAnOlderSchemaCanBeMadeAndBroughtUp(t *testing.T) {
	ctx := context.Background()
	each := map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() + "/empty.db" },
		"postgres": func(t *testing.T) string { return dbtest.EmptyPostgres(t) },
	}
	for name, address := range each {
		t.Run(name, func(t *testing.T) {
			d, err := db.Open(ctx, address(t))
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if err := d.MigrateTo(ctx, 2); err != nil {
				t.Fatal(err)
			}
			if v, err := d.Version(ctx); v != 2 || err != nil {
				t.Fatalf("version %d, %v", v, err)
			}
			newest, err := d.NewestVersion()
			if err != nil {
				t.Fatal(err)
			}
			if steps, err := d.Migrate(ctx); err != nil || steps == 0 {
				t.Errorf("%d steps to %d, %v", steps, newest, err)
			}
			if v, err := d.Version(ctx); v != newest || err != nil {
				t.Errorf("version %d, want %d, %v", v, newest, err)
			}
			for _, v := range []int64{0, newest + 1} {
				if d.MigrateTo(ctx, v) == nil {
					t.Errorf("schema %d was accepted", v)
				}
			}
		})
	}
}

func TestEachGivesEveryRowAndStopsAtAnError(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		enough := errors.New("enough")
		err := d.Snapshot(context.Background(), func(tx *db.Tx) error {
			var got []int64
			scan := func(r db.Row) error {
				n, err := db.Int64(r)
				got = append(got, n)
				if n == 3 {
					return enough
				}
				return err
			}
			err := db.Each(tx, scan, "WITH RECURSIVE n(v) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT v + 1 FROM n WHERE v < 5) SELECT v FROM n ORDER BY v")
			if !slices.Equal(got, []int64{1, 2, 3}) {
				t.Errorf("got %v", got)
			}
			return err
		})
		if !errors.Is(err, enough) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCheckFindsADanglingRow(t *testing.T) {
	d := dbtest.OpenSQLite(t)
	ctx := context.Background()
	if err := d.Check(ctx); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"PRAGMA foreign_keys = 0", "INSERT INTO thread_tag (tag, thread) VALUES ('x', 5)", "PRAGMA foreign_keys = 1"} {
		if err := d.Outside(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Check(ctx); err == nil {
		t.Error("a tag of no thread was not found")
	}
}

func TestAnInserterWritesEveryRowOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, rows := range []int64{0, 1, 749, 750, 751, 3000} {
			err := d.Load(context.Background(), func(tx *db.Tx) error {
				if _, err := tx.Exec("DELETE FROM setting"); err != nil {
					return err
				}
				in := tx.Inserter("setting", []string{"name", "value"})
				for n := range rows {
					if err := in.Add([]any{fmt.Sprint(n), "x"}); err != nil {
						return err
					}
				}
				if err := in.Flush(); err != nil {
					return err
				}
				got, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM setting WHERE value = 'x'")
				if got != rows {
					t.Errorf("%d rows, want %d", got, rows)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
