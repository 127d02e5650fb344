package account

import (
	"fmt"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// heldAtOnce is how many sign-ins one query looks up: always as many, so that SQLite parses it once.
const heldAtOnce = 400

// Holding tells which of these sign-ins still hold, and who they belong to now. Sign-ins that ended, and those of members who may not
// be here any more, are left out.
func (s *Service) Holding(tx *db.Tx, signIns []core.ID) (map[core.ID]core.Actor, error) {
	return s.holding(tx, signIns, "SELECT s.id, 0, s.seen_at, "+heldBy+" FROM sign_in s JOIN member m ON m.id = s.member WHERE s.expires_at > $1 AND s.id IN ("+marksFrom2+")",
		func(a core.Actor) core.ID { return a.SignIn })
}

// HoldingTokens is Holding for personal tokens: who they belong to is narrowed to their scopes.
func (s *Service) HoldingTokens(tx *db.Tx, tokens []core.ID) (map[core.ID]core.Actor, error) {
	return s.holding(tx, tokens, "SELECT s.id, s.scopes, s.used_at, "+heldBy+" FROM api_token s JOIN member m ON m.id = s.member WHERE s.expires_at > $1 AND s.id IN ("+marksFrom2+")",
		func(a core.Actor) core.ID { return a.Token })
}

const heldBy = `m.id, m.handle, m.role, m.standing, m.standing_until,
	EXISTS (SELECT 1 FROM credential c WHERE c.member = m.id AND c.revoked_at = 0 AND c.expires_at > $1)`

func (s *Service) holding(tx *db.Tx, ids []core.ID, query string, keyOf func(core.Actor) core.ID) (map[core.ID]core.Actor, error) {
	now := s.now()
	out := make(map[core.ID]core.Actor, len(ids))
	for len(ids) > 0 {
		some := ids[:min(len(ids), heldAtOnce)]
		ids = ids[len(some):]
		args := make([]any, 1, heldAtOnce+1)
		args[0] = db.Millis(now)
		for i := range heldAtOnce {
			id := core.ID(0)
			if i < len(some) {
				id = some[i]
			}
			args = append(args, id)
		}
		rows, err := db.All(tx, scanHolding(now), query, args...)
		if err != nil {
			return nil, err
		}
		for _, a := range rows {
			if maySignIn(a.Standing) {
				out[keyOf(a)] = a
			}
		}
	}
	return out, nil
}

// scanHolding reads an actor with the sign-in or, where there are scopes, the token that they are known by.
func scanHolding(now time.Time) func(db.Row) (core.Actor, error) {
	return func(r db.Row) (a core.Actor, err error) {
		var id core.ID
		var scopes, seen, until int64
		err = r.Scan(&id, &scopes, &seen, &a.Member, &a.Handle, &a.Role, &a.Standing, &until, &a.Verified)
		a.Standing = standing(a.Standing, db.Moment(until), now)
		if scopes != 0 {
			return a.Narrow(id, core.Scopes(scopes)), err
		}
		a.SignIn = id
		return a, err
	}
}

var marksFrom2 = func() string {
	marks := make([]string, heldAtOnce)
	for i := range marks {
		marks[i] = fmt.Sprint("$", i+2)
	}
	return strings.Join(marks, ", ")
}()
