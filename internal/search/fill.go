package search

import (
	"context"
	"strconv"
	"time"

	"dayroom/internal/core"
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
	fillAside   = time.Second // between two looks whether an import still goes on
	packPages   = 200
)

// Begin adds the job that makes the index, where it is not whole. It is asked at each start and each hour: the index is missing after an
// upgrade and after a restore, and not whole after an import that was interrupted.
func (s *Service) Begin(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return AddFill(tx, s.ids, s.clock.Now()) })
}

// AddFill adds the job where the index is not whole.
func AddFill(tx *db.Tx, ids *core.IDMaker, now time.Time) error {
	unfinished, err := filling(tx)
	if err != nil || !unfinished {
		return err
	}
	return job.Add(tx, ids, now, job.New{Kind: FillJob, Unique: FillJob})
}

// Postpone leaves a thread, and those with greater ids, to Fill: an import brings in more in a second than can be indexed beside it. Call
// it in the transaction that writes them.
func Postpone(tx *db.Tx, thread core.ID) error {
	if err := hold(tx); err != nil {
		return err
	}
	if err := setState(tx, statePostponed, thread.String()); err != nil {
		return err
	}
	unfinished, err := filling(tx)
	if err != nil {
		return err
	}
	place, err := state(tx, statePlace)
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(place, 10, 64)
	if unfinished && (err != nil || at < int64(thread)) { // Fill has not begun, or will come by
		return nil
	}
	if err := setState(tx, statePlace, strconv.FormatInt(int64(thread)-1, 10)); err != nil {
		return err
	}
	return setState(tx, stateFilled, "")
}

// hold keeps others from saying that the index is whole until the transaction ends.
func hold(tx *db.Tx) error {
	_, err := tx.Exec("INSERT INTO search_state (name, value) VALUES ($1, '') ON CONFLICT (name) DO UPDATE SET value = search_state.value", stateFilled)
	return err
}

// Forget empties the index, so that it is made anew: a restore has brought other posts in.
func Forget(tx *db.Tx) error { return engineOf(tx).clear(tx) }

// Fill makes the index in steps, and packs it. When it is interrupted, it goes on where it stopped. Posts that are written meanwhile are
// brought in by whoever writes them. While an import goes on, it stands aside: somebody waits for the import.
func (s *Service) Fill(ctx context.Context) error {
	if err := s.inSteps(ctx, fillStep, s.standAside()); err != nil {
		return err
	}
	return s.Pack(ctx)
}

// standAside returns a function that waits until nothing was postponed for the length of a look. An import is another process, perhaps on
// another machine, so that its trace in the database is what tells of it.
func (s *Service) standAside() func(context.Context) error {
	known, begun := "", false
	return func(ctx context.Context) error {
		for {
			var last string
			err := s.db.View(ctx, func(tx *db.Tx) (err error) {
				last, err = state(tx, statePostponed)
				return err
			})
			if err != nil || last == known || !begun {
				known, begun = last, true
				return err
			}
			known = last
			if err := s.wait(ctx, fillAside); err != nil {
				return err
			}
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// inSteps runs a step after the other, each in a transaction of its own, until one says that it was the last. Before each it calls ready.
func (s *Service) inSteps(ctx context.Context, step func(*db.Tx) (done bool, err error), ready func(context.Context) error) error {
	for {
		if err := ready(ctx); err != nil {
			return err
		}
		done := false
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			done, err = step(tx)
			return err
		})
		if err != nil || done {
			return err
		}
		if err := s.wait(ctx, fillPause); err != nil {
			return err
		}
	}
}

func fillStep(tx *db.Tx) (done bool, err error) {
	if err := hold(tx); err != nil {
		return false, err
	}
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
		if err := setState(tx, stateLoose, "yes"); err != nil {
			return false, err
		}
		return true, setState(tx, stateFilled, version)
	}
	return false, setState(tx, statePlace, threads[len(threads)-1].String())
}

// Pack brings the pieces together that the index has grown in, in steps: a word is then looked up in a few places and not in twenty.
// Where something was taken out since, all of it is written anew: what was deleted is then in no page of the file.
func (s *Service) Pack(ctx context.Context) error {
	return s.inSteps(ctx, func(tx *db.Tx) (bool, error) { return engineOf(tx).pack(tx) }, s.standAside())
}
