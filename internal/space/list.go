package space

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// MoreThan is the number of people that may be told: below it nothing is said, and above it no exact figure either. Ten or fewer
// could be guessed at by name.
const MoreThan = 10

// Card is a space in a list, with what the viewer is in it.
type Card struct {
	Space
	Ties        policy.Ties
	MoreThanTen bool      // people are in it
	NewestAt    time.Time // of the newest activity in a thread that everybody in it may read; zero where there is none
	Owner       string    // the name of the organisation, of a channel
}

// Filter narrows a list of spaces.
type Filter struct {
	Kind     policy.SpaceKind // empty: all
	Archived bool             // the archived ones instead of the open ones
}

// List gives the spaces that the actor may see, in the order in which they were opened.
func (s *Service) List(ctx context.Context, a core.Actor, f Filter, page core.Page) (out core.List[Card], err error) {
	defer core.Wrap(&err, "space.List(%s)", f.Kind)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		where, args := VisibleTo(a, 1)
		arg := func(v any) string {
			args = append(args, v)
			return "$" + strconv.Itoa(len(args))
		}
		if f.Kind != "" {
			where += " AND s.kind = " + arg(f.Kind)
		}
		if f.Archived {
			where += " AND s.archived_at <> 0"
		} else {
			where += " AND s.archived_at = 0"
		}
		where += " AND s.id > " + arg(page.After.ID)
		limit := page.Size()
		cards, err := s.cards(tx, a, where+" ORDER BY s.id LIMIT "+strconv.Itoa(limit+1), args)
		out = core.CutList(cards, limit, func(c Card) core.Cursor { return core.Cursor{ID: int64(c.ID)} })
		return err
	})
	return out, err
}

// Mine gives the spaces that the actor is in and may see, by name.
func (s *Service) Mine(ctx context.Context, a core.Actor) (out []Card, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = s.MineIn(tx, a)
		return err
	})
	return out, err
}

// MineIn is Mine inside a transaction.
func (s *Service) MineIn(tx *db.Tx, a core.Actor) ([]Card, error) {
	if !a.IsMember() {
		return nil, nil
	}
	where, args := joinedBy(a)
	return s.cards(tx, a, where+" ORDER BY s.name, s.id", args)
}

// joinedBy is the condition for spaces that the actor is in and may see.
func joinedBy(a core.Actor) (where string, args []any) {
	where, args = VisibleTo(a, 1)
	where += " AND s.archived_at = 0 AND EXISTS (SELECT 1 FROM membership j WHERE j.space = s.id AND j.state = 'joined' AND j.member = $" +
		strconv.Itoa(len(args)+1) + ")"
	return where, append(args, a.Member)
}

// Named is a space in the rail beside each page: no more of it is read.
type Named struct {
	Slug, Name string
	Kind       policy.SpaceKind
}

// Rail gives the names of Mine, for the frame around every page.
func (s *Service) Rail(ctx context.Context, a core.Actor) (out []Named, err error) {
	if !a.IsMember() {
		return nil, nil
	}
	where, args := joinedBy(a)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, func(r db.Row) (n Named, err error) { err = r.Scan(&n.Slug, &n.Name, &n.Kind); return },
			"SELECT s.slug, s.name, s.kind FROM space s WHERE "+where+" ORDER BY s.name, s.id", args...)
		return err
	})
	return out, err
}

// counted are the people of a space: not those who are gone, and not imported authors.
const counted = `SELECT 1 FROM membership n JOIN member p ON p.id = n.member
	WHERE n.space = s.id AND n.state = 'joined' AND p.standing IN ('active', 'restricted')`

// cards reads spaces with the actor's ties, in one statement. condition holds the ORDER BY and LIMIT too.
func (s *Service) cards(tx *db.Tx, a core.Actor, condition string, args []any) ([]Card, error) {
	now := s.clock.Now()
	me := "$" + strconv.Itoa(len(args)+1)
	return db.All(tx, func(r db.Row) (Card, error) { return scanCard(r, now, a) }, `SELECT `+columns+`,
			COALESCE(m.state, ''), COALESCE(m.role, ''), COALESCE(m.greeter, FALSE), COALESCE(m.approved, 0), COALESCE(m.rules_at, 0), COALESCE(m.since, 0),
			EXISTS (SELECT 1 FROM staff f WHERE f.organisation = s.organisation AND f.member = `+me+`),
			(SELECT COUNT(*) FROM (`+counted+` LIMIT `+strconv.Itoa(MoreThan+1)+`) people),
			COALESCE((SELECT t.active_at FROM thread t WHERE t.space = s.id AND t.state = 'open' ORDER BY t.active_at DESC, t.id DESC LIMIT 1), 0),
			COALESCE((SELECT o.name FROM organisation o WHERE o.id = s.organisation), '')
		FROM space s LEFT JOIN membership m ON m.space = s.id AND m.member = `+me+` WHERE `+condition, append(args, a.Member)...)
}

func scanCard(r db.Row, now time.Time, a core.Actor) (c Card, err error) {
	var tags, state, role string
	var greeter, staff bool
	var created, archived, approved, rules, since, people, newest int64
	err = r.Scan(&c.ID, &c.Slug, &c.Kind, &c.Name, &c.Description, &c.Rules, &c.RulesHTML, &c.Visibility, &c.Joining, &tags,
		&c.Organisation, &created, &archived, &state, &role, &greeter, &approved, &rules, &since, &staff, &people, &newest, &c.Owner)
	if err != nil {
		return c, err
	}
	c.CreatedAt, c.ArchivedAt, c.NewestAt = db.Moment(created), db.Moment(archived), db.Moment(newest)
	c.MoreThanTen = people > MoreThan
	if a.Member != 0 {
		c.Ties = tiesFrom(now, c.Space, state, role, approved, rules, since)
		c.Ties.Greeter, c.Ties.Staff = greeter, staff
		c.Ties = withoutOffice(a, c.Ties)
	}
	return c, json.Unmarshal([]byte(tags), &c.Tags)
}
