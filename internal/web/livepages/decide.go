package livepages

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/live"
)

// listener is a stream as it stood when the look began.
type listener struct {
	s      *live.Stream
	actor  core.Actor
	grants []live.Grant
}

// decide looks up every sign-in and token that a stream rests on, and asks policy again where somebody is in doubt or has changed.
func (p *Pages) decide(tx *db.Tx, f *found, now time.Time) error {
	var all []listener
	var signIns, tokens []core.ID
	doubtful := f.doubts.any()
	p.Hub.Each(func(s *live.Stream) {
		if s.Born() > f.born {
			if doubtful {
				p.doubt()
			}
			return
		}
		l := listener{s: s, actor: s.Actor}
		if l.actor.Member == 0 && !doubtful {
			return
		}
		if doubtful {
			l.grants = s.Grants()
		}
		switch {
		case l.actor.Token != 0:
			tokens = append(tokens, l.actor.Token)
		case l.actor.Member != 0:
			signIns = append(signIns, l.actor.SignIn)
		}
		all = append(all, l)
	})
	who, err := p.holding(tx, signIns, tokens)
	if err != nil {
		return err
	}
	p.looked = now
	asked := map[question]*live.Grant{}
	for _, l := range all {
		actor := core.Visitor
		if l.actor.Member != 0 {
			ok := false
			if actor, ok = who(l.actor); !ok || actor.Member != l.actor.Member {
				f.dropped = append(f.dropped, l.s)
				continue
			}
		}
		if actor == l.actor && !f.doubts.about(actor.Member, l.grants) {
			continue
		}
		if l.grants == nil {
			p.Hub.Still(func() { l.grants = l.s.Grants() })
		}
		grants, err := p.grants(tx, actor, l.grants, asked)
		if err != nil {
			return err
		}
		f.allowed = append(f.allowed, allowed{l.s, actor, grants})
	}
	return nil
}

// holding looks up sign-ins and tokens, and gives a function that tells who a listener is now; false where they may not be here any more.
func (p *Pages) holding(tx *db.Tx, signIns, tokens []core.ID) (func(core.Actor) (core.Actor, bool), error) {
	bySignIn, err := p.Accounts.Holding(tx, signIns)
	if err != nil {
		return nil, err
	}
	byToken, err := p.Accounts.HoldingTokens(tx, tokens)
	return func(was core.Actor) (now core.Actor, ok bool) {
		if was.Token != 0 {
			now, ok = byToken[was.Token]
		} else {
			now, ok = bySignIn[was.SignIn]
		}
		return now, ok
	}, err
}

// question is who asks for what: visitors all ask the same, and a program may be allowed less than its member.
type question struct {
	member core.ID
	token  core.ID
	topic  live.Topic
}

// grants asks policy again for topics.
func (p *Pages) grants(tx *db.Tx, a core.Actor, had []live.Grant, asked map[question]*live.Grant) (out []live.Grant, err error) {
	for _, g := range had {
		q := question{a.Member, a.Token, g.Topic}
		now, known := asked[q]
		if !known {
			if now, err = p.grant(tx, a, g.Topic); err != nil {
				return nil, err
			}
			asked[q] = now
		}
		if now != nil {
			out = append(out, *now)
		}
	}
	return out, nil
}
