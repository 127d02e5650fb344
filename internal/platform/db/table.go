package db

import (
	"context"
	"slices"
	"strings"
)

// Table declares what a table means for the people whose data it holds. Every package that owns tables declares them, app
// gathers the declarations, and a test fails on a table that nobody declared: what is not said here cannot be exported, erased
// or let go of in time.
type Table struct {
	Name string
	// Owner is the column that names the member whose data a row is, or empty where rows are nobody's in particular.
	Owner string
	// Sealed lists the columns encrypted under the owner's key.
	Sealed []string
	// Export says what "everything of mine" gives of it: "all", "none", or which part.
	Export string
	// Erase is what erasing the member does to the owner's rows.
	Erase Erasure
	// EraseSet is the SET clause where Erase is Overwrite.
	EraseSet string
	// Keep says how long rows stay while their owner does, and what ends them.
	Keep string
}

// Erasure is what happens to a member's rows when the member is erased.
type Erasure string

// The ways. Tombstones keep a conversation readable for the others without the erased person's words.
const (
	Delete    Erasure = "delete"    // rows are removed
	Overwrite Erasure = "overwrite" // rows stay, emptied by EraseSet
	Retain    Erasure = "retain"    // rows stay: they are the site's record and hold no words or name of the member
)

// EraseMember runs what the tables declare for a member whose key is already gone. Tables come in the order of declaration,
// so that rows go before what they refer to.
func EraseMember(tx *Tx, tables []Table, member int64) error {
	for _, t := range tables {
		if t.Owner == "" {
			continue
		}
		var err error
		switch t.Erase {
		case Delete:
			_, err = tx.Exec("DELETE FROM "+t.Name+" WHERE "+t.Owner+" = $1", member)
		case Overwrite:
			_, err = tx.Exec("UPDATE "+t.Name+" SET "+t.EraseSet+" WHERE "+t.Owner+" = $1", member)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// internalTables belong to the engine or to the migrations.
var internalTables = []string{"goose_db_version"}

// TableNames lists the tables of the schema, sorted.
func (d *DB) TableNames(ctx context.Context) (names []string, err error) {
	err = d.View(ctx, func(tx *Tx) error {
		names, err = tx.tableNames()
		return err
	})
	return names, err
}

func (tx *Tx) tableNames() ([]string, error) {
	// What begins with search_text is a full-text index of SQLite and the tables that it keeps for itself.
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_text%'"
	if tx.db.engine == Postgres {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
	}
	names, err := All(tx, String, query)
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(internalTables, n) })
	slices.Sort(names)
	return names, err
}

// HasTable tells whether the schema has a table.
func (tx *Tx) HasTable(name string) (bool, error) {
	names, err := tx.tableNames()
	return slices.Contains(names, name), err
}

// IsDerived tells whether a table holds nothing that could not be made anew from others. Such tables are in no backup.
func IsDerived(table string) bool { return strings.HasPrefix(table, "search_") }

// ColumnNames lists the columns of a table in their order.
func (tx *Tx) ColumnNames(table string) ([]string, error) {
	query := "SELECT name FROM pragma_table_info($1) ORDER BY cid"
	if tx.db.engine == Postgres {
		query = "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
	}
	return All(tx, String, query, table)
}
