package thread

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
)

// Close ends or reopens a conversation for new replies. Stewards may, and the author of a question that is answered.
func (s *Service) Close(ctx context.Context, a core.Actor, id core.ID, closed bool) error {
	return s.arrange(ctx, a, id, func(tx *db.Tx, sc scene) (Changed, error) {
		author := a.Member != 0 && a.Member == sc.Thread.Author && sc.Thread.Kind == policy.Question && a.MayWrite()
		if err := policy.Moderate(a, sc.Space.Facts(), sc.Ties).Err(); err != nil && !author {
			return Changed{}, err
		}
		at, what := int64(0), "opened"
		if closed {
			at, what = db.Millis(s.clock.Now()), "closed"
		}
		_, err := tx.Exec("UPDATE thread SET closed_at = $1 WHERE id = $2", at, id)
		return Changed{What: what}, err
	})
}

// maxPinned is how many threads of a space are pinned: more would hide what is new on a phone.
const maxPinned = 5

// Pin puts a thread on top of its space's list, or lets it go.
func (s *Service) Pin(ctx context.Context, a core.Actor, id core.ID, pinned bool) error {
	return s.arrange(ctx, a, id, func(tx *db.Tx, sc scene) (Changed, error) {
		if err := policy.Moderate(a, sc.Space.Facts(), sc.Ties).Err(); err != nil {
			return Changed{}, err
		}
		at, what := int64(0), "unpinned"
		if pinned {
			n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM thread WHERE space = $1 AND pinned_at > 0 AND id <> $2", sc.Space.ID, id)
			if err != nil {
				return Changed{}, err
			}
			if n >= maxPinned {
				return Changed{}, core.E(core.Forbidden, "thread.pin.many")
			}
			at, what = db.Millis(s.clock.Now()), "pinned"
		}
		_, err := tx.Exec("UPDATE thread SET pinned_at = $1 WHERE id = $2", at, id)
		return Changed{What: what}, err
	})
}

// Move brings a thread to another space. The actor has to moderate both, and a move never widens who may read: what was said in
// confidence to few is not for moving before many.
func (s *Service) Move(ctx context.Context, a core.Actor, id, to core.ID) error {
	return s.arrange(ctx, a, id, func(tx *db.Tx, sc scene) (Changed, error) {
		target, ties, err := space.Load(tx, s.clock.Now(), a, to)
		if err != nil {
			return Changed{}, err
		}
		if err := policy.Moderate(a, sc.Space.Facts(), sc.Ties).Err(); err != nil {
			return Changed{}, err
		}
		if err := policy.Moderate(a, target.Facts(), ties).Err(); err != nil {
			return Changed{}, err
		}
		if !mayMove(sc, target) {
			return Changed{}, core.Field("space", "thread.move.not_there")
		}
		if err := search.DropThread(tx, id); err != nil {
			return Changed{}, err
		}
		if _, err := tx.Exec("UPDATE thread SET space = $1, pinned_at = 0 WHERE id = $2", to, id); err != nil {
			return Changed{}, err
		}
		if err := search.PutThread(tx, id); err != nil {
			return Changed{}, err
		}
		_, err = tx.Exec("UPDATE media SET space = $1 WHERE thread = $2", to, id)
		return Changed{What: "moved", From: sc.Space.ID}, err
	})
}

// Targets gives the spaces that the actor may move a thread to.
func (s *Service) Targets(ctx context.Context, a core.Actor, id core.ID) (t Thread, out []space.Space, err error) {
	defer core.Wrap(&err, "thread.Targets(%s)", id)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sc, err := s.scene(tx, a, id)
		if err != nil {
			return err
		}
		t = sc.Thread
		if err := policy.Moderate(a, sc.Space.Facts(), sc.Ties).Err(); err != nil {
			return err
		}
		visible, args := space.VisibleTo(a, 1)
		ids, err := db.All(tx, db.ID, "SELECT s.id FROM space s WHERE "+visible+" AND s.archived_at = 0 ORDER BY s.name, s.id LIMIT 500", args...)
		if err != nil {
			return err
		}
		for _, target := range ids {
			sp, ties, err := space.Load(tx, s.clock.Now(), a, target)
			if err != nil {
				return err
			}
			if policy.Moderate(a, sp.Facts(), ties).OK() && mayMove(sc, sp) {
				out = append(out, sp)
			}
		}
		return nil
	})
	return t, out, err
}

// mayMove tells whether a thread may stand in a space, whoever moves it. What somebody said in an organisation's name stays there.
func mayMove(sc scene, target space.Space) bool {
	if sc.Thread.Kind == policy.Announcement && target.Kind != policy.Channel {
		return false
	}
	return target.ID != sc.Space.ID && !wider(sc.Space, target) && target.ArchivedAt.IsZero() &&
		(sc.Thread.Organisation == 0 || target.Organisation == sc.Thread.Organisation)
}

// wider tells whether more people may read in to than in from.
func wider(from, to space.Space) bool {
	reach := map[policy.Visibility]int{policy.Invited: 0, policy.MembersOnly: 1, policy.Public: 2}
	if from.Kind == policy.Rounds && to.Kind != policy.Rounds {
		return true
	}
	return reach[to.Visibility] > reach[from.Visibility] || to.Visibility == policy.Invited && from.ID != to.ID && from.Visibility == policy.Invited
}

func (s *Service) arrange(ctx context.Context, a core.Actor, id core.ID, change func(*db.Tx, scene) (Changed, error)) (err error) {
	defer core.Wrap(&err, "thread.arrange(%s)", id)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sc, err := s.scene(tx, a, id)
		if err != nil {
			return err
		}
		what, err := change(tx, sc)
		if err != nil {
			return err
		}
		what.Author = sc.Thread.Author
		event.Append(tx, event.Event{At: s.clock.Now(), Kind: ThreadChanged, Actor: a.Member, Space: sc.Space.ID, Thread: id, Subject: id}.With(what))
		return nil
	})
}
