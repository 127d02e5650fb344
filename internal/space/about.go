package space

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// About is what stands beside a space's threads: what it is for, who looks after it, and what the viewer may do.
type About struct {
	Card
	Stewards []Steward
	Requests int // waiting, for those who may decide them

	SignedIn   bool // the viewer is a member
	SignIn     bool // a visitor, who could join after signing in
	MayJoin    bool // now, by joining, asking or accepting an invitation
	MayLeave   bool
	MayManage  bool
	MayAppoint bool
	MayGreet   bool // offer to read newcomers' first posts
	Removed    bool // the viewer was taken out
}

// About reads what stands beside a space.
func (s *Service) About(ctx context.Context, a core.Actor, slug string) (out About, err error) {
	defer core.Wrap(&err, "space.About(%s)", slug)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.AboutIn(tx, a, slug)
		return err
	})
	return out, err
}

// AboutIn is About inside a transaction.
func (s *Service) AboutIn(tx *db.Tx, a core.Actor, slug string) (out About, err error) {
	where, args := VisibleTo(a, 2)
	cards, err := s.cards(tx, a, "s.slug = $1 AND "+where, append([]any{slug}, args...))
	if err != nil {
		return out, err
	}
	if len(cards) == 0 {
		return out, core.Missing("space")
	}
	out.Card = cards[0]
	facts, t := out.Facts(), out.Ties
	state, err := stateOf(tx, out.ID, a.Member)
	if err != nil {
		return out, err
	}
	out.Removed = state == removed
	out.MayJoin = policy.JoinSpace(a, facts, t).OK() && !out.Removed
	out.SignedIn = a.IsMember()
	out.SignIn = a.Member == 0 && !facts.Archived && out.Joining != policy.JoinInvitation
	out.MayLeave = a.Member != 0 && t.Joined
	out.MayManage = policy.ManageSpace(a, facts, t).OK()
	out.MayAppoint = policy.AppointSteward(a).OK()
	out.MayGreet = a.MayWrite() && MayGreet(out.Space, t)
	if out.MayManage {
		if out.Requests, err = Waiting(tx, out.ID); err != nil {
			return out, err
		}
	}
	out.Stewards, err = StewardsOf(tx, out.ID)
	return out, err
}
