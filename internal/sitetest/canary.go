package sitetest

import (
	"context"
	"fmt"
	"slices"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

// Canary is a text that stands in one private place, and the people who may read it there. Wherever anybody else meets it,
// something forgot to ask policy.
type Canary struct {
	Text  string
	Where string
	May   []string // handles
}

// Cage is a site with a canary in every private place, the people who go looking, and what they can ask for.
type Cage struct {
	*Site
	Canaries []Canary
	Seekers  []string // handles; "" is a visitor
	Members  map[string]core.ID

	Threads, Comments, Spaces, Items []string // ids and slugs that the canaries live under
}

// The people. Each stands for a kind of actor; what they are is set up in people.
const (
	author    = "canary_author"  // wrote what is private
	insider   = "canary_insider" // is in the invited space
	caretaker = "canary_steward" // is steward of the invited space
	outsider  = "canary_outside" // an ordinary member
	blocked   = "canary_blocked" // whom the author has blocked
	doctor    = "canary_doctor"  // holds a credential
	modd      = "canary_modd"    // moderator of the site
	keeper    = "canary_keeper"  // admin
	staff     = "canary_staff"   // of an organisation that owns a channel
	waiting   = "canary_waiting" // signed up, not let in
)

// BuildCage puts the canaries in.
func BuildCage(s *Site) *Cage {
	s.Helper()
	c := &Cage{Site: s, Members: map[string]core.ID{}}
	c.people()
	c.Must(c.DB.Update(context.Background(), func(tx *db.Tx) error {
		for _, plant := range []func(*db.Tx) error{c.invited, c.rounds, c.states, c.care, c.profile} {
			if err := plant(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	c.sealed()
	c.office()
	return c
}

func (c *Cage) put(where string, may ...string) string {
	text := fmt.Sprintf("canary%02dx", len(c.Canaries))
	c.Canaries = append(c.Canaries, Canary{text, where, may})
	return text
}

func (c *Cage) people() {
	ctx := context.Background()
	for _, p := range []account.NewMember{
		{Handle: author}, {Handle: insider}, {Handle: caretaker}, {Handle: outsider}, {Handle: blocked}, {Handle: doctor},
		{Handle: modd, Role: core.RoleModerator}, {Handle: keeper, Role: core.RoleAdmin}, {Handle: staff}, {Handle: waiting, Standing: core.Waiting},
	} {
		p.Adult = true
		id, err := c.Account.Create(ctx, core.SystemActor, p)
		c.Must(err)
		c.Members[p.Handle] = id
		c.Seekers = append(c.Seekers, p.Handle)
	}
	c.Seekers = append(c.Seekers, "")
	c.Must(c.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("INSERT INTO block (member, blocked, at) VALUES ($1, $2, 1)", c.Members[author], c.Members[blocked]); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO credential (id, member, profession, specialty, country, expires_at, granted_by, granted_at)
			VALUES ($1, $2, 'Nurse', '', 'PT', $3, $2, 1)`, c.Lease.IDs.Next(), c.Members[doctor], db.Millis(c.Clock.Now().AddDate(1, 0, 0))); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO staff (organisation, member, role, since) SELECT id, $1, 'press officer', 1 FROM organisation", c.Members[staff])
		return err
	}))
}

func (c *Cage) join(tx *db.Tx, space core.ID, handle, role string) error {
	_, err := tx.Exec(`INSERT INTO membership (space, member, state, role, approved, rules_at, since) VALUES ($1, $2, 'joined', $3, 9, 1, 1)`,
		space, c.Members[handle], role)
	return err
}

func (c *Cage) space(tx *db.Tx, kind policy.SpaceKind, visibility policy.Visibility, name, purpose, slug string) (core.ID, error) {
	id := c.Lease.IDs.Next()
	_, err := tx.Exec(`INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, tags, created_at)
		VALUES ($1, $2, $3, $4, $5, $5, $5, $6, 'invitation', '[]', 1)`, id, slug, kind, name, purpose, visibility)
	c.Spaces = append(c.Spaces, slug)
	return id, err
}

func (c *Cage) plant(tx *db.Tx, space core.ID, title, body, tag string, comments ...thread.PlantedComment) (*thread.Planted, error) {
	p := &thread.Planted{Thread: thread.Thread{Space: space, Kind: policy.Question, Author: c.Members[author], Title: title, Body: body,
		Tags: []string{tag}, CreatedAt: c.Clock.Now()}, Comments: comments}
	if err := thread.Plant(tx, c.Lease.IDs, p); err != nil {
		return nil, err
	}
	c.Threads = append(c.Threads, p.Thread.ID.String())
	for _, k := range p.Comments {
		c.Comments = append(c.Comments, k.ID.String())
	}
	return p, nil
}

func (c *Cage) says(body string, state policy.PostState) thread.PlantedComment {
	return thread.PlantedComment{Comment: thread.Comment{Author: c.Members[author], Body: body, State: state, CreatedAt: c.Clock.Now()}, ReplyTo: -1}
}

// invited is a community that exists only for whoever is in it; moderators see it too.
func (c *Cage) invited(tx *db.Tx) error {
	may := []string{author, insider, caretaker, modd, keeper}
	id, err := c.space(tx, policy.Community, policy.Invited, c.put("name of an invited space", may...),
		c.put("purpose of an invited space", may...), "canary-invited")
	if err != nil {
		return err
	}
	for handle, role := range map[string]string{author: "", insider: "", caretaker: "steward"} {
		if err := c.join(tx, id, handle, role); err != nil {
			return err
		}
	}
	p, err := c.plant(tx, id, c.put("title in an invited space", may...), c.put("text in an invited space", may...), c.put("tag in an invited space", may...),
		c.says(c.put("comment in an invited space", may...), policy.Open))
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO follow (member, thread, level, at) VALUES ($1, $2, 'follow', 1), ($3, $2, 'follow', 1)",
		c.Members[outsider], p.Thread.ID, c.Members[author]) // the outsider was in once and is no longer
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO bookmark (member, post, thread, at) VALUES ($1, $2, $2, 1), ($1, $3, $2, 1)", c.Members[outsider], p.Thread.ID, p.Comments[0].ID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO notice (id, member, kind, actor, space, thread, post, at) VALUES ($1, $2, 'reply', $3, $4, $5, $6, $7)`,
		c.Lease.IDs.Next(), c.Members[outsider], c.Members[author], id, p.Thread.ID, p.Comments[0].ID, db.Millis(c.Clock.Now()))
	return err
}

// rounds are for holders of a credential; not for a moderator or an admin without one.
func (c *Cage) rounds(tx *db.Tx) error {
	may := []string{doctor}
	id, err := c.space(tx, policy.Rounds, policy.MembersOnly, c.put("name of rounds", doctor, keeper), // admins appoint stewards by it
		c.put("purpose of rounds", may...), "canary-rounds")
	if err != nil {
		return err
	}
	_, err = c.plant(tx, id, c.put("title in rounds", may...), c.put("text in rounds", may...), "x", c.says(c.put("comment in rounds", may...), policy.Open))
	return err
}

// states are posts in an open community that not everybody may read.
func (c *Cage) states(tx *db.Tx) error {
	id, err := c.space(tx, policy.Community, policy.MembersOnly, "An open room", "For all", "canary-open")
	if err != nil {
		return err
	}
	for handle, role := range map[string]string{author: "", caretaker: "steward", outsider: "", blocked: ""} {
		if err := c.join(tx, id, handle, role); err != nil {
			return err
		}
	}
	readers := []string{author, caretaker, modd, keeper}
	p, err := c.plant(tx, id, "An open question", "Anybody may read this.", "open",
		c.says(c.put("held comment", readers...), policy.Held),
		c.says(c.put("hidden comment", readers...), policy.HiddenP),
		c.says("To be deleted", policy.Open))
	if err != nil {
		return err
	}
	gone := c.put("deleted comment")
	if _, err := tx.Exec("UPDATE comment SET state = 'deleted', body = $1, html = $1 WHERE id = $2", gone, p.Comments[2].ID); err != nil {
		return err
	}
	for _, state := range []policy.PostState{policy.Held, policy.HiddenP} {
		t := &thread.Planted{Thread: thread.Thread{Space: id, Kind: policy.Question, Author: c.Members[author], State: state, CreatedAt: c.Clock.Now(),
			Title: c.put(string(state)+" thread's title", readers...), Body: c.put(string(state)+" thread's text", readers...)}}
		if err := thread.Plant(tx, c.Lease.IDs, t); err != nil {
			return err
		}
		c.Threads = append(c.Threads, t.Thread.ID.String())
	}
	redacted := c.put("redacted version")
	_, err = tx.Exec(`INSERT INTO post_version (post, version, thread, title, body, html, editor, at, redacted_by) VALUES ($1, 1, $1, '', $2, '', $3, 1, $3)`,
		p.Thread.ID, redacted, c.Members[author])
	return err
}

// care is what people said to those who look after a space.
func (c *Cage) care(tx *db.Tx) error {
	space, err := db.One(tx, db.ID, "SELECT id FROM space WHERE slug = 'canary-open'")
	if err != nil {
		return err
	}
	p, err := c.plant(tx, space, "Another open question", "Text.", "open", c.says("A comment that somebody reported.", policy.Open))
	if err != nil {
		return err
	}
	item := c.Lease.IDs.Next()
	if _, err = tx.Exec(`INSERT INTO queue_item (id, kind, space, thread, post, author, urgency, state, opened_at) VALUES ($1, 'report', $2, $3, $4, $5, 50, 'open', 1)`,
		item, space, p.Thread.ID, p.Comments[0].ID, c.Members[author]); err != nil {
		return err
	}
	c.Items = append(c.Items, item.String())
	lookers := []string{caretaker, modd, keeper}
	_, err = tx.Exec(`INSERT INTO report (id, item, reporter, reason, note, title, body, version, at) VALUES ($1, $2, $3, 'spam', $4, '', $5, 1, 1)`,
		c.Lease.IDs.Next(), item, c.Members[insider], c.put("note of a report", append(slices.Clone(lookers), insider)...), c.put("copy of what was reported", lookers...))
	if err != nil {
		return err
	}
	if err != nil {
		return err
	}
	// The post was edited after the report: only then the page shows the copy.
	if _, err := tx.Exec("UPDATE comment SET version = 2 WHERE id = $1", p.Comments[0].ID); err != nil {
		return err
	}
	// The reason is for the member concerned, and for those who share the care.
	_, err = tx.Exec(`INSERT INTO decision (id, item, moderator, act, reason, member, space, thread, post, until, at) VALUES ($1, 0, $2, 'warn', $3, $4, $5, $6, $7, 0, 1)`,
		c.Lease.IDs.Next(), c.Members[caretaker], c.put("reason of a decision", append(slices.Clone(lookers), author)...), c.Members[author], space, p.Thread.ID, p.Comments[0].ID)
	if err != nil {
		return err
	}
	asks := c.put("message with a request to join", caretaker, keeper)
	_, err = tx.Exec(`INSERT INTO membership (space, member, state, role, since, message) VALUES ($1, $2, 'asked', '', 1, $3)`, space, c.Members[staff], asks)
	return err
}

// profile is what the author tells about themselves, and to whom.
func (c *Cage) profile(tx *db.Tx) error {
	_, err := tx.Exec(`UPDATE profile SET about = $1, about_audience = 'nobody', conditions = $2, conditions_audience = 'spaces' WHERE member = $3`,
		c.put("about, for nobody", author),
		`["`+c.put("condition, for people in my spaces", author, insider, caretaker, outsider)+`"]`, c.Members[author])
	return err
}

// sealed is what is encrypted under the author's key.
func (c *Cage) sealed() {
	ctx := context.Background()
	text := c.put("draft", author)
	c.Must(c.Thread.SaveDraft(ctx, core.Actor{Member: c.Members[author], Standing: core.Active}, thread.Draft{ID: "canary-draft-0123456789", Title: text, Body: text}))
	mail := c.put("e-mail address", author)
	sealed, err := c.Keys.Seal(ctx, c.Members[author], "mail", []byte(mail+"@example.org"))
	c.Must(err)
	c.Must(c.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE member SET mail_sealed = $1, mail_index = $2, mail_verified = TRUE WHERE id = $3", sealed, c.Keys.Index("mail", mail), c.Members[author])
		return err
	}))
}
