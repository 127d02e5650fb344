package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dayroom/internal/core"
)

// Tx is a unit of work. It carries its context: a statement in it ends when the request does. Not for concurrent use.
type Tx struct {
	ctx      context.Context
	db       *DB
	tx       *sql.Tx
	pool     *sql.DB
	writable bool
	begun    uint64
	values   map[any]any
	before   []func(*Tx) error
	after    []func()
}

// Context is the context that the unit of work runs under.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine tells which engine this is, as DB.Engine does; for this package and search only.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// Shared tells whether other servers of the site may write to this database.
func (tx *Tx) Shared() bool { return tx.db.engine == Postgres }

// Writable tells an Update from a View.
func (tx *Tx) Writable() bool { return tx.writable }

// Begun is how many transactions this process had committed when this one began: what was read in another transaction that began at
// the same number is what this one would read too, as far as this process writes.
func (tx *Tx) Begun() uint64 { return tx.begun }

// Value and SetValue let a package keep something for the length of the unit of work, such as events that are yet to be written.
func (tx *Tx) Value(key any) any { return tx.values[key] }

// SetValue keeps value under key; key is of a type private to the caller.
func (tx *Tx) SetValue(key, value any) {
	if tx.values == nil {
		tx.values = map[any]any{}
	}
	tx.values[key] = value
}

// BeforeCommit runs fn inside the transaction, after the function of Update ended well.
func (tx *Tx) BeforeCommit(fn func(*Tx) error) { tx.before = append(tx.before, fn) }

// AfterCommit runs fn once the transaction is durable; never after a rollback.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

type firstKey struct{}

// WithFirst gives a context under which every Update runs first inside its transaction, before its own function, and fails with it.
// An edge so makes an act of a service depend on something of its own, such as that the same request was not carried out before.
func WithFirst(ctx context.Context, first func(*Tx) error) context.Context {
	return context.WithValue(ctx, firstKey{}, first)
}

// View runs fn on one snapshot of the database, for reading only.
func (d *DB) View(ctx context.Context, fn func(*Tx) error) error {
	if s := d.snapshotOf(ctx); s != nil {
		if shared, err := s.view(fn); shared {
			return translate(err)
		}
	}
	return d.view(ctx, readDeadline, fn)
}

func (d *DB) view(ctx context.Context, deadline time.Duration, fn func(*Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return translate(d.run(ctx, d.reader, d.readOptions(), false, fn))
}

func (d *DB) readOptions() *sql.TxOptions {
	if d.engine == Postgres {
		return &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	}
	return nil // query_only is set on the pool's connections; modernc refuses the option
}

// attempts bounds how often Update runs again what lost against another transaction.
const attempts = 5

// Update runs fn in a transaction and commits it, durably, unless fn fails. On PostgreSQL fn may run again (see the package
// comment).
func (d *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	if err := core.Refused(ctx); err != nil {
		return err
	}
	if s := d.snapshotOf(ctx); s != nil {
		s.end()
	}
	ctx, cancel := context.WithTimeout(ctx, writeDeadline)
	defer cancel()
	var err error
	for range attempts {
		if err = d.run(ctx, d.writer, nil, true, fn); !isRetryable(err) {
			break
		}
	}
	return translate(err)
}

func (d *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, writable bool, fn func(*Tx) error) (err error) {
	begun := d.changes.Load() // before: whatever is committed from here on counts as not seen
	inner, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, db: d, tx: inner, pool: pool, writable: writable, begun: begun}
	defer func() {
		if p := recover(); p != nil {
			inner.Rollback()
			panic(p)
		}
		if err != nil {
			inner.Rollback()
		}
	}()
	if first, ok := ctx.Value(firstKey{}).(func(*Tx) error); ok && writable {
		if err = first(tx); err != nil {
			return err
		}
	}
	if err = fn(tx); err != nil {
		return err
	}
	for len(tx.before) > 0 {
		next := tx.before[0]
		tx.before = tx.before[1:]
		if err = next(tx); err != nil {
			return err
		}
	}
	if err = inner.Commit(); err != nil {
		return err
	}
	if writable {
		d.changes.Add(1)
	}
	for _, f := range tx.after {
		f()
	}
	if f := d.onChange.Load(); writable && f != nil {
		(*f)()
	}
	return nil
}

