package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"
)

// Engine names a database engine.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Pool sizes. SQLite readers share two cores; PostgreSQL's default is 100 connections for all servers together.
const (
	sqliteReaders    = 6
	postgresConns    = 16
	readDeadline     = 15 * time.Second // a reader that stays longer would keep the WAL from being checkpointed
	writeDeadline    = 60 * time.Second // an erasure or an import batch is the longest honest write
	connectionMaxAge = 30 * time.Minute
)

// DB is an open database. Safe for concurrent use.
type DB struct {
	engine  Engine
	address string
	reader  *sql.DB
	writer  *sql.DB

	statements     sync.Map // SQLite: statementKey -> *sql.Stmt
	statementCount atomic.Int64
	changes        atomic.Uint64
	onChange       atomic.Pointer[func()]
	watch          atomic.Pointer[func(query string, args []any)]
}

// Open opens a database by its address: a postgres:// or postgresql:// address, or the path of a SQLite file, which is made if
// it is absent (its folder too). Nothing is migrated yet.
func Open(ctx context.Context, address string) (*DB, error) {
	if IsPostgres(address) {
		return openPostgres(ctx, address)
	}
	return openSQLite(ctx, address)
}

// IsPostgres tells whether an address means PostgreSQL.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of %s: %w", path, err)
	}
	if err := touch(path); err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", sqliteDSN(path, "immediate"))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", sqliteDSN(path, "deferred")+"&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	d := &DB{engine: SQLite, address: path, reader: reader, writer: writer}
	if err := writer.PingContext(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return d, nil
}

// touch makes the file readable by its owner only, before SQLite makes it readable by all.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database file: %w", err)
	}
	return f.Close()
}

// busyTimeout is how long SQLite waits for another process's lock, as a statement.
const busyTimeout = "PRAGMA busy_timeout = 10000"

// sqliteDSN puts the pragmas into the address, because one set by Exec is lost on the pool's next connection.
// auto_vacuum has to stand before the first table is made; see Tend. synchronous FULL: a commit that was acknowledged survives a power cut.
func sqliteDSN(path, lock string) string {
	q := url.Values{"_txlock": {lock}}
	for _, p := range []string{
		"busy_timeout(10000)", "auto_vacuum(INCREMENTAL)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"cache_size(-16000)", "temp_store(MEMORY)", "journal_size_limit(67108864)", "secure_delete(1)",
	} {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openPostgres(ctx context.Context, address string) (*DB, error) {
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("open the PostgreSQL database: %w", err)
	}
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	pool.SetConnMaxLifetime(connectionMaxAge)
	d := &DB{engine: Postgres, address: address, reader: pool, writer: pool}
	if err := pool.PingContext(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("connect to PostgreSQL: %w", redact(err, address))
	}
	return d, nil
}

// redact keeps the password of an address out of an error.
func redact(err error, address string) error {
	u, perr := url.Parse(address)
	if perr != nil || u.User == nil {
		return err
	}
	if secret, ok := u.User.Password(); ok && secret != "" {
		return fmt.Errorf("%s", strings.ReplaceAll(err.Error(), secret, "…"))
	}
	return err
}

// Changes counts the transactions that this process has committed. Whoever saw a number before reading, and sees it again later, has
// missed nothing that was written here in between; what another process wrote is not counted.
func (d *DB) Changes() uint64 { return d.changes.Load() }

// OnChange calls fn after each transaction that this process commits. There is one such function; it must not wait.
func (d *DB) OnChange(fn func()) { d.onChange.Store(&fn) }

// Watch calls fn with each statement before it is carried out, for tests that look at plans; nil ends that.
func (d *DB) Watch(fn func(query string, args []any)) {
	if fn == nil {
		d.watch.Store(nil)
		return
	}
	d.watch.Store(&fn)
}

func (d *DB) seen(query string, args []any) {
	if fn := d.watch.Load(); fn != nil {
		(*fn)(query, args)
	}
}

// Engine tells which engine this is. Only this package and search may branch on it; an architecture test holds that.
func (d *DB) Engine() Engine { return d.engine }

// Close waits for running transactions and closes.
func (d *DB) Close() error {
	err := d.reader.Close()
	if d.writer != d.reader {
		if werr := d.writer.Close(); err == nil {
			err = werr
		}
	}
	return err
}

// Ping tells whether the database answers; an error is core.Unavailable.
func (d *DB) Ping(ctx context.Context) error {
	return d.View(ctx, func(tx *Tx) error {
		_, err := One(tx, Int64, "SELECT 1")
		return err
	})
}

// Size is what the database takes on disk, in bytes.
func (d *DB) Size(ctx context.Context) (int64, error) {
	var n int64
	err := d.View(ctx, func(tx *Tx) (err error) {
		query := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
		if d.engine == Postgres {
			query = "SELECT pg_database_size(current_database())"
		}
		n, err = One(tx, Int64, query)
		return err
	})
	return n, err
}

// Outside runs a statement that cannot be part of a transaction, such as CREATE DATABASE or VACUUM.
func (d *DB) Outside(ctx context.Context, statement string) error {
	_, err := d.writer.ExecContext(ctx, statement)
	return translate(err)
}
