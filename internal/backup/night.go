package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/disk"
)

// When a backup is made by itself: once a day, in the hours in which fewest are there (UTC), and at any hour where that was missed. One that
// failed is tried again some hours later.
const (
	nightFrom, nightTo = 1, 5
	dueAfter           = 20 * time.Hour
	overdueAfter       = 30 * time.Hour
	againAfter         = 3 * time.Hour
	runsKept           = 400
)

// Night makes backups by itself, and proves each: it is restored to a place of its own, and looked at, before it counts. A backup that was
// never restored is a hope.
type Night struct {
	DB     *db.DB
	Media  Media
	Clock  core.Clock
	IDs    *core.IDMaker
	Log    *slog.Logger
	Tables []db.Table
	Folder string    // where the files lie
	Since  time.Time // when this server started: a site without any backup does not make one in the middle of the day of its upgrade
	Keep   int       // how many of the newest proven ones stay; zero: none is made
}

// Tonight makes a backup where one is due. What went wrong is in the record and the log; the error is of the record itself.
func (n Night) Tonight(ctx context.Context) error {
	if n.Keep <= 0 {
		return nil
	}
	due, err := n.due(ctx)
	if err != nil || !due {
		return err
	}
	return n.Run(ctx)
}

func (n Night) due(ctx context.Context) (due bool, err error) {
	now := n.Clock.Now()
	err = n.DB.View(ctx, func(tx *db.Tx) error {
		type last struct {
			at    int64
			state string
		}
		l, err := db.One(tx, func(r db.Row) (l last, err error) { err = r.Scan(&l.at, &l.state); return },
			"SELECT started_at, state FROM backup_run ORDER BY id DESC LIMIT 1")
		night := now.UTC().Hour() >= nightFrom && now.UTC().Hour() < nightTo
		if core.IsNotFound(err) {
			due = night || now.Sub(n.Since) > overdueAfter
			return nil
		}
		age := now.Sub(db.Moment(l.at))
		if l.state == stateProven {
			due = age > dueAfter && night || age > overdueAfter
		} else {
			due = age > againAfter
		}
		return err
	})
	return due, err
}

// NightJob looks whether a backup is due.
const NightJob = "backup.night"

// The states of a run. What is running when the server ends stays so, and counts as failed.
const (
	stateRunning = "running"
	stateProven  = "proven"
	stateFailed  = "failed"
)

// run is a row of backup_run.
type run struct {
	id           core.ID
	begun        time.Time
	file         string
	made         Manifest
	bytes        int64
	write, prove time.Duration
}

// Run makes a backup now, proves it, and lets go of older ones.
func (n Night) Run(ctx context.Context) error {
	now := n.Clock.Now()
	r := run{id: n.IDs.Next(), begun: now, file: "dayroom-" + now.UTC().Format("2006-01-02T150405") + suffix}
	err := n.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO backup_run (id, started_at, ended_at, state, starter, file, bytes, row_count, images, write_ms, prove_ms, failure)
			VALUES ($1, $2, 0, $3, 0, $4, 0, 0, 0, 0, 0, '')`, r.id, db.Millis(r.begun), stateRunning, r.file)
		return err
	})
	if err != nil {
		return err
	}
	failure := n.make(ctx, &r)
	if failure == nil {
		n.Log.Info("backup proven", "file", r.file, "bytes", r.bytes, "rows", r.made.Rows(), "write", r.write.String(), "prove", r.prove.String())
		failure = n.thin()
	}
	if failure != nil {
		n.Log.Error("backup failed", "file", r.file, "error", failure)
	}
	return n.note(context.WithoutCancel(ctx), r, failure)
}

// suffix ends the names of the files. Nothing else in the folder is touched.
const suffix = ".backup"

// make writes the file and proves it.
func (n Night) make(ctx context.Context, r *run) (err error) {
	if err := os.MkdirAll(n.Folder, 0o700); err != nil {
		return err
	}
	if err := n.room(ctx); err != nil {
		return err
	}
	path := filepath.Join(n.Folder, r.file)
	begin := time.Now()
	if r.made, r.bytes, err = ToFile(ctx, n.DB, n.Media, path, Options{Clock: n.Clock}); err != nil {
		return err
	}
	r.write = time.Since(begin)
	begin = time.Now()
	if err := n.proof(ctx, path, r.made); err != nil {
		return errors.Join(fmt.Errorf("the backup cannot be restored: %w", err), os.Rename(path, path+".bad"))
	}
	r.prove = time.Since(begin)
	return nil
}

// room refuses to begin where the disk would be full before the end: the file and what is restored from it lie beside each other.
func (n Night) room(ctx context.Context) error {
	free, known, err := disk.Free(n.Folder)
	if err != nil || !known {
		return err
	}
	size, err := n.DB.Size(ctx)
	if err != nil {
		return err
	}
	if need := 3 * size; free < need {
		return fmt.Errorf("%d MB are free in %s, and a backup and its proof take up to %d MB: make room, or set `backups` to another disk",
			free>>20, n.Folder, need>>20)
	}
	return nil
}

// proof restores a backup to scratch with everything that a restore looks at, and counts what came back. The key store stays out of it: the
// proof must not touch it, and what was erased since the backup was made a moment ago is nothing.
func (n Night) proof(ctx context.Context, path string, made Manifest) error {
	scratch, err := os.MkdirTemp(n.Folder, "proof-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	in := func(name string) string { return filepath.Join(scratch, name) }
	report, err := Restore(ctx, path, Target{DB: in("dayroom.db"), Media: in("media"), Keys: in("keys.db"), KeyFile: in("root.key"), Tables: n.Tables},
		RestoreOptions{Options: Options{Clock: n.Clock}, WithoutLedger: true, KeepSignIns: true})
	if err != nil {
		return err
	}
	if report.Rows != made.Rows() || report.Images != len(made.Media) {
		return fmt.Errorf("%d rows and %d images came back of %d and %d", report.Rows, report.Images, made.Rows(), len(made.Media))
	}
	return nil
}

// note writes down how it ended, and forgets the oldest runs.
func (n Night) note(ctx context.Context, r run, failure error) error {
	state, words := stateProven, ""
	if failure != nil {
		state, words = stateFailed, failure.Error()
	}
	return n.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE backup_run SET ended_at = $2, state = $3, bytes = $4, row_count = $5, images = $6, write_ms = $7, prove_ms = $8, failure = $9
			WHERE id = $1`, r.id, db.Millis(n.Clock.Now()), state, r.bytes, r.made.Rows(), len(r.made.Media), r.write.Milliseconds(), r.prove.Milliseconds(), words)
		if err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM backup_run WHERE id NOT IN (SELECT id FROM backup_run ORDER BY id DESC LIMIT $1)", runsKept)
		return err
	})
}

// thin removes all but the newest files, and what an interrupted run left.
func (n Night) thin() error {
	entries, err := os.ReadDir(n.Folder)
	if err != nil {
		return err
	}
	var files []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "proof-") && e.IsDir(), strings.HasSuffix(name, suffix+".part"), strings.HasSuffix(name, suffix+".bad"):
			err = errors.Join(err, os.RemoveAll(filepath.Join(n.Folder, name)))
		case strings.HasPrefix(name, "dayroom-") && strings.HasSuffix(name, suffix):
			files = append(files, name)
		}
	}
	slices.Sort(files) // by time, which is their name
	for len(files) > n.Keep {
		err = errors.Join(err, os.Remove(filepath.Join(n.Folder, files[0])))
		files = files[1:]
	}
	return err
}
