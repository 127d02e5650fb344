package account

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Shown is a member's page as one reader may see it.
type Shown struct {
	Card
	MovedTo    string // the handle asked for was given up: lead on to this one, the rest is empty
	About      string
	Treatments []string
	Language   string
	TimeZone   string
	Joined     time.Time // the day; pages show the month
	Mine       bool
}

// Show gives a member's page. For visitors it is Unauthenticated, and where one of the two has blocked the other it does not
// exist; whoever has blocked sees that they have, to be able to lift it.
func (s *Service) Show(ctx context.Context, actor core.Actor, handle string) (out Shown, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.Enter(actor, policy.ForMember).Err(); err != nil && !actor.System {
			return err
		}
		id, now, past, err := s.ByHandle(tx, actor, handle)
		if err != nil {
			return err
		}
		out, err = s.shownTo(tx, actor, id)
		if err == nil && past {
			out = Shown{MovedTo: now}
		}
		return err
	})
	return out, err
}

// togetherWith tells whether member $1 and m are both in one space.
const togetherWith = `EXISTS (SELECT 1 FROM membership a JOIN membership o ON o.space = a.space AND o.state = 'joined'
		WHERE a.member = $1 AND a.state = 'joined' AND o.member = m.id)`

func (s *Service) shownTo(tx *db.Tx, actor core.Actor, id core.ID) (Shown, error) {
	cards, err := s.Cards(tx, actor, []core.ID{id}, 0)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Card: cards[id], Mine: id == actor.Member}
	type facts struct {
		together, blocked bool
		created           int64
	}
	f, err := db.One(tx, func(r db.Row) (f facts, err error) { err = r.Scan(&f.together, &f.blocked, &f.created); return },
		"SELECT "+togetherWith+", EXISTS (SELECT 1 FROM block b WHERE b.member = m.id AND b.blocked = $1), m.created_at FROM member m WHERE m.id = $2", actor.Member, id)
	if err != nil {
		return Shown{}, err
	}
	if err := policy.SeeProfile(actor, id, f.blocked).Err(); err != nil {
		return Shown{}, err
	}
	p, err := loadProfile(tx, id)
	if err != nil {
		return Shown{}, err
	}
	out.Joined = db.Moment(f.created).Truncate(24 * time.Hour)
	see := func(a policy.Audience) bool {
		return policy.SeeField(actor, id, a, f.together, f.blocked || out.Blocked).OK()
	}
	if see(p.AboutAudience) {
		out.About = p.About
	}
	if see(p.TreatmentsAudience) {
		out.Treatments = p.Treatments
	}
	if see(p.LanguageAudience) {
		out.Language = p.Language
	}
	if see(p.TimeZoneAudience) {
		out.TimeZone = p.TimeZone
	}
	return out, nil
}
