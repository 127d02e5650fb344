package space

import (
	"context"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Person is somebody in a space, as its stewards see them.
type Person struct {
	Member   core.ID
	Handle   string
	Since    time.Time // since when they are in, have asked or were invited
	Steward  bool
	Greeter  bool
	Newcomer bool
	Message  string // that came with a request
}

// Group says which people of a space are meant.
type Group string

// The groups.
const (
	GroupJoined  Group = joined
	GroupAsked   Group = asked
	GroupInvited Group = invited
	GroupRemoved Group = removed
)

// Members lists the people of a space for those who look after it, the latest first.
func (s *Service) Members(ctx context.Context, a core.Actor, slug string, g Group, page core.Page) (out core.List[Person], err error) {
	defer core.Wrap(&err, "space.Members(%s, %s)", slug, g)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sp, _, err := s.manage(tx, a, slug)
		if err != nil {
			return err
		}
		out, err = s.people(tx, sp.ID, g, page)
		return err
	})
	return out, err
}

func (s *Service) people(tx *db.Tx, space core.ID, g Group, page core.Page) (core.List[Person], error) {
	before := page.After
	if before.IsZero() {
		before = core.Cursor{Sort: 1<<63 - 1, ID: 1<<63 - 1}
	}
	now, limit := s.clock.Now(), page.Size()
	people, err := db.All(tx, func(r db.Row) (p Person, err error) {
		var role string
		var approved, since int64
		err = r.Scan(&p.Member, &p.Handle, &role, &p.Greeter, &approved, &since, &p.Message)
		p.Since, p.Steward = db.Moment(since), role == roleSteward
		p.Newcomer = !p.Steward && IsNewcomer(now, since, approved)
		return p, err
	}, `SELECT m.member, p.handle, m.role, m.greeter, m.approved, m.since, m.message FROM membership m JOIN member p ON p.id = m.member
		WHERE m.space = $1 AND m.state = $2 AND p.standing IN ('active', 'restricted', 'banned')
			AND (m.since < $3 OR m.since = $3 AND m.member < $4)
		ORDER BY m.since DESC, m.member DESC LIMIT $5`, space, g, before.Sort, before.ID, limit+1)
	return core.CutList(people, limit, func(p Person) core.Cursor {
		return core.Cursor{Sort: db.Millis(p.Since), ID: int64(p.Member)}
	}), err
}

// Waiting tells how many requests to join wait.
func Waiting(tx *db.Tx, space core.ID) (int, error) {
	n, err := db.One(tx, db.Int64, `SELECT COUNT(*) FROM membership m JOIN member p ON p.id = m.member
		WHERE m.space = $1 AND m.state = 'asked' AND p.standing IN ('active', 'restricted')`, space)
	return int(n), err
}
