package space

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// AppointSteward makes a member a steward of a space, and a member of it where they are none. Only an admin may, also where the
// admin does not see what is said in the space.
func (s *Service) AppointSteward(ctx context.Context, a core.Actor, slug, handle string) (err error) {
	defer core.Wrap(&err, "space.AppointSteward(%s)", slug)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, _, err := s.admit(tx, a, slug)
		if err != nil {
			return err
		}
		return s.appoint(tx, a, sp, "handle", handle)
	})
}

func (s *Service) appoint(tx *db.Tx, a core.Actor, sp Space, field, handle string) error {
	member, err := s.guest(tx, sp, field, handle)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO membership (space, member, state, role, since) VALUES ($1, $2, 'joined', 'steward', $3)
		ON CONFLICT (space, member) DO UPDATE SET role = 'steward', message = '',
			since = CASE WHEN membership.state = 'joined' THEN membership.since ELSE excluded.since END, state = 'joined'
		WHERE membership.role <> 'steward' OR membership.state <> 'joined'`,
		sp.ID, member, db.Millis(s.clock.Now()))
	if err == nil && n > 0 {
		s.tell(tx, a, EventStewardAdded, sp.ID, member)
	}
	return err
}

// DismissSteward ends a stewardship; the member stays in the space. An admin may, and the steward themselves. The last steward is
// dismissed only together with naming a successor, by handle.
func (s *Service) DismissSteward(ctx context.Context, a core.Actor, slug string, member core.ID, successor string) (err error) {
	defer core.Wrap(&err, "space.DismissSteward(%s, %s)", slug, member)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, err := s.dismissible(tx, a, slug, member)
		if err != nil {
			return err
		}
		if successor != "" {
			if err := policy.AppointSteward(a).Err(); err != nil {
				return err
			}
			if err := s.appoint(tx, a, sp, "successor", successor); err != nil {
				return err
			}
		}
		if err := keepOneSteward(tx, a, sp.ID, member); err != nil {
			return err
		}
		n, err := tx.Exec("UPDATE membership SET role = '' WHERE space = $1 AND member = $2 AND role = 'steward'", sp.ID, member)
		if err == nil && n > 0 {
			s.tell(tx, a, EventStewardRemoved, sp.ID, member)
		}
		return err
	})
}

// dismissible gives the space where the actor may end this stewardship: as an admin, or their own.
func (s *Service) dismissible(tx *db.Tx, a core.Actor, slug string, member core.ID) (Space, error) {
	if a.Member != 0 && a.Member == member && a.MayWrite() {
		sp, _, err := LoadBySlug(tx, s.clock.Now(), a, slug)
		return sp, err
	}
	sp, _, err := s.admit(tx, a, slug)
	return sp, err
}

// keepOneSteward refuses to take away the only steward who can act. The space's row is locked first: two stewards who leave at
// the same moment must not each count on the other.
func keepOneSteward(tx *db.Tx, a core.Actor, space, leaving core.ID) error {
	if err := lock(tx, space); err != nil {
		return err
	}
	others, err := db.One(tx, db.Int64, `SELECT COUNT(*) FROM membership m JOIN member p ON p.id = m.member
		WHERE m.space = $1 AND m.state = 'joined' AND m.role = 'steward' AND m.member <> $2 AND p.standing = 'active'`, space, leaving)
	if err == nil && others == 0 && !policy.AppointSteward(a).OK() {
		return core.E(core.Conflict, "space.steward.last.own")
	}
	if err == nil && others == 0 {
		return &core.Error{Code: core.Conflict, Key: "space.steward.last", Fields: map[string]string{"successor": "space.steward.last"}}
	}
	return err
}

// Stewards gives a space with its stewards to an admin, also where the admin does not see what is said in it.
func (s *Service) Stewards(ctx context.Context, a core.Actor, slug string) (sp Space, out []Steward, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if sp, _, err = s.admit(tx, a, slug); err != nil {
			return err
		}
		out, err = StewardsOf(tx, sp.ID)
		return err
	})
	return sp, out, err
}

// Asking lists the first who ask to join a space that no steward looks after, to an admin, also where the admin does not see what
// is said in it: one of them may be the steward to be. Where there is a steward the list is empty; it is theirs to answer.
func (s *Service) Asking(ctx context.Context, a core.Actor, slug string) (out []Person, err error) {
	defer core.Wrap(&err, "space.Asking(%s)", slug)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sp, _, err := s.admit(tx, a, slug)
		if err != nil {
			return err
		}
		stewards, err := StewardsOf(tx, sp.ID)
		if err != nil || len(stewards) > 0 {
			return err
		}
		list, err := s.people(tx, sp.ID, GroupAsked, core.Page{Limit: maxAsking})
		for i := range list.Items {
			list.Items[i].Message = "" // it is for the stewards to be
		}
		out = list.Items
		return err
	})
	return out, err
}

// maxAsking is how many who ask an admin is shown: enough to choose from.
const maxAsking = 50

// All lists every space by name to an admin, who appoints stewards and archives also where they do not see what is said.
func (s *Service) All(ctx context.Context, a core.Actor) (out []Space, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := policy.AppointSteward(a).Err(); err != nil {
			return err
		}
		out, err = db.All(tx, scanSpace, "SELECT "+columns+" FROM space s ORDER BY s.name, s.id")
		return err
	})
	return out, err
}

// Steward is who looks after a space.
type Steward struct {
	Member core.ID
	Handle string
}

// StewardsOf lists a space's stewards in the order in which they came. Placeholders and members who are gone are none.
func StewardsOf(tx *db.Tx, space core.ID) ([]Steward, error) {
	return db.All(tx, func(r db.Row) (s Steward, err error) {
		err = r.Scan(&s.Member, &s.Handle)
		return s, err
	},
		`SELECT m.member, p.handle FROM membership m JOIN member p ON p.id = m.member
		WHERE m.space = $1 AND m.state = 'joined' AND m.role = 'steward' AND p.standing IN ('active', 'restricted')
		ORDER BY m.since, m.member`, space)
}
