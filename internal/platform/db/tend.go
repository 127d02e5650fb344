package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Bounds of tending. A checkpoint copies the write-ahead log into the database and lets it begin anew; without one it grows for as
// long as there is always somebody who reads.
const (
	// logIsLong is the size from which on writers wait, once, until the log begins anew: SQLite's own checkpoints, which make nobody
	// wait, keep it at 4 MB when readers leave gaps.
	logIsLong = 32 << 20
	// longestWait bounds that wait. Readers end by their deadline, so a later turn succeeds where one did not.
	longestWait = 2 * time.Second
	// vacuumStep is how many free pages are given back at a time: 4 MB, some 20 ms in which nobody else writes.
	vacuumStep = 1000
	// vacuumFrom is how many free pages are worth giving back, in hundredths of the file. Fewer will be used again soon.
	vacuumFrom = 10
)

// Tended tells what Tend found and did.
type Tended struct {
	Log       int64 // bytes of the write-ahead log before
	Restarted bool  // the log begins anew
	Freed     int64 // pages given back to the file system
}

// Tend keeps a SQLite file in order while it is used; call it every few seconds. On PostgreSQL, whose server does this by itself, it
// does nothing.
func (d *DB) Tend(ctx context.Context) (t Tended, err error) {
	if d.engine != SQLite {
		return t, nil
	}
	if t.Log, _, err = d.LogSize(); err != nil {
		return t, err
	}
	if t.Log >= logIsLong {
		if t.Restarted, err = d.restartLog(ctx); err != nil {
			return t, err
		}
	}
	t.Freed, err = d.vacuumStep(ctx)
	return t, err
}

// restartLog checkpoints the whole log. Writers wait meanwhile, because this has their connection; readers do not. It waits for
// readers of what the log holds, and gives up when they take too long.
func (d *DB) restartLog(ctx context.Context) (done bool, err error) {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return false, translate(err)
	}
	defer conn.Close()
	if err := execute(ctx, conn, fmt.Sprintf("PRAGMA busy_timeout = %d", longestWait.Milliseconds())); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, execute(context.WithoutCancel(ctx), conn, busyTimeout)) }()
	var busy, pages, copied int64
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &copied); err != nil {
		return false, translate(err)
	}
	return busy == 0, nil
}

// vacuumStep gives some free pages back, where there are many.
func (d *DB) vacuumStep(ctx context.Context) (freed int64, err error) {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return 0, translate(err)
	}
	defer conn.Close()
	count := func() (free, all int64, err error) {
		err = conn.QueryRowContext(ctx, "SELECT (SELECT freelist_count FROM pragma_freelist_count()), (SELECT page_count FROM pragma_page_count())").Scan(&free, &all)
		return free, all, translate(err)
	}
	before, all, err := count()
	if err != nil || before < vacuumStep || before*100 < all*vacuumFrom {
		return 0, err
	}
	if err := execute(ctx, conn, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", vacuumStep)); err != nil {
		return 0, err
	}
	after, _, err := count()
	return before - after, err
}

func execute(ctx context.Context, conn *sql.Conn, statement string) error {
	rows, err := conn.QueryContext(ctx, statement) // incremental_vacuum does its work row by row
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
	}
	return translate(rows.Err())
}
