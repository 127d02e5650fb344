package figures

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/disk"
)

// Storage is what the site takes, in bytes.
type Storage struct {
	Database  int64
	Log       int64 // the write-ahead log; LogKnown is false on PostgreSQL
	LogKnown  bool
	Free      int64 // left in the data folder's file system
	FreeKnown bool
}

// lowRoom is what a site needs at least: a night's backup takes up to twice the database beside it, and a small site a gigabyte.
const lowRoom = 1 << 30

// Low tells that there is little room left, long before nobody can write any more.
func (s Storage) Low() bool { return s.FreeKnown && s.Free < max(lowRoom, 2*s.Database) }

// ReadStorage measures a database and the room that is left in a folder.
func ReadStorage(ctx context.Context, d *db.DB, folder string) (s Storage, err error) {
	if s.Database, err = d.Size(ctx); err != nil {
		return s, err
	}
	if s.Log, s.LogKnown, err = d.LogSize(); err != nil {
		return s, err
	}
	s.Free, s.FreeKnown, err = disk.Free(folder)
	return s, err
}

// Jobs is how the work for later stands.
type Jobs struct {
	Due     int64 // waiting, and its time has come
	Later   int64 // waiting for its time
	Running int64
	Failed  int64     // given up, in the last 7 days
	Oldest  time.Time // since when the oldest due one could have begun; zero when none is due
}

// ReadJobs counts the jobs that have not ended well.
func ReadJobs(tx *db.Tx, now time.Time) (Jobs, error) {
	return db.One(tx, func(r db.Row) (j Jobs, err error) {
		var oldest int64
		err = r.Scan(&j.Due, &j.Later, &j.Running, &oldest, &j.Failed)
		j.Oldest = db.Moment(oldest)
		return j, err
	}, `SELECT COALESCE(SUM(CASE WHEN state = 'waiting' AND run_at <= $1 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state = 'waiting' AND run_at > $1 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END), 0),
			COALESCE(MIN(CASE WHEN state = 'waiting' AND run_at <= $1 THEN run_at END), 0),
			(SELECT COUNT(*) FROM job WHERE state = 'failed')
		FROM job WHERE state IN ('waiting', 'running')`, db.Millis(now))
}

// Queue is what waits for a person.
type Queue struct {
	Open   int64
	Oldest time.Time // since when the oldest waits; zero when nothing does
}

// ReadQueue counts the open items of all spaces.
func ReadQueue(tx *db.Tx) (Queue, error) {
	return db.One(tx, func(r db.Row) (q Queue, err error) {
		var oldest int64
		err = r.Scan(&q.Open, &oldest)
		q.Oldest = db.Moment(oldest)
		return q, err
	}, "SELECT COUNT(*), COALESCE(MIN(opened_at), 0) FROM queue_item WHERE state = 'open'")
}

// Lag is how far a subscriber of events is behind.
type Lag struct {
	Name   string
	Behind int64 // events
}

// ReadLag gives every subscriber with the number of events that it has yet to look at, the slowest first.
func ReadLag(tx *db.Tx) ([]Lag, error) {
	return db.All(tx, func(r db.Row) (l Lag, err error) { err = r.Scan(&l.Name, &l.Behind); return },
		`SELECT r.name, c.value - r.position FROM event_reader r JOIN counter c ON c.name = 'event'
		ORDER BY c.value - r.position DESC, r.name`)
}

// Backup is the newest backup that was restored to scratch and found good.
type Backup struct {
	At    time.Time // when it was made; zero when there is none
	Bytes int64
	Took  time.Duration // writing and proving
}

// ReadBackup gives the last proven backup, and whether the newest run failed.
func ReadBackup(tx *db.Tx) (b Backup, failed bool, err error) {
	b, err = db.One(tx, func(r db.Row) (b Backup, err error) {
		var at, write, prove int64
		err = r.Scan(&at, &b.Bytes, &write, &prove)
		b.At, b.Took = db.Moment(at), time.Duration(write+prove)*time.Millisecond
		return b, err
	}, "SELECT started_at, bytes, write_ms, prove_ms FROM backup_run WHERE state = 'proven' ORDER BY id DESC LIMIT 1")
	if err != nil && !core.IsNotFound(err) {
		return b, false, err
	}
	last, err := db.One(tx, db.String, "SELECT state FROM backup_run WHERE state <> 'running' ORDER BY id DESC LIMIT 1")
	if core.IsNotFound(err) {
		return b, false, nil
	}
	return b, last == "failed", err
}
