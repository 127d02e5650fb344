package space_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// Every kind of actor against every kind of space: the SQL filter of lists and the function that guards a page must agree.
func TestVisibleToAgreesWithPolicy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, now := context.Background(), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		spaces := fillSpaces(t, d)
		for _, a := range everyActor() {
			err := d.View(ctx, func(tx *db.Tx) error {
				condition, args := space.VisibleTo(a, 1)
				if len(args) == 0 {
					condition += " AND 1 = 1"
				}
				listed, err := db.All(tx, db.ID, "SELECT s.id FROM space s WHERE "+condition, args...)
				if err != nil {
					return err
				}
				inList := map[core.ID]bool{}
				for _, id := range listed {
					inList[id] = true
				}
				for _, id := range spaces {
					s, ties, err := space.Peek(tx, now, a, "s.id = $1", id)
					if err != nil {
						return err
					}
					want := policy.SeeSpace(a, s.Facts(), ties).OK()
					if inList[id] != want {
						t.Errorf("actor %+v, space %s %s, ties %+v: listed %v, policy %v", a, s.Kind, s.Visibility, ties, inList[id], want)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func everyActor() (out []core.Actor) {
	out = append(out, core.Visitor, core.SystemActor)
	for _, standing := range []core.Standing{core.Active, core.Restricted, core.Waiting, core.Banned, core.Gone, core.Placeholder, "unheard of"} {
		for _, role := range []core.Role{core.RoleMember, core.RoleModerator, core.RoleAdmin, "unheard of"} {
			for _, verified := range []bool{false, true} {
				out = append(out, core.Actor{Member: 7, Standing: standing, Role: role, Verified: verified})
			}
		}
	}
	return out
}

// fillSpaces makes a space of every kind, visibility and tie of member 7, unknown values included.
func fillSpaces(t *testing.T, d *db.DB) (ids []core.ID) {
	t.Helper()
	err := d.Update(context.Background(), func(tx *db.Tx) error {
		if _, err := tx.Exec("INSERT INTO member (id, handle, handle_key, role, standing, created_at) VALUES (7, 'ada', 'ada', '', 'active', 0)"); err != nil {
			return err
		}
		id := core.ID(100)
		for _, kind := range []string{"community", "rounds", "channel", "unheard of"} {
			for _, visibility := range []string{"public", "members", "invited", "unheard of"} {
				for _, state := range []string{"", "joined", "invited", "asked", "unheard of"} {
					id++
					_, err := tx.Exec(`INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, created_at)
						VALUES ($1, $2, $3, 'n', '', '', '', $4, 'open', 0)`, id, fmt.Sprint("s", id), kind, visibility)
					if err != nil {
						return err
					}
					ids = append(ids, id)
					if state == "" {
						continue
					}
					if _, err := tx.Exec("INSERT INTO membership (space, member, state, role, since) VALUES ($1, 7, $2, '', 0)", id, state); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
