package space

import (
	"context"
	"strings"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Invite asks a member into a space by handle. Somebody who had asked to join is in at once. Who blocked the inviter is not
// reached by them, and the inviter does not learn so.
func (s *Service) Invite(ctx context.Context, a core.Actor, slug, handle string) (err error) {
	defer core.Wrap(&err, "space.Invite(%s)", slug)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sp, _, err := s.manage(tx, a, slug)
		if err != nil {
			return err
		}
		if err := policyArchived(sp); err != nil {
			return err
		}
		member, err := s.guest(tx, sp, "handle", handle)
		if err != nil {
			return err
		}
		state, err := stateOf(tx, sp.ID, member)
		switch {
		case err != nil:
			return err
		case state == joined:
			return core.Field("handle", "space.handle.joined")
		case state == asked:
			return s.letIn(tx, a, sp, member)
		case state == invited:
			return nil // asking again tells nobody anything new
		}
		blocked, err := db.One(tx, db.Bool, "SELECT EXISTS (SELECT 1 FROM block b WHERE b.member = $1 AND b.blocked = $2)", member, a.Member)
		if err != nil || blocked {
			return err
		}
		return s.put(tx, a, sp, member, invited, "", EventInvited)
	})
}

func policyArchived(sp Space) error {
	if sp.ArchivedAt.IsZero() {
		return nil
	}
	return policy.Forbid("policy.space_archived").Err()
}

// guest finds a member who may be brought into a space, by handle. Rounds are for holders of a credential.
func (s *Service) guest(tx *db.Tx, sp Space, field, handle string) (core.ID, error) {
	member, err := db.One(tx, db.ID, "SELECT id FROM member WHERE handle_key = $1 AND standing IN ('active', 'restricted')", handleKey(handle))
	if core.IsNotFound(err) {
		return 0, core.Field(field, "space.handle.unknown")
	}
	if err != nil || sp.Kind != policy.Rounds {
		return member, err
	}
	holds, err := db.One(tx, db.Bool, `SELECT EXISTS (SELECT 1 FROM credential c WHERE c.member = $1 AND c.revoked_at = 0 AND c.expires_at > $2)`,
		member, db.Millis(s.clock.Now()))
	if err == nil && !holds {
		return 0, core.Field(field, "space.handle.unverified")
	}
	return member, err
}

// handleKey is the form in which a handle is looked up. People write it with the sign that mentions have.
func handleKey(handle string) string {
	return account.HandleKey(strings.TrimPrefix(strings.TrimSpace(handle), "@"))
}
