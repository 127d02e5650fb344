package db_test

import (
	"context"
	"errors"
	"testing"

	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

func count(t *testing.T, d *db.DB, ctx context.Context) (n int64) {
	t.Helper()
	if err := d.View(ctx, func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, "SELECT value FROM counter WHERE name = 'event'")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func countUp(t *testing.T, d *db.DB, ctx context.Context) {
	t.Helper()
	if err := d.Update(ctx, func(tx *db.Tx) error { return tx.Must("UPDATE counter SET value = value + 1 WHERE name = 'event'") }); err != nil {
		t.Fatal(err)
	}
}

func TestAPageReadsOneMomentHoweverManyServicesItAsks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		page, end := d.WithSnapshot(context.Background())
		before := count(t, d, page)
		countUp(t, d, context.Background())
		if again := count(t, d, page); again != before {
			t.Errorf("the page saw %d and then %d", before, again)
		}
		end()
		if after := count(t, d, page); after != before+1 {
			t.Errorf("after its end the page sees %d, not %d", after, before+1)
		}
		end()
	})
}

func TestWhatAPageWritesItReadsAfterwards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		page, end := d.WithSnapshot(context.Background())
		defer end()
		before := count(t, d, page)
		countUp(t, d, page)
		if after := count(t, d, page); after != before+1 {
			t.Errorf("%d after writing, %d before", after, before)
		}
	})
}

func TestAViewWithinAViewAndOneAfterAnErrorStandOnTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		page, end := d.WithSnapshot(context.Background())
		defer end()
		err := d.View(page, func(*db.Tx) error {
			count(t, d, page)
			return errors.New("no")
		})
		if err == nil {
			t.Error("the error is lost")
		}
		count(t, d, page)
	})
}

func TestAPageThatNobodyWaitsForEndsItsSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(context.Background())
		page, end := d.WithSnapshot(ctx)
		defer end()
		count(t, d, page)
		cancel()
		if err := d.View(page, func(tx *db.Tx) error { _, err := db.One(tx, db.Int64, "SELECT 1"); return err }); err == nil {
			t.Error("it goes on reading")
		}
	})
}
