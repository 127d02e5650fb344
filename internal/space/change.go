package space

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Change stores what a steward or an admin decided about a space. Its kind, its owner and its address stay: people have kept
// the address, and trust was given to the kind. Where the rules change, everybody accepts them again before the next post.
func (s *Service) Change(ctx context.Context, a core.Actor, slug string, in Input) (out Space, err error) {
	defer core.Wrap(&err, "space.Change(%s)", slug)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		was, _, err := s.manage(tx, a, slug)
		if err != nil {
			return err
		}
		in.Slug, in.Kind, in.Organisation = was.Slug, was.Kind, was.Organisation
		in := in.tidy()
		if err := in.Validate(); err != nil {
			return err
		}
		if err := mayWiden(tx, was, in); err != nil {
			return err
		}
		if err := s.store(tx, a, was, in); err != nil {
			return err
		}
		s.tell(tx, a, EventChanged, was.ID, was.ID)
		out, err = db.One(tx, scanSpace, "SELECT "+columns+" FROM space s WHERE s.id = $1", was.ID)
		return err
	})
	return out, err
}

// breadth orders visibilities by how many people they let in.
var breadth = map[policy.Visibility]int{policy.Invited: 0, policy.MembersOnly: 1, policy.Public: 2}

// mayWiden refuses to show a space to more people once somebody has spoken in it: what was said among members was said to
// members, and nobody can ask them all. Narrowing is always possible.
func mayWiden(tx *db.Tx, was Space, in Input) error {
	if breadth[in.Visibility] <= breadth[was.Visibility] {
		return nil
	}
	spoken, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM thread t WHERE t.space = $1)", was.ID)
	if err == nil && spoken {
		return core.Field("visibility", "space.visibility.widen")
	}
	return err
}

func (s *Service) store(tx *db.Tx, a core.Actor, was Space, in Input) error {
	rulesHTML, tags, err := in.render()
	if err != nil {
		return err
	}
	err = tx.Must(`UPDATE space SET name = $1, description = $2, rules = $3, rules_html = $4, visibility = $5, joining = $6, tags = $7
		WHERE id = $8`, in.Name, in.Description, in.Rules, rulesHTML, in.Visibility, in.Joining, tags, was.ID)
	if err != nil || in.Rules == was.Rules {
		return err
	}
	// Who wrote the new rules has read them.
	_, err = tx.Exec("UPDATE membership SET rules_at = CASE WHEN member = $1 THEN CAST($2 AS BIGINT) ELSE 0 END WHERE space = $3",
		a.Member, db.Millis(s.clock.Now()), was.ID)
	return err
}

// Archive closes a space for writing. What was said stays readable for those who could read it. Only an admin may.
func (s *Service) Archive(ctx context.Context, a core.Actor, slug string) error {
	return s.setArchived(ctx, a, slug, EventArchived, db.Millis(s.clock.Now()), "archived_at = 0")
}

// Reopen ends an archiving.
func (s *Service) Reopen(ctx context.Context, a core.Actor, slug string) error {
	return s.setArchived(ctx, a, slug, EventReopened, 0, "archived_at <> 0")
}

func (s *Service) setArchived(ctx context.Context, a core.Actor, slug, kind string, at int64, from string) (err error) {
	defer core.Wrap(&err, "space.setArchived(%s)", slug)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, _, err := s.admit(tx, a, slug)
		if err != nil {
			return err
		}
		n, err := tx.Exec("UPDATE space SET archived_at = $1 WHERE id = $2 AND "+from, at, sp.ID)
		if err == nil && n > 0 { // doing it twice is no error, and no second event
			s.tell(tx, a, kind, sp.ID, sp.ID)
		}
		return err
	})
}