// maxStatements bounds the cache of prepared statements: some queries have a variable number of placeholders.
const maxStatements = 400

type statementKey struct {
	pool  *sql.DB
	query string
}

// prepared gives a statement that SQLite need not parse again, or nil when this is the first time that it is seen: it is then
// prepared after the transaction, because preparing needs a connection and this transaction may hold the last one.
// pgx keeps such a cache itself.
func (tx *Tx) prepared(query string) *sql.Stmt {
	if tx.db.engine != SQLite {
		return nil
	}
	k := statementKey{tx.pool, query}
	if s, ok := tx.db.statements.Load(k); ok {
		return tx.tx.StmtContext(tx.ctx, s.(*sql.Stmt))
	}
	if tx.db.statementCount.Load() < maxStatements {
		tx.AfterCommit(func() { tx.db.prepare(k) })
	}
	return nil
}

func (d *DB) prepare(k statementKey) {
	if _, there := d.statements.Load(k); there {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s, err := k.pool.PrepareContext(ctx, k.query)
	if err != nil {
		return // the next transaction tries again; nothing depends on it
	}
	if _, loaded := d.statements.LoadOrStore(k, s); loaded {
		s.Close()
		return
	}
	d.statementCount.Add(1)
}

// Exec runs a statement and gives the number of rows it touched.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	tx.db.seen(query, args)
	var res sql.Result
	var err error
	if s := tx.prepared(query); s != nil {
		res, err = s.ExecContext(tx.ctx, args...)
	} else {
		res, err = tx.tx.ExecContext(tx.ctx, query, args...)
	}
	if err != nil {
		return 0, explain(err, query)
	}
	return res.RowsAffected()
}

// Must runs a statement that has to touch at least one row; none is core.Conflict. The compare-and-swap form of an UPDATE.
func (tx *Tx) Must(query string, args ...any) error {
	n, err := tx.Exec(query, args...)
	if err == nil && n == 0 {
		err = core.E(core.Conflict, "error.conflict")
	}
	return err
}

// Row is what a scan function reads one row from.
type Row interface{ Scan(dest ...any) error }

func (tx *Tx) query(query string, args []any) (*sql.Rows, error) {
	tx.db.seen(query, args)
	if s := tx.prepared(query); s != nil {
		return s.QueryContext(tx.ctx, args...)
	}
	return tx.tx.QueryContext(tx.ctx, query, args...)
}

// One reads the only row of a query. No row is core.NotFound.
func One[T any](tx *Tx, scan func(Row) (T, error), query string, args ...any) (T, error) {
	tx.db.seen(query, args)
	var row *sql.Row
	if s := tx.prepared(query); s != nil {
		row = s.QueryRowContext(tx.ctx, args...)
	} else {
		row = tx.tx.QueryRowContext(tx.ctx, query, args...)
	}
	v, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return v, core.Missing("row").Because(explain(err, query))
	}
	if err != nil {
		return v, explain(err, query)
	}
	return v, nil
}

// All reads every row of a query into memory. The rows are closed before it returns, as PostgreSQL needs before the next
// statement of the same transaction.
func All[T any](tx *Tx, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	return AtMost(tx, 0, scan, query, args...)
}

// AtMost is All for a query that gives about as many rows as its LIMIT, n: room for them is made at once.
func AtMost[T any](tx *Tx, n int, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.query(query, args)
	if err != nil {
		return nil, explain(err, query)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		if out == nil && n > 0 {
			out = make([]T, 0, n)
		}
		v, err := scan(rows)
		if err != nil {
			return nil, explain(err, query)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, explain(err, query)
	}
	return out, nil
}

// Int64 scans a single number.
func Int64(r Row) (n int64, err error) { err = r.Scan(&n); return }

// ID scans a single id.
func ID(r Row) (id core.ID, err error) { err = r.Scan(&id); return }

// String scans a single text.
func String(r Row) (s string, err error) { err = r.Scan(&s); return }

// Bool scans a single truth value.
func Bool(r Row) (b bool, err error) { err = r.Scan(&b); return }

// Millis is how a moment is stored: Unix milliseconds; the zero time is 0.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Moment reads what Millis wrote.
func Moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
