package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"

	"dayroom/internal/core"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// explain puts the statement's beginning in front of a driver's error, so that the log tells which one failed. Arguments stay
// out: they are members' words.
func explain(err error, query string) error {
	if err == nil {
		return nil
	}
	if q := strings.Join(strings.Fields(query), " "); len(q) > 90 {
		return fmt.Errorf("sql %q…: %w", q[:90], err)
	} else {
		return fmt.Errorf("sql %q: %w", q, err)
	}
}

// IsUnique tells that err comes from a unique index or primary key.
func IsUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || lite.Code() == sqlite3.SQLITE_CONSTRAINT_ROWID
	}
	return false
}

// isRetryable tells that a PostgreSQL transaction lost against another one and may be run again.
func isRetryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// translate gives a driver's error the code that the edges understand. Errors that already have one pass.
func translate(err error) error {
	var ours *core.Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	if IsUnique(err) {
		return core.E(core.Conflict, "error.conflict").Because(err)
	}
	if isAway(err) {
		return core.E(core.Unavailable, "error.unavailable").Because(err)
	}
	return err
}

// isAway tells that the database cannot work now: a full disk, a lost connection, a lock held too long. It may recover by itself.
func isAway(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT:
			return true
		}
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		class := pg.Code[:min(2, len(pg.Code))]
		return class == "08" || class == "53" || class == "57" || class == "58"
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || strings.Contains(err.Error(), "conn closed")
}
