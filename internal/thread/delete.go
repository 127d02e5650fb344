package thread

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
	"dayroom/internal/search"
)

// Delete removes a post for good at its author's wish: the words, their earlier versions, the images and their files. Where
// others answered, a tombstone keeps the place. What is deleted is noted in the erasure ledger first, so that a backup which is
// restored later loses it too.
func (s *Service) Delete(ctx context.Context, a core.Actor, post core.ID) (p Post, err error) {
	defer core.Wrap(&err, "thread.Delete(%s)", post)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p, err = s.Load(tx, a, post); err != nil {
			return err
		}
		return policy.DeletePost(a, p.Space.Facts(), p.Ties, p.Facts()).Err()
	})
	if err != nil {
		return p, err
	}
	now := s.clock.Now()
	if err := s.keys.Erase(ctx, now, keys.ErasedPost, post); err != nil {
		return p, err
	}
	var files []string
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = s.Load(tx, a, post); err != nil {
			return err
		}
		if err := policy.DeletePost(a, p.Space.Facts(), p.Ties, p.Facts()).Err(); err != nil {
			return err
		}
		if err := s.gate.Settled(tx, post); err != nil {
			return err
		}
		files, err = Unwrite(tx, post)
		event.Append(tx, event.Event{At: now, Kind: PostDeleted, Actor: a.Member, Space: p.Space.ID, Thread: p.Thread.ID, Subject: post}.With(
			Removed{From: p.Facts().State}))
		return err
	})
	if err != nil {
		return p, err
	}
	return p, s.shelf.Delete(ctx, files...)
}

// Unwrite takes a post out of the database and gives the names of the files that have to go with it. It is also what a restore
// runs for every post in the ledger: a post that is not there is no error.
func Unwrite(tx *db.Tx, post core.ID) (files []string, err error) {
	if err := search.Drop(tx, post); err != nil {
		return nil, err
	}
	if files, err = dropMedia(tx, post); err != nil {
		return nil, err
	}
	for _, statement := range []string{
		"DELETE FROM post_version WHERE post = $1",
		"DELETE FROM reaction WHERE post = $1",
		"DELETE FROM bookmark WHERE post = $1",
	} {
		if _, err := tx.Exec(statement, post); err != nil {
			return nil, err
		}
	}
	covered, err := covers(tx, post)
	if err != nil {
		return nil, err
	}
	if n, err := tx.Exec("UPDATE thread SET "+tombstoneThread+" WHERE id = $1", post); err != nil || n > 0 {
		if err == nil {
			_, err = tx.Exec("DELETE FROM thread_tag WHERE thread = $1", post)
		}
		if err == nil {
			_, err = tx.Exec("DELETE FROM poll_vote WHERE thread = $1", post)
		}
		if err == nil {
			_, err = tx.Exec("DELETE FROM poll WHERE thread = $1", post)
		}
		if err == nil && covered { // what others said below the tombstone can be read again
			err = search.PutThread(tx, post)
		}
		return files, err
	}
	return files, unwriteComment(tx, post)
}

// covers tells whether a post is a thread that nobody could read because it was held or hidden.
func covers(tx *db.Tx, post core.ID) (bool, error) {
	return db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM thread WHERE id = $1 AND state IN ('held', 'hidden'))", post)
}

func unwriteComment(tx *db.Tx, post core.ID) error {
	c, err := db.One(tx, scanComment, "SELECT "+commentColumns+" FROM comment c WHERE c.id = $1", post)
	if core.IsNotFound(err) {
		return nil
	}
	if err != nil || c.State == policy.Deleted {
		return err
	}
	if _, err := tx.Exec("UPDATE comment SET "+tombstoneComment+", author_helped = FALSE, n_same = 0, n_thanks = 0, n_helped = 0 WHERE id = $1", post); err != nil {
		return err
	}
	if c.State == policy.Open {
		if err := countReplies(tx, c.Thread); err != nil {
			return err
		}
	}
	// Without an answer below, not even the tombstone is needed.
	_, err = tx.Exec("DELETE FROM comment WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM comment d WHERE d.thread = $2 AND d.root = $3 AND d.parent = $1)",
		post, c.Thread, c.Root)
	return err
}

// countReplies brings the thread's counters in line with its comments.
func countReplies(tx *db.Tx, thread core.ID) error {
	_, err := tx.Exec(`UPDATE thread SET
			replies = (SELECT COUNT(*) FROM comment c WHERE c.thread = $1 AND c.state = 'open'),
			helped  = (SELECT COUNT(*) FROM comment c WHERE c.thread = $1 AND c.state = 'open' AND (c.author_helped OR c.n_helped > 0))
		WHERE id = $1`, thread)
	return err
}

// SetState hides, restores, holds or approves a post inside the transaction of a steward's decision; the caller has decided that
// it may. A post that is in the state already stays as it is, and changed is false.
func (s *Service) SetState(tx *db.Tx, actor core.ID, p Post, to policy.PostState, now time.Time) (changed bool, err error) {
	from := p.Facts().State
	if from == to || from == policy.Deleted {
		return false, nil
	}
	table, drop, put := "thread", search.DropThread, search.PutThread
	if p.Comment != nil {
		table, drop, put = "comment", search.Drop, search.Put
	}
	if err := drop(tx, p.ID()); err != nil {
		return false, err
	}
	if err := tx.Must("UPDATE "+table+" SET state = $1 WHERE id = $2 AND state = $3", to, p.ID(), from); err != nil {
		return false, err
	}
	if err := put(tx, p.ID()); err != nil {
		return false, err
	}
	if p.Comment != nil {
		if err := countReplies(tx, p.Thread.ID); err != nil {
			return false, err
		}
	}
	set := StateSet{From: from, To: to, Author: p.Author()}
	if from == policy.Held && to == policy.Open {
		if set.Mentions, err = s.mentioned(tx, p); err != nil {
			return false, err
		}
		if err := bringForward(tx, p, now); err != nil {
			return false, err
		}
	}
	event.Append(tx, event.Event{At: now, Kind: PostStateSet, Actor: actor, Space: p.Space.ID, Thread: p.Thread.ID, Subject: p.ID()}.With(set))
	return true, nil
}

// bringForward makes a thread as fresh as the post in it that was just approved.
func bringForward(tx *db.Tx, p Post, now time.Time) error {
	_, err := tx.Exec("UPDATE thread SET active_at = CASE WHEN active_at < $1 THEN $1 ELSE active_at END WHERE id = $2", db.Millis(now), p.Thread.ID)
	return err
}

// mentioned finds again whom a held post mentions, now that they may be told.
func (s *Service) mentioned(tx *db.Tx, p Post) ([]core.ID, error) {
	w, err := s.render(tx, core.Actor{Member: p.Author(), System: true}, p.Body(), p.ID())
	return w.Mentioned, err
}
