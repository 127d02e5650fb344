package thread

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
)

// React sets or takes back a reaction. Nobody thanks themselves: one's own post is refused.
func (s *Service) React(ctx context.Context, a core.Actor, post core.ID, kind Reaction, on bool) (p Post, err error) {
	defer core.Wrap(&err, "thread.React(%s, %s)", post, kind)
	column, known := reactionColumns[kind]
	if !known {
		return p, core.Missing("reaction")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = s.Load(tx, a, post); err != nil {
			return err
		}
		if err := policy.React(a, p.Space.Facts(), p.Ties, p.Facts()).Err(); err != nil {
			return err
		}
		if p.Author() == a.Member {
			return core.E(core.Forbidden, "thread.react.own")
		}
		if kind == HelpedThis && p.Comment != nil && p.Thread.Author == a.Member {
			return s.markHelped(tx, a, p, on)
		}
		changed, err := s.react(tx, a, p, kind, column, on)
		if err != nil || !changed {
			return err
		}
		what := PostReacted
		if !on {
			what = PostUnreacted
		}
		s.tellReaction(tx, a, p, what, kind)
		return nil
	})
	return p, err
}

func (s *Service) tellReaction(tx *db.Tx, a core.Actor, p Post, what string, kind Reaction) {
	event.Append(tx, event.Event{At: s.clock.Now(), Kind: what, Actor: a.Member, Space: p.Space.ID, Thread: p.Thread.ID, Subject: p.ID()}.With(
		Reacted{Kind: kind, Author: p.Author()}))
}

// react writes or removes the reaction and counts it; changed is false where it was so already: somebody pressed twice.
func (s *Service) react(tx *db.Tx, a core.Actor, p Post, kind Reaction, column string, on bool) (changed bool, err error) {
	var n int64
	step := "+ 1"
	if on {
		n, err = tx.Exec("INSERT INTO reaction (post, member, kind, thread, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
			p.ID(), a.Member, kind, p.Thread.ID, db.Millis(s.clock.Now()))
	} else {
		step = "- 1"
		n, err = tx.Exec("DELETE FROM reaction WHERE post = $1 AND member = $2 AND kind = $3", p.ID(), a.Member, kind)
	}
	if err != nil || n == 0 {
		return false, err
	}
	table := "thread"
	if p.Comment != nil {
		table = "comment"
	}
	if err := tx.Must("UPDATE "+table+" SET "+column+" = "+column+" "+step+" WHERE id = $1", p.ID()); err != nil {
		return false, err
	}
	if kind == HelpedThis && p.Comment != nil {
		return true, countReplies(tx, p.Thread.ID)
	}
	return true, nil
}

// MarkHelped lets the author of a thread say which comments helped. It is their "this helped me", with more weight: reacting so
// in one's own thread is the same act.
func (s *Service) MarkHelped(ctx context.Context, a core.Actor, comment core.ID, on bool) (p Post, err error) {
	defer core.Wrap(&err, "thread.MarkHelped(%s)", comment)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = s.Load(tx, a, comment); err != nil {
			return err
		}
		if p.Comment == nil {
			return core.Missing("comment")
		}
		if p.Author() == a.Member {
			return core.E(core.Forbidden, "thread.react.own")
		}
		return s.markHelped(tx, a, p, on)
	})
	return p, err
}

func (s *Service) markHelped(tx *db.Tx, a core.Actor, p Post, on bool) error {
	if err := policy.MarkHelped(a, p.Space.Facts(), p.Ties, p.Thread.Facts(), p.Facts()).Err(); err != nil {
		return err
	}
	if _, err := s.react(tx, a, p, HelpedThis, reactionColumns[HelpedThis], on); err != nil {
		return err
	}
	n, err := tx.Exec("UPDATE comment SET author_helped = $1 WHERE id = $2 AND author_helped <> $1", on, p.ID())
	if err != nil || n == 0 {
		return err
	}
	if on {
		s.tellReaction(tx, a, p, PostHelped, HelpedThis)
	}
	return countReplies(tx, p.Thread.ID)
}

// Level is how closely a member follows a thread.
type Level string

// The levels.
const (
	NotFollowing Level = ""
	Following    Level = "follow"
	Muted        Level = "mute" // no notice, not even a mention
)

// Follow sets how closely the actor follows a thread.
func (s *Service) Follow(ctx context.Context, a core.Actor, id core.ID, level Level) error {
	if level != NotFollowing && level != Following && level != Muted {
		return core.Field("level", "error.form")
	}
	return s.mine(ctx, a, id, func(tx *db.Tx, p Post, now time.Time) error {
		if level == NotFollowing {
			_, err := tx.Exec("DELETE FROM follow WHERE member = $1 AND thread = $2", a.Member, p.Thread.ID)
			return err
		}
		_, err := tx.Exec(`INSERT INTO follow (member, thread, level, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (member, thread) DO UPDATE SET level = excluded.level`, a.Member, p.Thread.ID, level, db.Millis(now))
		return err
	})
}

// Bookmark keeps a post for the actor alone, or lets it go.
func (s *Service) Bookmark(ctx context.Context, a core.Actor, post core.ID, on bool) error {
	return s.mine(ctx, a, post, func(tx *db.Tx, p Post, now time.Time) error {
		if !on {
			_, err := tx.Exec("DELETE FROM bookmark WHERE member = $1 AND post = $2", a.Member, post)
			return err
		}
		_, err := tx.Exec("INSERT INTO bookmark (member, post, thread, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
			a.Member, post, p.Thread.ID, db.Millis(now))
		return err
	})
}

// mine runs what concerns nobody but the actor, on a post that the actor may read.
func (s *Service) mine(ctx context.Context, a core.Actor, post core.ID, act func(*db.Tx, Post, time.Time) error) (err error) {
	defer core.Wrap(&err, "thread.mine(%s)", post)
	if !a.IsMember() {
		return core.E(core.Unauthenticated, policy.SignInFirst)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.Load(tx, a, post)
		if err != nil {
			return err
		}
		return act(tx, p, s.clock.Now())
	})
}
