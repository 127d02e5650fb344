package db

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// openLong makes a database with a log that is long: a reader stands at its beginning, as one on a slow line does.
func openLong(t *testing.T) (d *DB, reader chan struct{}, gone chan error) {
	t.Helper()
	ctx := context.Background()
	d, err := Open(ctx, filepath.Join(t.TempDir(), "long.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.Update(ctx, func(tx *Tx) error {
		_, err := tx.Exec("CREATE TABLE pile (id BIGINT PRIMARY KEY, text TEXT NOT NULL)")
		return err
	}))
	reader, gone = make(chan struct{}), make(chan error, 1)
	inside := make(chan struct{})
	go func() {
		gone <- d.View(ctx, func(tx *Tx) error {
			_, err := One(tx, Int64, "SELECT COUNT(*) FROM pile")
			close(inside)
			<-reader
			return err
		})
	}()
	<-inside
	text := strings.Repeat("x", 1<<20)
	for i := range 40 {
		must(d.Update(ctx, func(tx *Tx) error {
			_, err := tx.Exec("INSERT INTO pile (id, text) VALUES ($1, $2)", i, text)
			return err
		}))
	}
	return d, reader, gone
}

func TestALogThatASlowReaderHeldBeginsAnewOnceTheReaderIsGone(t *testing.T) {
	d, reader, gone := openLong(t)
	ctx := context.Background()
	held, err := d.Tend(ctx)
	if err != nil || held.Restarted || held.Log < logIsLong {
		t.Fatalf("with a reader in the way: %+v, %v", held, err)
	}
	close(reader)
	if err := <-gone; err != nil {
		t.Fatal(err)
	}
	if free, err := d.Tend(ctx); err != nil || !free.Restarted {
		t.Errorf("with nobody in the way: %+v, %v", free, err)
	}
	if size, _, _ := d.LogSize(); size != 0 {
		t.Errorf("the log still has %d bytes", size)
	}
}

func TestAReaderWhoStaysTooLongIsSentAwaySoThatTheLogCanEnd(t *testing.T) {
	d, reader, gone := openLong(t)
	defer func() { close(reader); <-gone }()
	ctx := context.Background()
	stuck := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		stuck <- d.view(ctx, 300*time.Millisecond, func(tx *Tx) error {
			close(started)
			_, err := One(tx, Int64, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n") // never ends by itself
			return err
		})
	}()
	<-started
	select {
	case err := <-stuck:
		if err == nil {
			t.Error("a statement without an end came to one")
		}
	case <-time.After(20 * time.Second):
		t.Error("the reader's deadline does not end its statement")
	}
}

func TestPagesThatAreFreeAreGivenBackInSteps(t *testing.T) {
	d, reader, gone := openLong(t)
	close(reader)
	<-gone
	ctx := context.Background()
	before, err := d.Size(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, func(tx *Tx) error { _, err := tx.Exec("DELETE FROM pile"); return err }); err != nil {
		t.Fatal(err)
	}
	steps := 0
	for ; steps < 100; steps++ {
		done, err := d.Tend(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if done.Freed == 0 {
			break
		}
		if done.Freed > vacuumStep {
			t.Fatalf("a step gave %d pages back", done.Freed)
		}
	}
	after, err := d.Size(ctx)
	if err != nil || steps < 2 || after > before/4 {
		t.Errorf("%d bytes became %d in %d steps, %v", before, after, steps, err)
	}
}
