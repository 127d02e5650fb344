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

// decide looks up every sign-in that a stream rests on, and asks policy again where somebody is in doubt or has changed.
func (p *Pages) decide(tx *db.Tx, f *found, now time.Time) error {
	var all []listener
	var signIns []core.ID
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
		if l.actor.Member != 0 {
			signIns = append(signIns, l.actor.SignIn)
		}
		all = append(all, l)
	})
	holding, err := p.Accounts.Holding(tx, signIns)
	if err != nil {
		return err
	}
	p.looked = now
	asked := map[question]*live.Grant{}
	for _, l := range all {
		actor := core.Visitor
		if l.actor.Member != 0 {
			ok := false
			if actor, ok = holding[l.actor.SignIn]; !ok || actor.Member != l.actor.Member {
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

// question is who asks for what: visitors all ask the same.
type question struct {
	member core.ID
	topic  live.Topic
}

// grants asks policy again for topics.
func (p *Pages) grants(tx *db.Tx, a core.Actor, had []live.Grant, asked map[question]*live.Grant) (out []live.Grant, err error) {
	for _, g := range had {
		q := question{a.Member, g.Topic}
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
