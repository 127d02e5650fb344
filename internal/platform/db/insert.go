package db

import (
	"database/sql"
	"strconv"
	"strings"
)

// Inserter writes many rows into one table, for a restore. SQLite looks each $1 up by its name, which takes the square of their
// number, so there it gets places without names; and the statement is prepared once.
type Inserter struct {
	tx      *Tx
	into    string
	width   int
	rows    int // that one statement writes
	prepare *sql.Stmt
	waiting []any
}

// valuesAtOnce is about how many values one statement writes: few round trips to PostgreSQL, little to parse for SQLite.
const valuesAtOnce = 1500

// Inserter prepares to write rows with these columns. Flush ends it.
func (tx *Tx) Inserter(table string, columns []string) *Inserter {
	return &Inserter{tx: tx, into: "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ", width: len(columns),
		rows: max(1, valuesAtOnce/len(columns))}
}

// Add takes the values of a row; they are written with this call or a later one.
func (i *Inserter) Add(values []any) error {
	i.waiting = append(i.waiting, values...)
	if len(i.waiting) < i.rows*i.width {
		return nil
	}
	if i.prepare == nil {
		s, err := i.tx.tx.PrepareContext(i.tx.ctx, i.statement(i.rows))
		if err != nil {
			return explain(err, i.into)
		}
		i.prepare = s
	}
	_, err := i.prepare.ExecContext(i.tx.ctx, i.waiting...)
	i.waiting = i.waiting[:0]
	return explain(err, i.into)
}

// Flush writes what still waits.
func (i *Inserter) Flush() error {
	if i.prepare != nil {
		if err := i.prepare.Close(); err != nil {
			return err
		}
	}
	if len(i.waiting) == 0 {
		return nil
	}
	_, err := i.tx.tx.ExecContext(i.tx.ctx, i.statement(len(i.waiting)/i.width), i.waiting...)
	i.waiting = i.waiting[:0]
	return explain(err, i.into)
}

func (i *Inserter) statement(rows int) string {
	var b strings.Builder
	b.WriteString(i.into)
	for n := range rows * i.width {
		switch {
		case n == 0:
			b.WriteByte('(')
		case n%i.width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		if i.tx.db.engine == SQLite {
			b.WriteByte('?')
		} else {
			b.WriteString("$" + strconv.Itoa(n+1))
		}
	}
	b.WriteByte(')')
	return b.String()
}
