package queue

import (
	"context"
	"strings"

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

// File is what a moderator reads before deciding about a member's standing.
type File struct {
	Author
	History []Decision // what was decided about the member, the latest first
	Acts    []Act
}

// File gives what is known about a member to moderators. What happened in rounds stays in rounds.
func (s *Service) File(ctx context.Context, a core.Actor, handle string) (f File, err error) {
	defer core.Wrap(&err, "queue.File")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.Enter(a, policy.ForModerator).Err(); err != nil {
			return err
		}
		id, err := db.One(tx, db.ID, "SELECT id FROM member WHERE handle_key = $1 AND standing NOT IN ('gone', 'placeholder')", strings.ToLower(strings.TrimSpace(handle)))
		if err != nil {
			return err
		}
		if f.Author, err = s.author(tx, scene{Item: Item{Author: id}}); err != nil {
			return err
		}
		if policy.Discipline(a, id, f.Role).OK() {
			f.Acts = []Act{Restrict, Ban}
			if f.Standing != core.Active {
				f.Acts = []Act{Lift, Restrict, Ban}
			}
		}
		f.History, err = decisions(tx, `d.member = $1 AND d.undone_at = 0 AND d.act NOT IN ('looked', 'undo', 'dismiss', 'approve')
			AND (d.space = 0 OR EXISTS (SELECT 1 FROM space s WHERE s.id = d.space AND s.kind <> 'rounds'))`, id)
		return err
	})
	return f, err
}
