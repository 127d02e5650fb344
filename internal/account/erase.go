package account

import (
	"context"
	"errors"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
)

// Erase makes the site forget a member: the key first, so that sealed fields are unreadable in every copy, then what every table
// declares. Members may erase themselves, admins anybody. It cannot be undone; after a crash in between, doing it again completes it.
func (s *Service) Erase(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.erase(ctx, actor, id, "standing <> 'gone'")
}

func (s *Service) erase(ctx context.Context, actor core.Actor, id core.ID, condition string) error {
	if len(s.opt.Tables) == 0 {
		return errors.New("erasing needs the declarations of all tables")
	}
	if err := s.mayErase(ctx, actor, id, condition); err != nil {
		return err
	}
	if err := s.keys.Erase(ctx, s.now(), keys.ErasedMember, id); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		rested, err := s.handlesOf(tx, id)
		if err != nil {
			return err
		}
		if s.opt.Leave != nil {
			if err := s.opt.Leave(tx, id); err != nil {
				return err
			}
		}
		if err := db.EraseMember(tx, s.opt.Tables, int64(id)); err != nil {
			return err
		}
		for key, until := range rested {
			_, err := tx.Exec("INSERT INTO handle_past (handle_key, member, until) VALUES ($1, $2, $3) ON CONFLICT (handle_key) DO NOTHING", s.goneKey(key), id, until)
			if err != nil {
				return err
			}
		}
		s.tell(tx, EventGone, actor, id, nil)
		return nil
	})
}

// mayErase decides before the key is destroyed, because that cannot be rolled back.
func (s *Service) mayErase(ctx context.Context, actor core.Actor, id core.ID, condition string) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		m, err := load(tx, "id = $1 AND "+condition, id)
		if err != nil {
			return err
		}
		switch {
		case actor.System:
		case actor.Member == id:
			if err := s.proved(tx, actor); err != nil {
				return err
			}
		case m.Standing == core.Waiting:
			if err := policy.Enter(actor, policy.ForModerator).Err(); err != nil {
				return err
			}
		default:
			if err := policy.ManageSite(actor).Err(); err != nil {
				return err
			}
		}
		if m.Role != core.RoleAdmin || actor.System {
			return nil
		}
		// An admin steps down first, which is where the last one is kept.
		return core.E(core.Invalid, "account.erase.admin")
	})
}

// handlesOf gives the handles that stay nobody's for a while, and until when: the member's own from now on, and those given up.
func (s *Service) handlesOf(tx *db.Tx, id core.ID) (map[string]int64, error) {
	type row struct {
		key   string
		until int64
	}
	rows, err := db.All(tx, func(r db.Row) (v row, err error) { err = r.Scan(&v.key, &v.until); return },
		`SELECT handle_key, CAST($1 AS BIGINT) FROM member WHERE id = $2 AND standing <> 'gone'
		UNION ALL SELECT handle_key, until FROM handle_past WHERE member = $2`,
		db.Millis(s.now().Add(handleRest)), id)
	out := map[string]int64{}
	for _, r := range rows {
		out[r.key] = r.until
	}
	return out, err
}
