package search

import (
	"context"
	"strconv"
	"time"

	"dayroom/internal/platform/db"
	"dayroom/internal/platform/job"
)

// version is the form in which text is prepared. Changing how text is taken apart or what is kept of it means a new number: the index
// is then made anew.
const version = "1"

// FillJob makes the index of posts that were there before it, and PackJob writes it anew without what was taken out.
const (
	FillJob = "search.fill"
	PackJob = "search.pack"
)

// Bounds of one step: other writers wait for no longer than that, and between two steps they have their turn.
const (
	fillThreads = 20
	fillPause   = 5 * time.Millisecond
	packPages   = 200
)

// Begin adds the job that makes the index, where it is not whole. It is asked at each start: the index is missing after an upgrade and
// after a restore.
func (s *Service) Begin(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		unfinished, err := filling(tx)
		if err != nil || !unfinished {
			return err
		}
		return job.Add(tx, s.ids, s.clock.Now(), job.New{Kind: FillJob, Unique: FillJob})
	})
}

// Forget empties the index, so that it is made anew: a restore has brought other posts in.
func Forget(tx *db.Tx) error { return engineOf(tx).clear(tx) }

// Fill makes the index in steps. When it is interrupted, it goes on where it stopped. Posts that are written meanwhile are brought in
// by whoever writes them.
func (s *Service) Fill(ctx context.Context) error {
	for {
		done := false
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			done, err = fillStep(tx)
			return err
		})
		if err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(fillPause):
		}
	}
}

func fillStep(tx *db.Tx) (done bool, err error) {
	unfinished, err := filling(tx)
	if err != nil || !unfinished {
		return true, err
	}
	at, err := state(tx, statePlace)
	if err != nil {
		return false, err
	}
	if at == "" { // the first step: what an older form left is of no use
		if err := engineOf(tx).clear(tx); err != nil {
			return false, err
		}
		at = "0"
	}
	after, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return false, err
	}
	// The rows stay as they are until the step ends, so that no edit is overtaken.
	threads, err := db.All(tx, db.ID, "SELECT id FROM thread WHERE id > $1 ORDER BY id LIMIT $2"+engineOf(tx).bound(), after, fillThreads)
	if err != nil {
		return false, err
	}
	for _, id := range threads {
		if _, err := db.All(tx, db.ID, "SELECT id FROM comment WHERE thread = $1"+engineOf(tx).bound(), id); err != nil {
			return false, err
		}
		if err := DropThread(tx, id); err != nil {
			return false, err
		}
		if err := PutThread(tx, id); err != nil {
			return false, err
		}
	}
	if len(threads) == 0 {
		return true, setState(tx, stateFilled, version)
	}
	return false, setState(tx, statePlace, threads[len(threads)-1].String())
}

// Pack writes the index anew, in steps, where something was taken out since: what was deleted is then in no page of the file.
func (s *Service) Pack(ctx context.Context) error {
	for {
		done := false
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			done, err = engineOf(tx).pack(tx)
			return err
		})
		if err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(fillPause):
		}
	}
}
