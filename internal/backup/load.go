package backup

import (
	"context"
	"fmt"
	"io"
	"slices"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/search"
)

// The mark in the settings of a database that a restore is filling. A server does not start on it.
const (
	markName  = "restore"
	markValue = "unfinished"
)

// Unfinished gives an error where a restore into this database did not come to its end. The schema has to be there.
func Unfinished(ctx context.Context, d *db.DB) error {
	marked, err := isMarked(ctx, d, []string{"setting"})
	if err == nil && marked {
		err = fmt.Errorf("a restore into this database was interrupted, and what was erased since the backup may be in it: run dayroom restore once more")
	}
	return err
}

func isMarked(ctx context.Context, d *db.DB, tables []string) (marked bool, err error) {
	if !slices.Contains(tables, "setting") {
		return false, nil
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		_, err := db.One(tx, db.String, "SELECT value FROM setting WHERE name = $1", markName)
		marked = err == nil
		if core.IsNotFound(err) {
			return nil
		}
		return err
	})
	return marked, err
}

func mark(tx *db.Tx) error {
	_, err := tx.Exec("INSERT INTO setting (name, value) VALUES ($1, $2)", markName, markValue)
	return err
}

func unmark(tx *db.Tx) error {
	_, err := tx.Exec("DELETE FROM setting WHERE name = $1", markName)
	return err
}

// empty removes every row, those that refer to others first.
func empty(tx *db.Tx) error {
	names, err := tx.TablesInOrder()
	if err != nil {
		return err
	}
	slices.Reverse(names)
	for _, name := range names {
		if _, err := tx.Exec("DELETE FROM " + name); err != nil {
			return err
		}
	}
	indexed, err := tx.HasTable("search_state")
	if err != nil || !indexed { // a backup of a version that had no search
		return err
	}
	return search.Forget(tx)
}

// load fills every table inside of one transaction and counts what is there in the end.
func (r *restore) load(tx *db.Tx) error {
	if err := empty(tx); err != nil { // the counters that making the schema began
		return err
	}
	order, err := tx.TablesInOrder()
	if err != nil {
		return err
	}
	if err := r.sameTables(tx, order); err != nil {
		return err
	}
	for _, name := range order {
		t := r.from.table(name)
		if err := r.loadTable(tx, t); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		rows, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM "+name)
		if err != nil {
			return err
		}
		if rows != t.Rows {
			return fmt.Errorf("table %s has %d rows, and should have %d", name, rows, t.Rows)
		}
		r.report.Rows += rows
	}
	return mark(tx)
}

func (m Manifest) table(name string) Table {
	at := slices.IndexFunc(m.Tables, func(t Table) bool { return t.Name == name })
	if at < 0 {
		return Table{}
	}
	return m.Tables[at]
}

// sameTables compares the tables and columns of the backup with those of the schema: their names become parts of statements.
func (r *restore) sameTables(tx *db.Tx, order []string) error {
	if len(r.from.Tables) != len(order) {
		return fmt.Errorf("the backup has %d tables, and its schema %d", len(r.from.Tables), len(order))
	}
	for _, name := range order {
		columns, err := tx.Columns(name)
		if err != nil {
			return err
		}
		if t := r.from.table(name); t.Name == "" || !slices.Equal(columns, t.Columns) {
			return fmt.Errorf("the table %s of the backup is not that of schema %d: it was made by another version of the program", name, r.from.Schema)
		}
	}
	return nil
}

func (r *restore) loadTable(tx *db.Tx, t Table) error {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = c.Name
	}
	into, rows := tx.Inserter(t.Name, columns), int64(0)
	err := r.from.read(t.Part, func(part io.Reader) error {
		return lines(part, func(line []byte) error {
			values, err := parseRow(line, t.Columns)
			if err != nil {
				return fmt.Errorf("row %d: %w", rows+1, err)
			}
			if rows++; rows%1000 == 0 {
				r.tell(t.Name, rows, Rows)
			}
			return into.Add(values)
		})
	})
	if err == nil {
		err = into.Flush()
	}
	r.tell(t.Name, rows, Rows)
	return err
}
