package event_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/event"
)

func positions(t *testing.T, d *db.DB) (kinds []string) {
	t.Helper()
	err := d.View(context.Background(), func(tx *db.Tx) error {
		events, err := event.After(tx, 0, 100)
		for i, e := range events {
			kinds = append(kinds, e.Kind)
			if e.Position != int64(i+1) {
				t.Errorf("event %d has position %d", i+1, e.Position)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func TestPositionsAreInCommitOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.SQLite {
			t.Log("SQLite has one writer: transactions cannot commit in reverse")
		}
		ctx := context.Background()
		firstBegan, secondDone, finished := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		go func() {
			finished <- d.Update(ctx, func(tx *db.Tx) error {
				event.Append(tx, event.Event{Kind: "began.first"})
				close(firstBegan)
				if d.Engine() == db.Postgres {
					<-secondDone // commit after the one that began later
				}
				return nil
			})
		}()
		<-firstBegan
		err := d.Update(ctx, func(tx *db.Tx) error {
			event.Append(tx, event.Event{Kind: "began.second"})
			return nil
		})
		close(secondDone)
		if err := errors.Join(err, <-finished); err != nil {
			t.Fatal(err)
		}
		got := positions(t, d)
		if d.Engine() == db.Postgres && (got[0] != "began.second" || got[1] != "began.first") {
			t.Errorf("got %v, want commit order", got)
		}
		if len(got) != 2 {
			t.Errorf("got %v, want both", got)
		}
	})
}

func TestARolledBackEventLeavesNoGap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for _, fail := range []bool{false, true, false} {
			d.Update(ctx, func(tx *db.Tx) error {
				event.Append(tx, event.Event{Kind: "x"})
				if fail {
					tx.BeforeCommit(func(*db.Tx) error { return errors.New("late failure") })
				}
				return nil
			})
		}
		if got := positions(t, d); len(got) != 2 {
			t.Errorf("got %d events, want 2", len(got))
		}
	})
}

func TestAFailingHandlerSeesItsEventAgainAndOthersGoOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		dispatcher := event.NewDispatcher(d, slog.New(slog.DiscardHandler))
		broken, seen, calm := true, 0, 0
		dispatcher.Subscribe("shaky", func(*db.Tx, event.Event) error {
			if broken {
				return core.E(core.Unavailable, "error.unavailable")
			}
			seen++
			return nil
		}, "x")
		dispatcher.Subscribe("calm", func(*db.Tx, event.Event) error { calm++; return nil }, "x")
		if err := dispatcher.Start(ctx); err != nil {
			t.Fatal(err)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error {
			event.Append(tx, event.Event{Kind: "x"}, event.Event{Kind: "other"})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := dispatcher.Drain(ctx); err == nil {
			t.Fatal("the failure was swallowed")
		}
		broken = false
		for range 2 {
			if err := dispatcher.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if seen != 1 || calm != 1 {
			t.Errorf("shaky saw it %d times, calm %d times, want once each", seen, calm)
		}
	})
}

func TestAnEventThatCannotBeHandledKeepsNobodyWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		disp := event.NewDispatcher(d, slog.New(slog.DiscardHandler))
		broken, done, aside := true, []string{}, []int64{}
		disp.Subscribe("test", func(_ *db.Tx, e event.Event) error {
			if e.Kind == "bad.one" && broken {
				return errors.New("cannot be read")
			}
			done = append(done, e.Kind)
			return nil
		}, "good.one", "bad.one")
		disp.Park = func(_ *db.Tx, _ string, position int64) error { aside = append(aside, position); return nil }
		if err := disp.Start(ctx); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"good.one", "bad.one", "good.one"} {
			if err := d.Update(ctx, func(tx *db.Tx) error { event.Append(tx, event.Event{Kind: kind}); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		turns := 0
		for ; turns < 20 && disp.Drain(ctx) != nil; turns++ {
		}
		if fmt.Sprint(done[len(done)-1:], aside) != "[good.one] [2]" || turns != 5 {
			t.Fatalf("after %d failures: done %v, put aside %v", turns, done, aside)
		}
		broken = false
		if err := disp.Again(ctx, "test", aside[0]); err != nil || done[len(done)-1] != "bad.one" {
			t.Errorf("%v, done %v", err, done)
		}
		if err := disp.Again(ctx, "test", 99); err != nil {
			t.Errorf("an event that is not there: %v", err)
		}
	})
}
