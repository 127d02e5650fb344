package queue

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// HidePost takes a post down from its own page.
func (s *Service) HidePost(ctx context.Context, a core.Actor, post core.ID, reason string) (Decision, error) {
	return s.act(ctx, a, post, Ruling{Act: Hide, Reason: reason})
}

// RestorePost lets a hidden post stand again.
func (s *Service) RestorePost(ctx context.Context, a core.Actor, post core.ID, reason string) (Decision, error) {
	return s.act(ctx, a, post, Ruling{Act: Restore, Reason: reason})
}

// WarnAuthor tells the author of a post what was not right with it.
func (s *Service) WarnAuthor(ctx context.Context, a core.Actor, post core.ID, reason string) (Decision, error) {
	return s.act(ctx, a, post, Ruling{Act: Warn, Reason: reason})
}

// act decides about a post that the actor moderates, whether or not it waits in the queue.
func (s *Service) act(ctx context.Context, a core.Actor, post core.ID, in Ruling) (d Decision, err error) {
	defer core.Wrap(&err, "queue.act(%s, %s)", post, in.Act)
	in.tidy()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.posts.Load(tx, a, post)
		if err != nil {
			return err
		}
		if err := policy.Moderate(a, p.Space.Facts(), p.Ties).Err(); err != nil {
			return err
		}
		if p.Author() != 0 && p.Author() == a.Member {
			return core.E(core.Forbidden, "policy.not_yourself")
		}
		if err := in.validate(s.now()); err != nil {
			return err
		}
		sc := directly(p)
		if !mayDo(a, sc, core.RoleMember, in.Act) {
			return core.E(core.Conflict, "queue.conflict.moved")
		}
		d, err = s.carryOut(tx, a, sc, in)
		return err
	})
	return d, err
}

// Discipline restricts or bans a member on the whole site, or lifts that: for moderators. A ban ends the member's sign-ins at
// once.
func (s *Service) Discipline(ctx context.Context, a core.Actor, member core.ID, in Ruling) (d Decision, err error) {
	defer core.Wrap(&err, "queue.Discipline(%s, %s)", member, in.Act)
	in.tidy()
	to, known := standings[in.Act]
	if !known {
		return d, core.E(core.Forbidden, "queue.act.not_here")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		role, err := db.One(tx, func(r db.Row) (v core.Role, err error) { err = r.Scan(&v); return },
			"SELECT role FROM member WHERE id = $1 AND standing NOT IN ('gone', 'placeholder')", member)
		if err != nil {
			return err
		}
		if err := policy.Discipline(a, member, role).Err(); err != nil {
			return err
		}
		if err := in.validate(s.now()); err != nil {
			return err
		}
		if err := s.standings.SetStanding(tx, a, member, to, in.Until); err != nil {
			return err
		}
		d = Decision{Moderator: a.Member, By: a.Handle, Act: in.Act, Reason: in.Reason, Member: member, Until: in.Until}
		if err := s.write(tx, &d); err != nil {
			return err
		}
		tell(tx, EventDecided, d, nil)
		return nil
	})
	return d, err
}
