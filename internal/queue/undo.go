package queue

import (
	"context"
	"slices"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// UndoFor is how long a slip can be taken back. Mail about a decision leaves later than that.
const UndoFor = 10 * time.Minute

// undoable are the acts that can be taken back: those that nobody outside has acted upon. A restriction is lifted instead.
var undoable = []Act{Approve, Hide, Restore, Dismiss}

// MayUndo tells whether the actor may still take the decision back.
func (d Decision) MayUndo(a core.Actor, now time.Time) bool {
	return a.MayWrite() && d.Moderator == a.Member && d.UndoneAt.IsZero() && slices.Contains(undoable, d.Act) && now.Sub(d.At) < UndoFor
}

// Undoable gives a decision that the actor may still take back; core.NotFound where there is none.
func (s *Service) Undoable(ctx context.Context, a core.Actor, id core.ID) (d Decision, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, err = s.undoable(tx, a, id)
		return err
	})
	return d, err
}

func (s *Service) undoable(tx *db.Tx, a core.Actor, id core.ID) (Decision, error) {
	d, err := db.One(tx, scanDecision, decisionSelect+"d.id = $1 AND d.moderator = $2", id, a.Member)
	if err == nil && !d.MayUndo(a, s.now()) {
		err = core.E(core.Conflict, "queue.undo.late")
	}
	return d, err
}

// Undo takes one's own decision back: the post goes back to where it was, and the item waits again. Where somebody has decided
// anew since, it is a Conflict.
func (s *Service) Undo(ctx context.Context, a core.Actor, id core.ID) (d Decision, err error) {
	defer core.Wrap(&err, "queue.Undo(%s)", id)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = s.undoable(tx, a, id); err != nil {
			return err
		}
		n, err := tx.Exec("UPDATE decision SET undone_at = $1 WHERE id = $2 AND undone_at = 0", db.Millis(s.now()), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return core.E(core.Conflict, "queue.undo.late")
		}
		return s.undo(tx, a, d)
	})
	return d, err
}

func (s *Service) undo(tx *db.Tx, a core.Actor, d Decision) error {
	if d.Item != 0 { // somebody who lost the office meanwhile does not see the item any more
		if _, err := s.scene(tx, a, d.Item); err != nil {
			return err
		}
	}
	if to, moved := target[d.Act]; moved {
		p, err := s.posts.Peek(tx, a, d.Post)
		if err != nil {
			return err
		}
		if err := policy.ModerateItem(a, p.Space.Facts(), p.Ties).Err(); err != nil && d.Item == 0 {
			return err
		}
		if p.Facts().State != to {
			return core.E(core.Conflict, "queue.conflict.moved")
		}
		if err := s.move(tx, a, p, d.was); err != nil {
			return err
		}
	}
	if d.Act == Approve {
		if err := space.UncountApproved(tx, d.Space, d.Member); err != nil {
			return err
		}
	}
	if err := s.reopen(tx, d); err != nil {
		return err
	}
	back := Decision{Item: d.Item, Moderator: a.Member, Act: Undo, Member: d.Member, Space: d.Space, Thread: d.Thread, Post: d.Post}
	if err := s.write(tx, &back); err != nil {
		return err
	}
	back.ID = d.ID // the event names what was taken back
	tell(tx, EventUndone, back, nil)
	return nil
}

// reopen lets what the decision closed wait again, unless something new about the post waits already. A post that is held again
// always has an item, or nobody would find it.
func (s *Service) reopen(tx *db.Tx, d Decision) error {
	_, err := tx.Exec(`UPDATE queue_item SET state = 'open', decided_at = 0 WHERE post = $1 AND state = 'decided' AND (id = $2 OR decided_at = $3)
		AND NOT EXISTS (SELECT 1 FROM queue_item o WHERE o.post = queue_item.post AND o.kind = queue_item.kind AND o.state = 'open')`,
		d.Post, d.Item, db.Millis(d.At))
	if err != nil || d.was != policy.Held {
		return err
	}
	return open(tx, Item{ID: s.ids.Next(), Kind: Held, Thread: d.Thread, Post: d.Post, Author: d.Member, Urgency: heldUrgency, OpenedAt: s.now()}, d.Space)
}
