package space

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Create opens a space. Only an admin may. It begins without stewards: appointing one is the next step.
func (s *Service) Create(ctx context.Context, a core.Actor, in Input) (out Space, err error) {
	defer core.Wrap(&err, "space.Create(%s)", in.Slug)
	in = in.tidy()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.MakeSpace(a).Err(); err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		out, err = s.insert(tx, in)
		if err != nil {
			return err
		}
		s.tell(tx, a, EventCreated, out.ID, out.ID)
		return nil
	})
	return out, err
}

func (s *Service) insert(tx *db.Tx, in Input) (Space, error) {
	rulesHTML, tags, err := in.render()
	if err != nil {
		return Space{}, err
	}
	var owner any // NULL and not 0: the column refers to an organisation
	if in.Organisation != 0 {
		_, err := db.One(tx, db.ID, "SELECT id FROM organisation WHERE id = $1", in.Organisation)
		if core.IsNotFound(err) {
			return Space{}, core.Field("organisation", "space.organisation.needed")
		}
		if err != nil {
			return Space{}, err
		}
		owner = in.Organisation
	}
	id := s.ids.Next()
	n, err := tx.Exec(`INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, tags, organisation, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		id, in.Slug, in.Kind, in.Name, in.Description, in.Rules, rulesHTML, in.Visibility, in.Joining, tags, owner, db.Millis(s.clock.Now()))
	if err != nil {
		return Space{}, err
	}
	if n == 0 {
		return Space{}, core.Field("slug", "space.slug.taken")
	}
	return db.One(tx, scanSpace, "SELECT "+columns+" FROM space s WHERE s.id = $1", id)
}
