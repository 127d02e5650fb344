package account

import (
	"fmt"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// heldAtOnce is how many sign-ins one query looks up: always as many, so that SQLite parses it once.
const heldAtOnce = 400

// Holding tells which of these sign-ins still hold, and who they belong to now. Sign-ins that ended, and those of members who may not
// be here any more, are left out.
func (s *Service) Holding(tx *db.Tx, signIns []core.ID) (map[core.ID]core.Actor, error) {
	now := s.now()
	query := `SELECT s.id, s.seen_at, m.id, m.handle, m.role, m.standing, m.standing_until,
			EXISTS (SELECT 1 FROM credential c WHERE c.member = m.id AND c.revoked_at = 0 AND c.expires_at > $1)
		FROM sign_in s JOIN member m ON m.id = s.member WHERE s.expires_at > $1 AND s.id IN (` + marksFrom2 + ")"
	out := make(map[core.ID]core.Actor, len(signIns))
	for len(signIns) > 0 {
		some := signIns[:min(len(signIns), heldAtOnce)]
		signIns = signIns[len(some):]
		args := make([]any, 1, heldAtOnce+1)
		args[0] = db.Millis(now)
		for i := range heldAtOnce {
			id := core.ID(0)
			if i < len(some) {
				id = some[i]
			}
			args = append(args, id)
		}
		rows, err := db.All(tx, scanAuthenticated(now), query, args...)
		if err != nil {
			return nil, err
		}
		for _, a := range rows {
			if maySignIn(a.actor.Standing) {
				out[a.actor.SignIn] = a.actor
			}
		}
	}
	return out, nil
}

var marksFrom2 = func() string {
	marks := make([]string, heldAtOnce)
	for i := range marks {
		marks[i] = fmt.Sprint("$", i+2)
	}
	return strings.Join(marks, ", ")
}()
