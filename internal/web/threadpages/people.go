package threadpages

import (
	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// writer is who wrote a post, as its row says.
type writer struct {
	Member       core.ID // zero: a visitor
	Organisation core.ID // in whose name, or zero
	Visitor      string
	ForWhom      string
}

func writerOf(t thread.Thread) writer {
	return writer{t.Author, t.Organisation, t.VisitorName, t.ForWhom}
}

func commenter(c thread.Comment) writer {
	return writer{c.Author, c.Organisation, c.VisitorName, c.ForWhom}
}

// postWriter is the writer of either.
func postWriter(p thread.Post) writer {
	if p.Comment != nil {
		return commenter(*p.Comment)
	}
	return writerOf(p.Thread)
}

// cast is everybody who appears on a page, ready to be named in the reader's words.
type cast struct {
	voice  ui.Voice
	reader core.Actor
	kind   policy.SpaceKind // empty in lists over several spaces
	cards  map[core.ID]account.Card
	names  map[core.ID]string // of organisations
}

// castOf loads the cards of the writers in a space, or in none.
func (p *Pages) castOf(c *shell.Call, sp space.Space, writers []writer) (cast, error) {
	out := cast{voice: c.Voice, reader: c.Actor, kind: sp.Kind}
	var members, organisations []core.ID
	for _, w := range writers {
		members = append(members, w.Member)
		if w.Organisation != 0 {
			organisations = append(organisations, w.Organisation)
		}
	}
	err := p.DB.View(c.Ctx(), func(tx *db.Tx) (err error) {
		if out.cards, err = p.People.Cards(tx, c.Actor, members, sp.ID); err != nil || len(organisations) == 0 {
			return err
		}
		out.names, err = p.Organisations.Names(tx, organisations)
		return err
	})
	return out, err
}

// blocked tells whether the reader does not want to see what somebody writes.
func (c cast) blocked(w writer) bool { return c.cards[w.Member].Blocked }

// name is what somebody is called in a sentence.
func (c cast) name(w writer) string {
	card, known := c.cards[w.Member]
	switch {
	case w.Member == 0 && w.Visitor != "":
		return w.Visitor
	case w.Member == 0:
		return c.voice.T("threads.somebody")
	case !known || card.Gone:
		return c.voice.T("who.gone")
	}
	return card.Handle
}

// person is how a post's writer stands beside it: who they are and what brings them, in words.
func (c cast) person(w writer) ui.Person {
	card, known := c.cards[w.Member]
	out := ui.Person{Handle: c.name(w), StaffOf: c.names[w.Organisation]}
	if w.Member == 0 {
		if w.Visitor != "" {
			out.Relation = c.voice.T("threads.visitor")
		}
		return out
	}
	if !known || card.Gone {
		out.Gone = true
		return out
	}
	if card.Placeholder { // of an import: it is nobody here, and no staff of anybody
		out.StaffOf, out.Relation = "", c.voice.T("threads.imported")
		return out
	}
	if c.reader.IsMember() {
		out.Href = ui.MemberPath(card.Handle)
	}
	if card.Relation != account.Professional || len(card.Credentials) == 0 { // the credential says more
		out.Relation = c.relation(card, w.ForWhom)
	}
	if c.kind == policy.Community || c.kind == policy.Channel { // never in rounds: nobody is a case there
		out.Conditions = card.Conditions
	}
	if len(card.Credentials) > 0 {
		out.Verified, out.Country = c.credential(card.Credentials[0])
	}
	out.Office, out.Newcomer = c.office(card), c.newcomer(card)
	return out
}

// relation says what brings somebody here: "caregiver for her father". Whom a post is for wins over whom the profile names.
func (c cast) relation(card account.Card, forWhom string) string {
	if forWhom == "" {
		forWhom = card.ForWhom
	}
	switch card.Relation {
	case account.Caregiver:
		if forWhom != "" {
			return c.voice.T("threads.relation.caregiver.for", forWhom)
		}
	case account.Unsaid, account.Other:
		if forWhom != "" {
			return c.voice.T("threads.relation.for", forWhom)
		}
		return ""
	}
	word := c.voice.T("threads.relation." + string(card.Relation))
	if forWhom != "" {
		return word + " · " + c.voice.T("threads.relation.for", forWhom)
	}
	return word
}

// credential says a profession, with its specialty, and the country of the register.
func (c cast) credential(k account.Credential) (profession, country string) {
	profession = k.Profession
	if k.Specialty != "" {
		profession = c.voice.T("threads.credential", k.Profession, k.Specialty)
	}
	return profession, credential.CountryName(c.voice.Lang(), k.Country)
}

func (c cast) office(card account.Card) ui.Office {
	switch {
	case card.Here.Steward:
		return ui.Steward
	case card.Role == core.RoleAdmin:
		return ui.Admin
	case card.Role == core.RoleModerator:
		return ui.Moderator
	}
	return ui.NoOffice
}

func (c cast) newcomer(card account.Card) bool {
	return card.Here.Joined && !card.Here.Steward && c.kind == policy.Community &&
		space.IsNewcomer(c.voice.Now, db.Millis(card.Here.Since), card.Here.Approved)
}
