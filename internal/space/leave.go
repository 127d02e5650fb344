package space

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Leave ends the actor's membership, withdraws their request, or declines their invitation. The last steward names another one
// first. Leaving works without being able to see the space: a credential may have ended meanwhile.
func (s *Service) Leave(ctx context.Context, a core.Actor, slug string) (err error) {
	defer core.Wrap(&err, "space.Leave(%s)", slug)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, t, err := Peek(tx, s.clock.Now(), a, "s.slug = $1", slug)
		if err != nil {
			return err
		}
		if !t.Joined && !t.Asked && !t.Invited {
			return core.Missing("membership")
		}
		if t.Steward {
			if err := keepOneSteward(tx, a, sp.ID, a.Member); err != nil {
				return err
			}
		}
		n, err := tx.Exec("DELETE FROM membership WHERE space = $1 AND member = $2 AND state <> 'removed'", sp.ID, a.Member)
		if err == nil && n > 0 {
			s.tell(tx, a, EventLeft, sp.ID, a.Member)
		}
		return err
	})
}

// Decide lets somebody in who asked to join, or declines. Whoever decides second is told.
func (s *Service) Decide(ctx context.Context, a core.Actor, slug string, member core.ID, accept bool) (err error) {
	defer core.Wrap(&err, "space.Decide(%s, %s)", slug, member)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, _, err := s.manage(tx, a, slug)
		if err != nil {
			return err
		}
		if accept {
			return s.letIn(tx, a, sp, member)
		}
		n, err := tx.Exec("DELETE FROM membership WHERE space = $1 AND member = $2 AND state = 'asked'", sp.ID, member)
		if err == nil && n == 0 {
			err = core.E(core.Conflict, "space.request.decided")
		}
		if err == nil {
			s.tell(tx, a, EventDeclined, sp.ID, member)
		}
		return err
	})
}

// letIn makes a member of somebody who asked. The rules stay as accepted as they were: they may have changed since.
func (s *Service) letIn(tx *db.Tx, a core.Actor, sp Space, member core.ID) error {
	n, err := tx.Exec("UPDATE membership SET state = 'joined', message = '', since = $1 WHERE space = $2 AND member = $3 AND state = 'asked'",
		db.Millis(s.clock.Now()), sp.ID, member)
	if err == nil && n == 0 {
		err = core.E(core.Conflict, "space.request.decided")
	}
	if err == nil {
		s.tell(tx, a, EventJoined, sp.ID, member)
	}
	return err
}

// Remove takes a member out of a space; only an invitation brings them back. An invitation that waits is withdrawn. A steward is
// dismissed first.
func (s *Service) Remove(ctx context.Context, a core.Actor, slug string, member core.ID) (err error) {
	defer core.Wrap(&err, "space.Remove(%s, %s)", slug, member)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, _, err := s.manage(tx, a, slug)
		if err != nil {
			return err
		}
		if member == a.Member {
			return core.E(core.Forbidden, "policy.not_yourself")
		}
		n, err := tx.Exec("DELETE FROM membership WHERE space = $1 AND member = $2 AND state = 'invited'", sp.ID, member)
		if err != nil || n > 0 {
			return err
		}
		n, err = tx.Exec(`UPDATE membership SET state = 'removed', greeter = FALSE, message = '', approved = 0, rules_at = 0
			WHERE space = $1 AND member = $2 AND state = 'joined' AND role <> 'steward'`, sp.ID, member)
		if err == nil && n == 0 {
			err = s.whyNotRemoved(tx, sp, member)
		}
		if err != nil {
			return err
		}
		s.tell(tx, a, EventRemoved, sp.ID, member)
		return nil
	})
}

func (s *Service) whyNotRemoved(tx *db.Tx, sp Space, member core.ID) error {
	state, err := stateOf(tx, sp.ID, member)
	if err == nil && state == joined {
		return core.E(core.Forbidden, "space.remove.steward")
	}
	if err == nil {
		return core.E(core.Conflict, "space.remove.gone")
	}
	return err
}
