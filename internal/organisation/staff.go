package organisation

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Staff lists an organisation's people, those who came first first. Everybody may know who speaks for it.
func (s *Service) Staff(ctx context.Context, id core.ID) (out []Staff, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(r db.Row) (f Staff, err error) {
			var since int64
			err = r.Scan(&f.Member, &f.Handle, &f.Role, &since)
			f.Since = db.Moment(since)
			return f, err
		}, `SELECT f.member, m.handle, f.role, f.since FROM staff f JOIN member m ON m.id = f.member
			WHERE f.organisation = $1 AND m.standing IN ('active', 'restricted') ORDER BY f.since, f.member`, id)
		return err
	})
	return out, err
}

// AddStaff lets a member speak for an organisation, or gives somebody who does another role.
func (s *Service) AddStaff(ctx context.Context, actor core.Actor, id, member core.ID, role string) error {
	role = line(role)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		if !length(role, 2, maxRole) {
			return core.Field("role", "organisation.role.length")
		}
		house, err := Load(tx, id)
		if err != nil {
			return err
		}
		there, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM member WHERE id = $1 AND standing IN ('active', 'restricted'))", member)
		if err != nil {
			return err
		}
		if !there {
			return core.Field("handle", "organisation.staff.unknown")
		}
		_, err = tx.Exec(`INSERT INTO staff (organisation, member, role, since) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organisation, member) DO UPDATE SET role = excluded.role`, id, member, role, db.Millis(s.clock.Now()))
		if err != nil {
			return err
		}
		s.tell(tx, EventJoined, actor, id, who{member})
		return s.note(tx, actor, EventJoined, member, house.Name, "", role)
	})
}

// RemoveStaff ends that a member speaks for an organisation. Staff may end it for themselves.
func (s *Service) RemoveStaff(ctx context.Context, actor core.Actor, id, member core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if actor.Member != member || member == 0 {
			if err := policy.ManageSite(actor).Err(); err != nil {
				return err
			}
		}
		n, err := tx.Exec("DELETE FROM staff WHERE organisation = $1 AND member = $2", id, member)
		if err == nil && n == 0 {
			err = core.Missing("staff")
		}
		if err != nil {
			return err
		}
		house, err := Load(tx, id)
		if err != nil {
			return err
		}
		s.tell(tx, EventLeft, actor, id, who{member})
		return s.note(tx, actor, EventLeft, member, house.Name, "", "")
	})
}

// Of lists the organisations that a member speaks for, with the role there.
func (s *Service) Of(ctx context.Context, member core.ID) (out []Membership, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(r db.Row) (m Membership, err error) {
			var created int64
			o := &m.Organisation
			err = r.Scan(&m.Role, &o.ID, &o.Slug, &o.Name, &o.Kind, &o.About, &created)
			o.Created = db.Moment(created)
			return m, err
		}, `SELECT f.role, o.id, o.slug, o.name, o.kind, o.about, o.created_at FROM staff f JOIN organisation o ON o.id = f.organisation
			WHERE f.member = $1 ORDER BY f.since, o.id`, member)
		return err
	})
	return out, err
}

// Membership is an organisation that somebody speaks for.
type Membership struct {
	Organisation
	Role string
}

// IsStaff tells whether a member speaks for an organisation.
func IsStaff(tx *db.Tx, id, member core.ID) (bool, error) {
	return db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM staff WHERE organisation = $1 AND member = $2)", id, member)
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "staff", Owner: "member", Export: "all", Erase: db.Delete, Keep: "until removed"},
	{Name: "organisation", Export: "none", Keep: "always"},
}
