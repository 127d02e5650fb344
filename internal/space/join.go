package space

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// removed is the state of somebody whom the stewards took out: nothing is theirs in the space, and only an invitation brings
// them back.
const removed = "removed"

// maxMessage bounds the words that come with a request to join, in characters.
const maxMessage = 500

// JoinInput is what somebody brings who wants to join.
type JoinInput struct {
	Message string // to the stewards, where joining is on request
	Rules   string // RulesMark of the rules that were shown and accepted
}

// Joined tells what became of an attempt to join.
type Joined string

// The outcomes.
const (
	JoinedNow Joined = "joined"
	JoinAsked Joined = "asked" // a steward decides
)

// Join makes the actor a member of a space: at once where joining is open or an invitation waits, else by asking the stewards.
// In a channel, joining is following. Joining twice is what was wanted, and no error.
func (s *Service) Join(ctx context.Context, a core.Actor, slug string, in JoinInput) (out Joined, err error) {
	defer core.Wrap(&err, "space.Join(%s)", slug)
	in.Message = markup.Normalize(in.Message)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		sp, t, err := LoadBySlug(tx, s.clock.Now(), a, slug)
		if err != nil {
			return err
		}
		if t.Joined {
			out = JoinedNow
			return nil
		}
		if err := s.mayJoin(tx, a, sp, t, in); err != nil {
			return err
		}
		if sp.Joining == policy.JoinOpen || t.Invited {
			out, in.Message = JoinedNow, ""
			return s.put(tx, a, sp, a.Member, joined, "", EventJoined)
		}
		out = JoinAsked
		return s.put(tx, a, sp, a.Member, asked, in.Message, EventAsked)
	})
	return out, err
}

func (s *Service) mayJoin(tx *db.Tx, a core.Actor, sp Space, t policy.Ties, in JoinInput) error {
	if err := policy.JoinSpace(a, sp.Facts(), t).Err(); err != nil {
		return err
	}
	state, err := stateOf(tx, sp.ID, a.Member)
	if err != nil {
		return err
	}
	if state == removed {
		return core.E(core.Forbidden, "space.join.removed")
	}
	f := core.Fields{}
	f.Check(length(in.Message, 0, maxMessage), "message", "space.message.length")
	checkRules(f, sp, in.Rules)
	return f.Err()
}

// checkRules wants the rules accepted in the wording that is in force. A channel's rules are for reading: a visitor may ask too.
func checkRules(f core.Fields, sp Space, mark string) {
	if sp.Kind == policy.Channel || mark == sp.RulesMark() {
		return
	}
	if mark == "" {
		f.Add("rules", "space.rules.accept")
		return
	}
	f.Add("rules", "space.rules.changed")
}

// stateOf gives the state of a member in a space, empty where there is none.
func stateOf(tx *db.Tx, space, member core.ID) (string, error) {
	state, err := db.One(tx, db.String, "SELECT state FROM membership WHERE space = $1 AND member = $2", space, member)
	if core.IsNotFound(err) {
		return "", nil
	}
	return state, err
}

// put brings a member into a state, unless they are in already, and tells so. Except with an invitation the rules count as
// accepted: the caller has checked that they were.
func (s *Service) put(tx *db.Tx, a core.Actor, sp Space, member core.ID, state, message, kind string) error {
	now := db.Millis(s.clock.Now())
	rules := now
	if state == invited {
		rules = 0
	}
	n, err := tx.Exec(`INSERT INTO membership (space, member, state, role, rules_at, since, message) VALUES ($1, $2, $3, '', $4, $5, $6)
		ON CONFLICT (space, member) DO UPDATE SET state = excluded.state, rules_at = excluded.rules_at, since = excluded.since,
			message = excluded.message WHERE membership.state <> 'joined'`,
		sp.ID, member, state, rules, now, message)
	if err == nil && n > 0 {
		s.tell(tx, a, kind, sp.ID, member)
	}
	return err
}

// AcceptRules notes that the actor has read the rules in the wording that mark names.
func (s *Service) AcceptRules(ctx context.Context, a core.Actor, slug, mark string) (err error) {
	defer core.Wrap(&err, "space.AcceptRules(%s)", slug)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, t, err := LoadBySlug(tx, s.clock.Now(), a, slug)
		if err != nil {
			return err
		}
		if !t.Joined {
			return core.E(core.Forbidden, "policy.join_first")
		}
		f := core.Fields{}
		checkRules(f, sp, mark)
		if err := f.Err(); err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE membership SET rules_at = $1 WHERE space = $2 AND member = $3", db.Millis(s.clock.Now()), sp.ID, a.Member)
		return err
	})
}

// CountApproved notes that a post of a member was approved, or stood without being held. Newcomers become regulars by it.
func CountApproved(tx *db.Tx, space, member core.ID) error {
	_, err := tx.Exec("UPDATE membership SET approved = approved + 1 WHERE space = $1 AND member = $2 AND state = 'joined'", space, member)
	return err
}

// SetGreeter notes whether the actor is willing to read newcomers' first posts. Regulars of a community may be.
func (s *Service) SetGreeter(ctx context.Context, a core.Actor, slug string, willing bool) (err error) {
	defer core.Wrap(&err, "space.SetGreeter(%s)", slug)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, t, err := LoadBySlug(tx, s.clock.Now(), a, slug)
		if err != nil {
			return err
		}
		if willing && (!MayGreet(sp, t) || !a.MayWrite()) {
			return core.E(core.Forbidden, "space.greeter.regulars")
		}
		_, err = tx.Exec("UPDATE membership SET greeter = $1 WHERE space = $2 AND member = $3", willing, sp.ID, a.Member)
		return err
	})
}

// MayGreet tells whether a member may offer to read newcomers' first posts.
func MayGreet(sp Space, t policy.Ties) bool {
	return sp.Kind == policy.Community && t.Joined && !t.Newcomer
}
