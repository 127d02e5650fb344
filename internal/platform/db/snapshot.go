package db

import (
	"context"
	"sync"
)

// snapshot is a unit of reading that several Views share.
type snapshot struct {
	db  *DB
	ctx context.Context // of the whole page; a View's own may end sooner

	mu     sync.Mutex
	tx     *Tx
	cancel context.CancelFunc
	ended  bool
}

type snapshotKey struct{}

// WithSnapshot gives a context under which every View reads from one snapshot, begun by the first of them: a page that asks several
// services so shows one moment of the site, and begins and ends one transaction instead of one for each. end has to be called, at the
// latest before the answer is sent: whoever waits for a slow client must not hold a connection. After it, and after an Update under the same
// context, which has to be seen by what reads next, Views are on their own again.
func (d *DB) WithSnapshot(ctx context.Context) (_ context.Context, end func()) {
	s := &snapshot{db: d, ctx: ctx}
	return context.WithValue(ctx, snapshotKey{}, s), s.end
}

// snapshotOf is the snapshot of a context, or nil.
func (d *DB) snapshotOf(ctx context.Context) *snapshot {
	if s, ok := ctx.Value(snapshotKey{}).(*snapshot); ok && s.db == d {
		return s
	}
	return nil
}

// view runs fn on the snapshot; shared is false when it has ended, or is being used: a View within a View is on its own. An error ends
// it: on PostgreSQL nothing can be read after one.
func (s *snapshot) view(fn func(*Tx) error) (shared bool, err error) {
	if !s.mu.TryLock() {
		return false, nil
	}
	defer s.mu.Unlock()
	if s.ended {
		return false, nil
	}
	if s.tx == nil {
		ctx, cancel := context.WithTimeout(s.ctx, readDeadline)
		begun := s.db.changes.Load()
		inner, err := s.db.reader.BeginTx(ctx, s.db.readOptions())
		if err != nil {
			cancel()
			return true, err
		}
		s.cancel = cancel
		s.tx = &Tx{ctx: ctx, db: s.db, tx: inner, pool: s.db.reader, begun: begun}
	}
	defer func() {
		if p := recover(); p != nil {
			s.finish()
			panic(p)
		}
	}()
	if err := fn(s.tx); err != nil {
		s.finish()
		return true, err
	}
	after := s.tx.after
	s.tx.after = nil
	for _, f := range after {
		f()
	}
	return true, nil
}

// end lets go of the connection.
func (s *snapshot) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish()
}

func (s *snapshot) finish() {
	s.ended = true
	if s.tx != nil {
		s.tx.tx.Rollback() // nothing was written
		s.cancel()
		s.tx = nil
	}
}
