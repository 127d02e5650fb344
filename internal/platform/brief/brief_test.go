package brief_test

import (
	"context"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/brief"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/event"
)

// desk counts how often something is really read.
type desk struct {
	*testing.T
	memory *brief.Memory[string, int64]
	now    time.Time
	reads  int
}

func newDesk(t *testing.T) *desk {
	return &desk{T: t, memory: brief.New[string, int64](3), now: time.UnixMilli(1e12)}
}

func (k *desk) get(tx *db.Tx, key string) int64 {
	k.Helper()
	v, err := k.memory.Get(tx, k.now, key, func() (int64, error) {
		k.reads++
		return db.One(tx, db.Int64, "SELECT COUNT(*) FROM event WHERE kind = $1", key)
	})
	if err != nil {
		k.Fatal(err)
	}
	return v
}

// view is get in a page of its own.
func (k *desk) view(d *db.DB, key string) (n int64) {
	k.Helper()
	k.must(d.View(context.Background(), func(tx *db.Tx) error {
		n = k.get(tx, key)
		return nil
	}))
	return n
}

func (k *desk) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func (k *desk) want(got, value int64, reads int) {
	k.Helper()
	if got != value || k.reads != reads {
		k.Errorf("got %d after %d reads, want %d after %d", got, k.reads, value, reads)
	}
}

// happen writes an event of a kind.
func happen(t *testing.T, d *db.DB, kind string) {
	t.Helper()
	err := d.Update(context.Background(), func(tx *db.Tx) error {
		event.Append(tx, event.Event{Kind: kind, Actor: core.ID(1), At: time.UnixMilli(1e12)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasReadAMomentAgoIsToldAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t)
		k.want(k.view(d, "x"), 0, 1)
		k.want(k.view(d, "x"), 0, 1)
		k.want(k.view(d, "y"), 0, 2)
		k.now = k.now.Add(brief.KeptFor)
		k.want(k.view(d, "x"), 0, 3)
		k.now = k.now.Add(-time.Hour) // a clock that was set back
		k.want(k.view(d, "x"), 0, 4)
	})
}

func TestWhoeverWroteSomethingReadsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t)
		k.want(k.view(d, "x"), 0, 1)
		happen(t, d, "x")
		k.want(k.view(d, "x"), 1, 2)
	})
}

func TestATransactionThatWritesReadsForItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t)
		k.view(d, "x")
		k.must(d.Update(context.Background(), func(tx *db.Tx) error {
			k.get(tx, "x")
			k.get(tx, "x")
			return nil
		}))
		k.want(k.view(d, "x"), 0, 4)
	})
}

func TestWhatAnotherServerWroteIsReadAtOnce(t *testing.T) {
	address := dbtest.PostgresAddress(t)
	open := func() *db.DB {
		d, err := db.Open(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
	here, elsewhere := open(), open()
	k := newDesk(t)
	k.want(k.view(here, "x"), 0, 1)
	happen(t, elsewhere, "x")
	k.want(k.view(here, "x"), 1, 2)
	k.want(k.view(here, "x"), 1, 2)
}

func TestAMemoryIsBounded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t)
		for _, key := range []string{"a", "b", "c", "d"} {
			k.view(d, key)
		}
		k.want(k.view(d, "d"), 0, 4)
		k.want(k.view(d, "a"), 0, 5)
	})
}

func TestOnlyWhatIsMissingIsRead(t *testing.T) {
	d := dbtest.OpenSQLite(t)
	k := newDesk(t)
	k.view(d, "a")
	k.must(d.View(context.Background(), func(tx *db.Tx) error {
		got, err := k.memory.All(tx, k.now, []string{"a", "b", "nobody"}, func(missing []string) (map[string]int64, error) {
			if len(missing) != 2 || missing[0] != "b" {
				t.Errorf("asked for %v", missing)
			}
			return map[string]int64{"b": 7}, nil
		})
		if len(got) != 2 || got["b"] != 7 {
			t.Errorf("got %v", got)
		}
		return err
	}))
}
