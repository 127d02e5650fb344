package figures

import (
	"context"
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Mail is how many letters the mail server took and how many it did not.
type Mail struct{ Sent, Failed int64 }

// Tally counts letters in memory until they are written down, every minute and at the end. A kill may lose the last of them.
// Safe for concurrent use.
type Tally struct {
	db    *db.DB
	clock core.Clock

	mu      sync.Mutex
	waiting map[time.Time]Mail
	all     Mail
}

// NewTally begins to count.
func NewTally(d *db.DB, clock core.Clock) *Tally {
	return &Tally{db: d, clock: clock, waiting: map[time.Time]Mail{}}
}

// Count notes what became of a letter, and gives err back.
func (t *Tally) Count(err error) error {
	one := Mail{Sent: 1}
	if err != nil {
		one = Mail{Failed: 1}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.add(DayOf(t.clock.Now()), one)
	t.all.Sent, t.all.Failed = t.all.Sent+one.Sent, t.all.Failed+one.Failed
	return err
}

func (t *Tally) add(day time.Time, m Mail) {
	w := t.waiting[day]
	t.waiting[day] = Mail{w.Sent + m.Sent, w.Failed + m.Failed}
}

// Since gives the letters of this process since it began.
func (t *Tally) Since() Mail {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all
}

// Flush writes down what was counted since the last time. What could not be written stays for the next.
func (t *Tally) Flush(ctx context.Context) error {
	t.mu.Lock()
	taken := t.waiting
	t.waiting = map[time.Time]Mail{}
	t.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	err := t.db.Update(ctx, func(tx *db.Tx) error {
		for day, m := range taken {
			if err := addTo(tx, MailSent, day, m.Sent, t.clock.Now()); err != nil {
				return err
			}
			if err := addTo(tx, MailFailed, day, m.Failed, t.clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for day, m := range taken {
		t.add(day, m)
	}
	return err
}

// ReadMail sums up the letters of the days from a day on, as far as they are written down.
func ReadMail(tx *db.Tx, from time.Time) (m Mail, err error) {
	sum := func(name string) (n int64) {
		if err == nil {
			n, err = db.One(tx, db.Int64, "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM figure_day WHERE name = $1 AND day >= $2", name, db.Millis(DayOf(from)))
		}
		return n
	}
	m.Sent, m.Failed = sum(MailSent), sum(MailFailed)
	return m, err
}
