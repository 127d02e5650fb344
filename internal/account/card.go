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

// fact is what stands beside a member's words before it is decided who may read what of it.
type fact struct {
	Card                                 // with everything, and with nobody's blocks
	relationAudience, conditionsAudience policy.Audience
}

// factKey is a member in a space.
type factKey struct{ member, space core.ID }

// briefFacts is how many members are told again within a second (see package brief): the writers of some hundred pages.
const briefFacts = 4096

// Cards gives the cards of members for a reader, as they stand in a space (zero: in none). What belongs to the members is read with two
// queries for up to 256 of them; what lies between them and the reader with one or two more. Ids that are nobody are left out.
func (s *Service) Cards(tx *db.Tx, actor core.Actor, members []core.ID, space core.ID) (map[core.ID]Card, error) {
	members = distinct(members)
	wanted := make([]factKey, 0, len(members)+1)
	for _, m := range members {
		wanted = append(wanted, factKey{m, space})
	}
	if actor.Member != 0 && space != 0 { // whether the reader is in this space too
		wanted = append(wanted, factKey{actor.Member, space})
	}
	facts, err := s.facts.All(tx, s.now(), wanted, func(missing []factKey) (map[factKey]fact, error) { return s.readFacts(tx, missing, space) })
	if err != nil {
		return nil, err
	}
	blocks, err := blocksOf(tx, actor)
	if err != nil {
		return nil, err
	}
	together, err := togetherOf(tx, actor, facts, space)
	if err != nil {
		return nil, err
	}
	out := make(map[core.ID]Card, len(members))
	for _, m := range members {
		if f, ok := facts[factKey{m, space}]; ok {
			out[m] = f.shownTo(actor, together[m], blocks[m])
		}
	}
	return out, nil
}

// shownTo is the card for one reader.
func (f fact) shownTo(actor core.Actor, together bool, b block) Card {
	c := f.Card
	c.Blocked = b.mine
	if !policy.SeeField(actor, c.Member, f.relationAudience, together, b.mine || b.theirs).OK() {
		c.Relation, c.ForWhom = "", ""
	}
	if !policy.SeeField(actor, c.Member, f.conditionsAudience, together, b.mine || b.theirs).OK() {
		c.Conditions = nil
	}
	return c
}

// block is a block between the reader and somebody.
type block struct{ mine, theirs bool }

// blocksOf reads who is blocked by the reader or has blocked them: for most readers nobody.
func blocksOf(tx *db.Tx, actor core.Actor) (map[core.ID]block, error) {
	if actor.Member == 0 {
		return nil, nil
	}
	type one struct {
		other core.ID
		mine  bool
	}
	rows, err := db.All(tx, func(r db.Row) (o one, err error) { err = r.Scan(&o.other, &o.mine); return },
		"SELECT blocked, TRUE FROM block WHERE member = $1 UNION ALL SELECT member, FALSE FROM block WHERE blocked = $1", actor.Member)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := map[core.ID]block{}
	for _, o := range rows {
		b := out[o.other]
		b.mine, b.theirs = b.mine || o.mine, b.theirs || !o.mine
		out[o.other] = b
	}
	return out, nil
}

// togetherOf tells which of the members are in a space with the reader, as far as that can matter: where a field is for those.
func togetherOf(tx *db.Tx, actor core.Actor, facts map[factKey]fact, space core.ID) (map[core.ID]bool, error) {
	if actor.Member == 0 {
		return nil, nil
	}
	here := facts[factKey{actor.Member, space}].Here.Joined
	out, ask := map[core.ID]bool{}, []core.ID{}
	for k, f := range facts {
		switch {
		case f.relationAudience != policy.MySpaces && f.conditionsAudience != policy.MySpaces:
		case here && f.Here.Joined:
			out[k.member] = true
		default:
			ask = append(ask, k.member)
		}
	}
	for len(ask) > 0 {
		n := min(len(ask), cardsAtOnce)
		in, args := inList(2, ask[:n])
		found, err := db.All(tx, db.ID, `SELECT DISTINCT o.member FROM membership a JOIN membership o ON o.space = a.space AND o.state = 'joined'
			WHERE a.member = $1 AND a.state = 'joined' AND o.member IN `+in, append([]any{actor.Member}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			out[m] = true
		}
		ask = ask[n:]
	}
	return out, nil
}

// factQuery reads everything but credentials. Memberships belong to a floor above; asking for them here keeps a page of authors
// at two queries.
const factQuery = `SELECT m.id, m.handle, m.role, m.standing,
		COALESCE(p.relation, ''), COALESCE(p.relation_audience, 'nobody'), COALESCE(p.for_whom, ''),
		COALESCE(p.conditions, '[]'), COALESCE(p.conditions_audience, 'nobody'),
		COALESCE(h.state, ''), COALESCE(h.role, ''), COALESCE(h.since, 0), COALESCE(h.approved, 0)
	FROM member m LEFT JOIN profile p ON p.member = m.id LEFT JOIN membership h ON h.member = m.id AND h.space = $1
	WHERE m.id IN `

// cardsAtOnce bounds how many members one query asks for.
const cardsAtOnce = 256

func (s *Service) readFacts(tx *db.Tx, missing []factKey, space core.ID) (map[factKey]fact, error) {
	out := make(map[factKey]fact, len(missing))
	for len(missing) > 0 {
		n := min(len(missing), cardsAtOnce)
		members := make([]core.ID, n)
		for i, k := range missing[:n] {
			members[i] = k.member
		}
		if err := s.addFacts(tx, members, space, out); err != nil {
			return nil, err
		}
		missing = missing[n:]
	}
	return out, nil
}

func (s *Service) addFacts(tx *db.Tx, members []core.ID, space core.ID, out map[factKey]fact) error {
	in, args := inList(2, members)
	facts, err := db.All(tx, scanFact, factQuery+in, append([]any{space}, args...)...)
	if err != nil {
		return err
	}
	for _, f := range facts {
		out[factKey{f.Member, space}] = f
	}
	in, args = inList(2, members)
	held, err := db.All(tx, scanHeld, `SELECT member, profession, specialty, country FROM credential
		WHERE revoked_at = 0 AND expires_at > $1 AND member IN `+in+" ORDER BY granted_at, id", append([]any{db.Millis(s.now())}, args...)...)
	for _, h := range held {
		k := factKey{h.member, space}
		if f := out[k]; !f.Gone {
			f.Credentials = append(f.Credentials, h.Credential)
			out[k] = f
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

func scanFact(r db.Row) (f fact, err error) {
	var standing core.Standing
	var conditions, state, role string
	var since int64
	err = r.Scan(&f.Member, &f.Handle, &f.Role, &standing, &f.Relation, &f.relationAudience, &f.ForWhom, &conditions,
		&f.conditionsAudience, &state, &role, &since, &f.Here.Approved)
	if err != nil {
		return f, err
	}
	if standing == core.Gone {
		return fact{Card: Card{Member: f.Member, Gone: true}}, nil
	}
	f.Placeholder = standing == core.Placeholder
	f.Here.Joined, f.Here.Since = state == "joined", db.Moment(since)
	f.Here.Steward = f.Here.Joined && role == "steward"
	return f, json.Unmarshal([]byte(conditions), &f.Conditions)
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
