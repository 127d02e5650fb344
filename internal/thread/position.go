package thread

import (
	"context"
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// positionKept is how long a read position stays without a visit.
const positionKept = 90 * 24 * time.Hour

// positions gathers how far members have read, and writes it in batches: a page view must not wait for a commit. What is gathered
// may be lost by a kill; it is at most FlushEvery old.
type positions struct {
	mu      sync.Mutex
	waiting map[positionKey]position
}

type positionKey struct{ member, thread core.ID }

type position struct {
	place int64
	at    time.Time
}

// FlushEvery is how often FlushPositions should be called.
const FlushEvery = 4 * time.Second

func newPositions() *positions { return &positions{waiting: map[positionKey]position{}} }

func (p *positions) note(member, thread core.ID, place int64, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := positionKey{member, thread}
	if old, ok := p.waiting[k]; !ok || old.place < place {
		p.waiting[k] = position{place, at}
	}
}

func (p *positions) take() map[positionKey]position {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.waiting
	p.waiting = map[positionKey]position{}
	return out
}

// peek gives a position that is gathered and not written yet.
func (p *positions) peek(member, thread core.ID) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waiting[positionKey{member, thread}].place
}

// FlushPositions writes the gathered read positions. Members who switched them off are left out. After an error they are
// gathered again.
func (s *Service) FlushPositions(ctx context.Context) (err error) {
	defer core.Wrap(&err, "thread.FlushPositions")
	batch := s.reads.take()
	if len(batch) == 0 {
		return nil
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		for k, p := range batch {
			_, err := tx.Exec(`INSERT INTO read_position (member, thread, place, at)
				SELECT m.id, t.id, $3, $4 FROM member m, thread t WHERE m.id = $1 AND t.id = $2 AND m.keep_read_positions
				ON CONFLICT (member, thread) DO UPDATE SET at = excluded.at,
					place = CASE WHEN read_position.place < excluded.place THEN excluded.place ELSE read_position.place END`,
				k.member, k.thread, p.place, db.Millis(p.at))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for k, p := range batch {
			s.reads.note(k.member, k.thread, p.place, p.at)
		}
	}
	return err
}

// KeepPositions switches the keeping of read positions on or off for the actor; off also forgets what is there.
func (s *Service) KeepPositions(ctx context.Context, a core.Actor, keep bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := tx.Must("UPDATE member SET keep_read_positions = $1 WHERE id = $2", keep, a.Member); err != nil || keep {
			return err
		}
		_, err := tx.Exec("DELETE FROM read_position WHERE member = $1", a.Member)
		return err
	})
}

// KeepsPositions tells what KeepPositions set.
func (s *Service) KeepsPositions(ctx context.Context, a core.Actor) (keep bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		keep, err = db.One(tx, db.Bool, "SELECT keep_read_positions FROM member WHERE id = $1", a.Member)
		return err
	})
	return keep, err
}

// SweepPositions forgets positions that are older than 90 days.
func (s *Service) SweepPositions(ctx context.Context) (n int64, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err = tx.Exec("DELETE FROM read_position WHERE at < $1", db.Millis(s.clock.Now().Add(-positionKept)))
		return err
	})
	return n, err
}
