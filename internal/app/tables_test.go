package app_test

import (
	"context"
	"slices"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

// What is not declared can be neither exported nor erased nor let go of in time.
func TestEveryTableIsDeclaredAndEveryDeclarationIsTrue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		names, err := d.TableNames(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		declared := map[string]bool{}
		for _, table := range app.Tables() {
			if own := table.Name + "." + table.Owner; declared[own] { // rows may be about two people: each is an owner
				t.Errorf("%s is declared twice", own)
			} else {
				declared[own], declared[table.Name] = true, true
			}
			check(t, d, table)
			if !slices.Contains(names, table.Name) {
				t.Errorf("%s is declared and not there", table.Name)
			}
		}
		for _, name := range names {
			if !declared[name] {
				t.Errorf("nobody declares the table %s", name)
			}
		}
	})
}

func check(t *testing.T, d *db.DB, table db.Table) {
	t.Helper()
	if table.Export == "" || table.Keep == "" {
		t.Errorf("%s does not say what is exported and how long rows stay", table.Name)
	}
	if (table.Owner == "") != (table.Erase == "") {
		t.Errorf("%s: who has an owner says what erasing them does, and nobody else", table.Name)
	}
	if (table.Erase == db.Overwrite) != (table.EraseSet != "") {
		t.Errorf("%s: overwriting needs its words, and nothing else has any", table.Name)
	}
	if len(table.Sealed) > 0 && table.Owner == "" {
		t.Errorf("%s has sealed columns and no owner whose key they are sealed under", table.Name)
	}
	err := d.View(context.Background(), func(tx *db.Tx) error {
		columns, err := tx.Columns(table.Name)
		for _, name := range append([]string{table.Owner}, table.Sealed...) {
			if name != "" && !slices.ContainsFunc(columns, func(c db.Column) bool { return c.Name == name }) {
				t.Errorf("%s has no column %s", table.Name, name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Erasing somebody runs what the tables declare, so what they declare has to be SQL that both engines take, in an order that no
// foreign key forbids.
func TestWhatTheTablesDeclareForErasingRuns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(context.Background(), func(tx *db.Tx) error { return db.EraseMember(tx, app.Tables(), 1) })
		if err != nil {
			t.Fatal(err)
		}
	})
}
