package api

import (
	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Person is who wrote something, as the reader may know them.
type Person struct {
	ID           core.ID      `json:"id,omitzero" doc:"The member; absent where it was a visitor or has left."`
	Handle       string       `json:"handle,omitempty" doc:"The name that others see." example:"maria_hl"`
	Visitor      string       `json:"visitor,omitempty" doc:"The name that a visitor without an account gave."`
	Gone         bool         `json:"gone,omitempty" doc:"Has left."`
	Imported     bool         `json:"imported,omitempty" doc:"An author of an import: nobody here."`
	Organisation string       `json:"organisation,omitempty" doc:"The organisation in whose name it was written."`
	Role         string       `json:"role,omitempty" enum:"moderator,admin,steward" doc:"An office, where they hold one here."`
	Relation     string       `json:"relation,omitempty" doc:"What brings them here, as far as the reader may know." example:"caregiver"`
	ForWhom      string       `json:"for_whom,omitempty" doc:"Whom they write for." example:"my father"`
	Conditions   []string     `json:"conditions,omitempty" doc:"Conditions that they chose to tell the reader."`
	Credentials  []Credential `json:"credentials,omitempty" doc:"Verified professional standings that hold now."`
	Newcomer     bool         `json:"newcomer,omitempty" doc:"New in this space."`
	Blocked      bool         `json:"blocked,omitempty" doc:"The reader does not want to see what they write; the pages fold it."`
}

// Credential is a verified professional standing.
type Credential struct {
	Profession string `json:"profession" doc:"The profession." example:"Nurse"`
	Specialty  string `json:"specialty,omitempty" doc:"The specialty." example:"Cardiology"`
	Country    string `json:"country" doc:"The country of the register, ISO 3166-1." example:"PT"`
}

// writer is who wrote a post, as its row says.
type writer struct {
	member, organisation core.ID
	visitor, forWhom     string
}

func opener(t thread.Thread) writer {
	return writer{t.Author, t.Organisation, t.VisitorName, t.ForWhom}
}
func commenter(c thread.Comment) writer {
	return writer{c.Author, c.Organisation, c.VisitorName, c.ForWhom}
}

// cast is everybody who wrote something on a page, as the reader may know them.
type cast struct {
	cards map[core.ID]account.Card
	names map[core.ID]string // of organisations
	kind  policy.SpaceKind
	now   func(account.Card) bool // newcomer
}

// castOf loads who wrote, as they stand in a space (zero: in none).
func (a *API) castOf(c Call, sp space.Space, writers []writer) (cast, error) {
	var members, houses []core.ID
	for _, w := range writers {
		members = append(members, w.member)
		if w.organisation != 0 {
			houses = append(houses, w.organisation)
		}
	}
	now := a.Clock.Now()
	out := cast{kind: sp.Kind, now: func(k account.Card) bool {
		return k.Here.Joined && !k.Here.Steward && space.IsNewcomer(now, db.Millis(k.Here.Since), k.Here.Approved)
	}}
	err := a.DB.View(c.Ctx(), func(tx *db.Tx) (err error) {
		if out.cards, err = a.Accounts.Cards(tx, c.Actor, members, sp.ID); err != nil || len(houses) == 0 {
			return err
		}
		out.names, err = a.Organisations.Names(tx, houses)
		return err
	})
	return out, err
}

func (c cast) person(w writer) Person {
	if w.member == 0 {
		return Person{Visitor: w.visitor, Organisation: c.names[w.organisation], ForWhom: w.forWhom}
	}
	card, known := c.cards[w.member]
	if !known || card.Gone {
		return Person{Gone: true}
	}
	p := Person{ID: card.Member, Handle: card.Handle, Imported: card.Placeholder, Organisation: c.names[w.organisation],
		Relation: string(card.Relation), ForWhom: w.forWhom, Blocked: card.Blocked}
	if p.ForWhom == "" {
		p.ForWhom = card.ForWhom
	}
	if c.kind != policy.Rounds { // never in rounds: nobody is a case there
		p.Conditions = card.Conditions
	}
	for _, k := range card.Credentials {
		p.Credentials = append(p.Credentials, Credential(k))
	}
	switch {
	case card.Here.Steward:
		p.Role = "steward"
	case card.Role != core.RoleMember:
		p.Role = string(card.Role)
	case !p.Imported:
		p.Newcomer = c.now(card)
	}
	if p.Imported {
		p.Organisation = ""
	}
	return p
}
