package job_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/job"
)

func setUp(t *testing.T, d *db.DB) (*job.Runner, *core.IDMaker, *core.ManualClock) {
	t.Helper()
	clock := core.NewManualClock(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	ids, err := core.NewIDMaker(clock, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return job.NewRunner(d, ids, clock, slog.New(slog.DiscardHandler)), ids, clock
}

func add(t *testing.T, d *db.DB, ids *core.IDMaker, now time.Time, n job.New) {
	t.Helper()
	if err := d.Update(context.Background(), func(tx *db.Tx) error { return job.Add(tx, ids, now, n) }); err != nil {
		t.Fatal(err)
	}
}

func TestAJobThatFailsIsTriedAgainLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		runner, ids, clock := setUp(t, d)
		tries := 0
		runner.Handle("mail", func(context.Context, job.Job) error {
			if tries++; tries < 3 {
				return errors.New("away")
			}
			return nil
		})
		add(t, d, ids, clock.Now(), job.New{Kind: "mail", Payload: 1})
		for range 3 {
			if err := runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			clock.Advance(time.Minute)
		}
		if ran, _ := runner.RunOne(ctx); tries != 3 || ran {
			t.Errorf("tried %d times, ran once more %v, want 3 and no more", tries, ran)
		}
	})
}

func TestAUniqueJobIsAddedOnceWhileItWaits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		runner, ids, clock := setUp(t, d)
		runs := 0
		runner.Handle("digest", func(context.Context, job.Job) error { runs++; return nil })
		for range 3 {
			add(t, d, ids, clock.Now(), job.New{Kind: "digest", Unique: "digest.7"})
		}
		runner.Drain(context.Background())
		add(t, d, ids, clock.Now(), job.New{Kind: "digest", Unique: "digest.7"})
		runner.Drain(context.Background())
		if runs != 2 {
			t.Errorf("ran %d times, want twice", runs)
		}
	})
}

func TestEachJobRunsOnceOnSeveralServers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first, ids, clock := setUp(t, d)
		second := job.NewRunner(d, ids, clock, slog.New(slog.DiscardHandler))
		var runs atomic.Int64
		count := func(context.Context, job.Job) error { runs.Add(1); return nil }
		first.Handle("x", count)
		second.Handle("x", count)
		for range 40 {
			add(t, d, ids, clock.Now(), job.New{Kind: "x"})
		}
		var wg sync.WaitGroup
		for _, r := range []*job.Runner{first, second, first, second} {
			wg.Go(func() {
				for {
					ran, err := r.RunOne(context.Background())
					if err != nil {
						t.Error(err)
					}
					if !ran {
						return
					}
				}
			})
		}
		wg.Wait()
		if runs.Load() != 40 {
			t.Errorf("%d runs of 40 jobs", runs.Load())
		}
	})
}

func TestAPanicIsAFailureNotTheEnd(t *testing.T) {
	d := dbtest.OpenSQLite(t)
	runner, ids, clock := setUp(t, d)
	runner.Handle("x", func(context.Context, job.Job) error { panic("oh") })
	add(t, d, ids, clock.Now(), job.New{Kind: "x"})
	if ran, err := runner.RunOne(context.Background()); !ran || err != nil {
		t.Errorf("ran %v, %v", ran, err)
	}
}

// Each worker takes its own kinds, whatever waits for the other.
func TestAKindThatWaitsForOthersDoesNotKeepTheRestWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(context.Background())
		runner, ids, clock := setUp(t, d)
		stuck, mailed := make(chan struct{}), make(chan struct{})
		runner.HandleApart("hook", func(ctx context.Context, _ job.Job) error { <-stuck; return nil })
		runner.Handle("mail", func(context.Context, job.Job) error { close(mailed); return nil })
		for range 10 {
			add(t, d, ids, clock.Now(), job.New{Kind: "hook"})
		}
		add(t, d, ids, clock.Now(), job.New{Kind: "mail"})
		done := make(chan struct{})
		go func() { runner.Run(ctx); close(done) }()
		<-mailed // else the test ends by its own deadline
		cancel()
		close(stuck)
		<-done
	})
}
