package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// bulkDeadline bounds a backup's reading and a restore's writing, which take as long as the database is large.
const bulkDeadline = 6 * time.Hour

// Snapshot is View for a backup: one snapshot that may be read for hours. On SQLite the write-ahead log grows as long as it is
// open, so it is for reading everything once, not for people.
func (d *DB) Snapshot(ctx context.Context, fn func(*Tx) error) error {
	return d.view(ctx, bulkDeadline, fn)
}

// Load is Update for a restore: one transaction that may write for hours. Nothing else should use the database meanwhile.
func (d *DB) Load(ctx context.Context, fn func(*Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, bulkDeadline)
	defer cancel()
	return translate(d.run(ctx, d.writer, nil, true, fn))
}

// Each calls fn for every row of a query without keeping them. fn must not run another statement of the same transaction.
func Each(tx *Tx, fn func(Row) error, query string, args ...any) error {
	rows, err := tx.query(query, args)
	if err != nil {
		return explain(err, query)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return explain(err, query)
		}
	}
	return explain(rows.Err(), query)
}

// Kind is what a column holds, said alike for both engines.
type Kind string

// The kinds. Every column of the schema is one of them.
const (
	Integer Kind = "int"
	Text    Kind = "text"
	Truth   Kind = "bool"
	Bytes   Kind = "bytes"
)

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

var kinds = map[string]Kind{
	"integer": Integer, "bigint": Integer, "text": Text, "boolean": Truth, "blob": Bytes, "bytea": Bytes,
	"tsvector": Text, // of the index of search, which is written by nobody else and in no backup
}

// Columns lists the columns of a table in their order.
func (tx *Tx) Columns(table string) ([]Column, error) {
	query := "SELECT name, type FROM pragma_table_info($1) ORDER BY cid"
	if tx.db.engine == Postgres {
		query = "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
	}
	return All(tx, func(r Row) (c Column, err error) {
		var kind string
		if err = r.Scan(&c.Name, &kind); err != nil {
			return c, err
		}
		known := false
		if c.Kind, known = kinds[strings.ToLower(kind)]; !known {
			err = fmt.Errorf("column %s.%s has the type %s, which is in neither engine's schema", table, c.Name, kind)
		}
		return c, err
	}, query, table)
}

// TablesInOrder lists the tables so that each comes after those that its foreign keys refer to, without those that are derived.
func (tx *Tx) TablesInOrder() ([]string, error) {
	names, err := tx.tableNames()
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, IsDerived)
	query := "SELECT m.name, f.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
	if tx.db.engine == Postgres {
		query = `SELECT c.relname, p.relname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_class p ON p.oid = o.confrelid
			WHERE o.contype = 'f' AND c.relnamespace = current_schema()::regnamespace`
	}
	type key struct{ from, to string }
	keys, err := All(tx, func(r Row) (k key, err error) { err = r.Scan(&k.from, &k.to); return }, query)
	if err != nil {
		return nil, err
	}
	var out []string
	for len(names) > 0 {
		waits := func(name string) bool {
			return slices.ContainsFunc(keys, func(k key) bool { return k.from == name && k.to != name && slices.Contains(names, k.to) })
		}
		at := slices.IndexFunc(names, func(n string) bool { return !waits(n) })
		if at < 0 {
			return nil, fmt.Errorf("the tables %v refer to each other in a circle", names)
		}
		out = append(out, names[at])
		names = slices.Delete(names, at, at+1)
	}
	return out, nil
}

// Check looks for damage: on SQLite through every page, index and foreign key. PostgreSQL looks after itself.
func (d *DB) Check(ctx context.Context) error {
	if d.engine != SQLite {
		return d.Ping(ctx)
	}
	return d.Snapshot(ctx, func(tx *Tx) error {
		found, err := All(tx, String, "SELECT integrity_check FROM pragma_integrity_check")
		if err != nil {
			return err
		}
		if len(found) != 1 || found[0] != "ok" {
			return fmt.Errorf("the database file is damaged: %s", strings.Join(found, "; "))
		}
		loose, err := All(tx, String, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check LIMIT 20")
		if err == nil && len(loose) > 0 {
			err = fmt.Errorf("rows of %s refer to rows that are not there", strings.Join(loose, ", "))
		}
		return err
	})
}
