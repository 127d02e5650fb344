package space

import (
	"strconv"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Load reads a space and the actor's ties to it, or core.NotFound where the actor may not see it.
func Load(tx *db.Tx, now time.Time, a core.Actor, id core.ID) (Space, policy.Ties, error) {
	return load(tx, now, a, "s.id = $1", id)
}

// LoadBySlug is Load by the name in the address.
func LoadBySlug(tx *db.Tx, now time.Time, a core.Actor, slug string) (Space, policy.Ties, error) {
	return load(tx, now, a, "s.slug = $1", slug)
}

func load(tx *db.Tx, now time.Time, a core.Actor, where string, key any) (Space, policy.Ties, error) {
	s, t, err := Peek(tx, now, a, where, key)
	if err != nil {
		return Space{}, policy.Ties{}, err
	}
	return s, t, policy.SeeSpace(a, s.Facts(), t).Err()
}

// Row reads a space itself, for a caller that knows already that the actor may see it.
func Row(tx *db.Tx, id core.ID) (Space, error) {
	return db.One(tx, scanSpace, "SELECT "+columns+" FROM space s WHERE s.id = $1", id)
}

// Peek reads a space without asking whether the actor may see it. For callers that decide by another rule, such as the queue.
// where is one of this package's own conditions, "s.id = $1" or "s.slug = $1".
func Peek(tx *db.Tx, now time.Time, a core.Actor, where string, key any) (Space, policy.Ties, error) {
	s, err := db.One(tx, scanSpace, "SELECT "+columns+" FROM space s WHERE "+where, key)
	if err != nil {
		return Space{}, policy.Ties{}, err
	}
	t, err := tiesOf(tx, now, a, s)
	return s, t, err
}

func tiesOf(tx *db.Tx, now time.Time, a core.Actor, s Space) (policy.Ties, error) {
	if a.Member == 0 {
		return policy.Ties{}, nil
	}
	t, err := db.One(tx, func(r db.Row) (t policy.Ties, err error) {
		var state, role string
		var approved, rules, since int64
		if err = r.Scan(&state, &role, &t.Greeter, &approved, &rules, &since, &t.Staff); err != nil {
			return t, err
		}
		greeter, staff := t.Greeter, t.Staff
		t = tiesFrom(now, s, state, role, approved, rules, since)
		t.Greeter, t.Staff = greeter, staff
		return withoutOffice(a, t), nil
	}, `SELECT COALESCE(m.state, ''), COALESCE(m.role, ''), COALESCE(m.greeter, FALSE), COALESCE(m.approved, 0),
			COALESCE(m.rules_at, 0), COALESCE(m.since, 0),
			EXISTS (SELECT 1 FROM staff f WHERE f.organisation = s.organisation AND f.member = $2)
		FROM space s LEFT JOIN membership m ON m.space = s.id AND m.member = $2 WHERE s.id = $1`, s.ID, a.Member)
	return t, err
}

// withoutOffice leaves aside what a program's token is not meant for: a steward's or greeter's part.
func withoutOffice(a core.Actor, t policy.Ties) policy.Ties {
	t.Steward, t.Greeter = t.Steward && a.Office(), t.Greeter && a.Office()
	return t
}

// tiesFrom reads a membership's row as ties.
func tiesFrom(now time.Time, s Space, state, role string, approved, rules, since int64) policy.Ties {
	t := policy.Ties{Joined: state == joined, Asked: state == asked, Invited: state == invited}
	t.Steward = t.Joined && role == roleSteward
	t.Rules = rules > 0 || s.Rules == "" // where there are none, there is nothing to accept
	t.Newcomer = !t.Steward && IsNewcomer(now, since, approved)
	return t
}

// IsNewcomer tells whether somebody who joined at since (Unix milliseconds) and has so many approved posts is a newcomer.
func IsNewcomer(now time.Time, since, approved int64) bool {
	return approved < NewcomerPosts || now.Sub(db.Moment(since)) < NewcomerDays*24*time.Hour
}

// VisibleTo is policy.SeeSpace in SQL: a condition on a space aliased s, whose placeholders begin at $first. A list that joins
// spaces filters with it. A property test compares the two for every kind of actor and space on both engines.
func VisibleTo(a core.Actor, firstPlaceholder int) (condition string, args []any) {
	if a.System {
		return "TRUE", nil
	}
	public := "s.kind IN ('community', 'channel') AND s.visibility = 'public'"
	if !a.IsMember() {
		return public, nil
	}
	kinds := "'community', 'channel'"
	if a.Verified {
		kinds += ", 'rounds'"
	}
	mine := "EXISTS (SELECT 1 FROM membership vm WHERE vm.space = s.id AND vm.member = $" + strconv.Itoa(firstPlaceholder) +
		" AND vm.state IN ('joined', 'invited'))"
	if a.IsModerator() {
		mine = "(s.kind <> 'rounds' OR " + mine + ")"
	}
	var b strings.Builder
	b.WriteString("((" + public + ") OR s.kind IN (" + kinds + ") AND (s.visibility = 'members' OR s.visibility = 'invited' AND " + mine + "))")
	return b.String(), []any{a.Member}
}
