package site

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Limit allows Count acts in a Window.
type Limit struct {
	Name   string
	Count  int64
	Window time.Duration
}

// Throttle counts an act under a key and refuses it with TooSoon when the limit is passed. The key is hashed by the caller where
// it comes from an address or a name.
func (s *Service) Throttle(ctx context.Context, l Limit, key string) error {
	var over time.Duration
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		over, err = Count(tx, s.clock.Now(), l, key)
		return err
	})
	if err == nil && over > 0 {
		err = core.Wait(over, "error.too_soon")
	}
	return err
}

// Count is Throttle inside a transaction: it tells for how long the act is not allowed any more, zero where it is. A caller that
// gives up takes its count along. The count is one statement, so two servers cannot both let the last one through.
func Count(tx *db.Tx, now time.Time, l Limit, key string) (over time.Duration, err error) {
	type state struct{ count, until int64 }
	got, err := db.One(tx, func(r db.Row) (st state, err error) {
		err = r.Scan(&st.count, &st.until)
		return st, err
	}, `INSERT INTO throttle (key, count, until) VALUES ($1, 1, $2)
		ON CONFLICT (key) DO UPDATE SET
			count = CASE WHEN throttle.until <= $3 THEN 1 ELSE throttle.count + 1 END,
			until = CASE WHEN throttle.until <= $3 THEN excluded.until ELSE throttle.until END
		RETURNING count, until`, l.Name+":"+key, db.Millis(now.Add(l.Window)), db.Millis(now))
	if err == nil && got.count > l.Count {
		over = db.Moment(got.until).Sub(now)
	}
	return over, err
}

// Unthrottle forgets a counter: a right password ends the suspicion against an account.
func (s *Service) Unthrottle(ctx context.Context, l Limit, key string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM throttle WHERE key = $1", l.Name+":"+key)
		return err
	})
}

// PruneThrottle removes counters whose window ended.
func (s *Service) PruneThrottle(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM throttle WHERE until <= $1", db.Millis(s.clock.Now()))
		return err
	})
}
