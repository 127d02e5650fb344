package db

import (
	"context"
	"time"

	"dayroom/internal/core"
)

// leaseTerm is how long a process number stays taken without a renewal: longer than any pause that a healthy server makes.
const leaseTerm = 2 * time.Minute

// Lease is a process number that this process alone may put into ids until it lets go.
type Lease struct {
	db     *DB
	clock  core.Clock
	holder string
	Number int
	IDs    *core.IDMaker
}

// TakeLease finds a free process number for holder, a text unique to this process. The ids made under it start after every
// moment that earlier holders may have used, even when the clock of the machine went back in between.
func (d *DB) TakeLease(ctx context.Context, clock core.Clock, holder string) (*Lease, error) {
	l := &Lease{db: d, clock: clock, holder: holder}
	var floor int64
	err := d.Update(ctx, func(tx *Tx) error {
		now := clock.Now().UnixMilli()
		row := struct{ number, high int64 }{}
		// A number whose marks lie in the past comes first; its holder is gone and its ids cannot meet ours.
		free, err := All(tx, func(r Row) (struct{ number, high int64 }, error) {
			err := r.Scan(&row.number, &row.high)
			return row, err
		}, "SELECT number, high FROM process WHERE until < $1 ORDER BY high, number LIMIT 1", now)
		if err != nil {
			return err
		}
		if len(free) == 1 && free[0].high <= now {
			l.Number, floor = int(free[0].number), free[0].high
			return tx.Must("UPDATE process SET holder = $1, until = $2, high = $3 WHERE number = $4 AND until < $5",
				holder, now+leaseTerm.Milliseconds(), max(now, floor)+leaseTerm.Milliseconds(), l.Number, now)
		}
		next, err := One(tx, Int64, "SELECT COALESCE(MAX(number), -1) + 1 FROM process")
		if err != nil {
			return err
		}
		if next > core.MaxProcess {
			return core.E(core.Unavailable, "error.unavailable")
		}
		l.Number = int(next)
		_, err = tx.Exec("INSERT INTO process (number, holder, until, high) VALUES ($1, $2, $3, $4)",
			next, holder, now+leaseTerm.Milliseconds(), now+leaseTerm.Milliseconds())
		return err
	})
	if err != nil {
		return nil, err
	}
	l.IDs, err = core.NewIDMaker(clock, l.Number, floor)
	return l, err
}

// Renew keeps the number for another term. Call it every quarter of leaseTerm; a Conflict means that it was lost and that the
// process has to stop writing.
func (l *Lease) Renew(ctx context.Context) error {
	return l.db.Update(ctx, func(tx *Tx) error {
		now := l.clock.Now().UnixMilli()
		return tx.Must("UPDATE process SET until = $1, high = $2 WHERE number = $3 AND holder = $4",
			now+leaseTerm.Milliseconds(), max(now, l.IDs.High())+leaseTerm.Milliseconds(), l.Number, l.holder)
	})
}

// Release gives the number back, with the exact mark, so that the next holder need not wait.
func (l *Lease) Release(ctx context.Context) error {
	return l.db.Update(ctx, func(tx *Tx) error {
		_, err := tx.Exec("UPDATE process SET until = 0, high = $1 WHERE number = $2 AND holder = $3", l.IDs.High(), l.Number, l.holder)
		return err
	})
}

// LeaseRenewal is how often Renew should be called.
const LeaseRenewal = leaseTerm / 4
