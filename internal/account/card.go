package account

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Card is what may stand beside a member's words, for one reader: audiences and blocks are applied already.
type Card struct {
	Member      core.ID
	Handle      string // empty when gone
	Gone        bool   // has left
	Placeholder bool   // an imported author
	Role        core.Role
	Relation    Relation
	ForWhom     string
	Conditions  []string
	Credentials []Credential // that hold now, oldest first
	Blocked     bool         // by the reader
	Here        Here
}

// Credential is a verified standing in the facts that words are made of.
type Credential struct{ Profession, Specialty, Country string }

// Here is what a member is in the space that was asked for. Whether somebody is a newcomer follows from Since and Approved.
type Here struct {
	Joined   bool
	Steward  bool
	Since    time.Time
	Approved int64
}

// cardQuery reads everything but credentials. Memberships belong to a floor above; asking for them here keeps a page of authors
// at two queries.
const cardQuery = `SELECT m.id, m.handle, m.role, m.standing,
		COALESCE(p.relation, ''), COALESCE(p.relation_audience, 'nobody'), COALESCE(p.for_whom, ''),
		COALESCE(p.conditions, '[]'), COALESCE(p.conditions_audience, 'nobody'),
		` + togetherWith + `, EXISTS (SELECT 1 FROM block b WHERE b.member = $1 AND b.blocked = m.id),
		EXISTS (SELECT 1 FROM block b WHERE b.member = m.id AND b.blocked = $1),
		COALESCE(h.state, ''), COALESCE(h.role, ''), COALESCE(h.since, 0), COALESCE(h.approved, 0)
	FROM member m LEFT JOIN profile p ON p.member = m.id LEFT JOIN membership h ON h.member = m.id AND h.space = $2
	WHERE m.id IN `

// togetherWith tells whether member $1 and m are both in one space.
const togetherWith = `EXISTS (SELECT 1 FROM membership a JOIN membership o ON o.space = a.space AND o.state = 'joined'
		WHERE a.member = $1 AND a.state = 'joined' AND o.member = m.id)`

// cardsAtOnce bounds how many members one query asks for.
const cardsAtOnce = 256

// Cards gives the cards of members for a reader, as they stand in a space (zero: in none): two queries for up to 256 members.
// Ids that are nobody are left out.
func (s *Service) Cards(tx *db.Tx, actor core.Actor, members []core.ID, space core.ID) (map[core.ID]Card, error) {
	out := make(map[core.ID]Card, len(members))
	members = distinct(members)
	for len(members) > 0 {
		n := min(len(members), cardsAtOnce)
		if err := s.addCards(tx, actor, members[:n], space, out); err != nil {
			return nil, err
		}
		members = members[n:]
	}
	return out, nil
}

func (s *Service) addCards(tx *db.Tx, actor core.Actor, members []core.ID, space core.ID, out map[core.ID]Card) error {
	in, args := inList(3, members)
	cards, err := db.All(tx, scanCard(actor), cardQuery+in, append([]any{actor.Member, space}, args...)...)
	if err != nil {
		return err
	}
	for _, c := range cards {
		out[c.Member] = c
	}
	in, args = inList(2, members)
	held, err := db.All(tx, scanHeld, `SELECT member, profession, specialty, country FROM credential
		WHERE revoked_at = 0 AND expires_at > $1 AND member IN `+in+" ORDER BY granted_at, id", append([]any{db.Millis(s.now())}, args...)...)
	for _, h := range held {
		if c := out[h.member]; !c.Gone {
			c.Credentials = append(c.Credentials, h.Credential)
			out[h.member] = c
		}
	}
	return err
}

type held struct {
	member core.ID
	Credential
}

func scanHeld(r db.Row) (h held, err error) {
	err = r.Scan(&h.member, &h.Profession, &h.Specialty, &h.Country)
	return h, err
}

func scanCard(actor core.Actor) func(db.Row) (Card, error) {
	return func(r db.Row) (c Card, err error) {
		var p Profile
		var standing core.Standing
		var conditions, state, role string
		var together, mine, theirs bool
		var since int64
		err = r.Scan(&c.Member, &c.Handle, &c.Role, &standing, &p.Relation, &p.RelationAudience, &p.ForWhom, &conditions,
			&p.ConditionsAudience, &together, &mine, &theirs, &state, &role, &since, &c.Here.Approved)
		if err != nil {
			return c, err
		}
		if standing == core.Gone {
			return Card{Member: c.Member, Gone: true}, nil
		}
		c.Placeholder, c.Blocked = standing == core.Placeholder, mine
		c.Here.Joined, c.Here.Since = state == "joined", db.Moment(since)
		c.Here.Steward = c.Here.Joined && role == "steward"
		if policy.SeeField(actor, c.Member, p.RelationAudience, together, mine || theirs).OK() {
			c.Relation, c.ForWhom = p.Relation, p.ForWhom
		}
		if policy.SeeField(actor, c.Member, p.ConditionsAudience, together, mine || theirs).OK() {
			err = json.Unmarshal([]byte(conditions), &c.Conditions)
		}
		return c, err
	}
}

func distinct(ids []core.ID) []core.ID {
	seen := make(map[core.ID]bool, len(ids))
	out := make([]core.ID, 0, len(ids))
	for _, id := range ids {
		if id != 0 && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// inList writes "($3, $4, …)" for ids. The number of places is rounded up, filled with an id that nobody has, so that there are
// five statements to prepare and not one for every length.
func inList(first int, ids []core.ID) (list string, args []any) {
	size := 1
	for size < len(ids) {
		size *= 4
	}
	places := make([]string, size)
	args = make([]any, size)
	for i := range size {
		places[i], args[i] = "$"+strconv.Itoa(first+i), core.ID(0)
		if i < len(ids) {
			args[i] = ids[i]
		}
	}
	return "(" + strings.Join(places, ", ") + ")", args
}
