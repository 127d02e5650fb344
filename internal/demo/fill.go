package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/site"
)

// Deps are what filling needs.
type Deps struct {
	DB      *db.DB
	Keys    *keys.Store
	IDs     *core.IDMaker
	Clock   core.Clock
	Account *account.Service
}

// filler carries what has been made so far, by the names that the content uses.
type filler struct {
	Deps
	now     time.Time
	tx      *db.Tx
	members map[string]core.ID
	bodies  map[string]core.ID // organisations
	rooms   map[string]core.ID
	inside  map[string][]core.ID // members of a space, by its slug
	owner   map[string]core.ID   // organisation of a channel, by its slug
}

// Empty tells whether nobody is here yet.
func Empty(ctx context.Context, d *db.DB) (empty bool, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		n, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM (SELECT 1 FROM member LIMIT 1) x")
		empty = n == 0
		return err
	})
	return empty, err
}

// Fill makes the demo site in an empty database. A site that is there already is left as it is, and filled is false.
func Fill(ctx context.Context, d Deps) (filled bool, err error) {
	defer core.Wrap(&err, "demo.Fill")
	c, err := read()
	if err != nil {
		return false, err
	}
	empty, err := Empty(ctx, d.DB)
	if err != nil || !empty {
		return false, err
	}
	prepared := make([]account.Prepared, len(c.members))
	for i, m := range c.members {
		prepared[i], err = d.Account.Prepare(ctx, account.NewMember{Handle: m.Handle, Role: m.role(), Adult: true, Language: m.Language, TimeZone: m.TimeZone})
		if err != nil {
			return false, fmt.Errorf("member %s: %w", m.Handle, err)
		}
	}
	// One transaction: a demo is there whole, or not at all.
	return true, d.DB.Update(ctx, func(tx *db.Tx) error {
		f := &filler{Deps: d, now: d.Clock.Now().Truncate(time.Minute), tx: tx, members: map[string]core.ID{}, bodies: map[string]core.ID{},
			rooms: map[string]core.ID{}, inside: map[string][]core.ID{}, owner: map[string]core.ID{}}
		return f.fill(c, prepared)
	})
}

func (f *filler) fill(c content, prepared []account.Prepared) error {
	settings := site.Settings{Name: SiteName, Languages: []string{"en", "pt", "ar"}, AgeLimit: 18, SignUp: site.SignUpOpen,
		Contact: "This is a demo. Nobody answers here.", QuickExit: site.DefaultQuickExit, Ready: true}
	if err := site.Store(f.tx, settings); err != nil {
		return err
	}
	for i, m := range c.members {
		if err := f.member(m, prepared[i]); err != nil {
			return fmt.Errorf("member %s: %w", m.Handle, err)
		}
	}
	for _, o := range c.organisations {
		if err := f.organisation(o); err != nil {
			return fmt.Errorf("organisation %s: %w", o.Slug, err)
		}
	}
	for _, r := range c.rooms {
		if err := f.room(r, c.members); err != nil {
			return fmt.Errorf("space %s: %w", r.Slug, err)
		}
	}
	for _, t := range c.talks {
		if err := f.talk(t); err != nil {
			return fmt.Errorf("thread %q: %w", t.Title, err)
		}
	}
	return f.standing()
}

func (f *filler) ago(minutes int) int64 {
	return db.Millis(f.now.Add(-time.Duration(minutes) * time.Minute))
}

const minutesADay = 24 * 60

func (f *filler) member(m member, p account.Prepared) error {
	if err := f.Account.Insert(f.tx, core.SystemActor, p); err != nil {
		return err
	}
	f.members[m.Handle] = p.ID
	joined := f.ago(m.JoinedDays*minutesADay + 40)
	if _, err := f.tx.Exec("UPDATE member SET created_at = $1, seen_at = $2 WHERE id = $3", joined, f.ago(len(m.Handle)*17), p.ID); err != nil {
		return err
	}
	conditions, err := json.Marshal(notNil(m.Conditions))
	if err != nil {
		return err
	}
	treatments, err := json.Marshal(notNil(m.Treatments))
	if err != nil {
		return err
	}
	// Different people show different things: most show their relation to members, about half what they live with.
	audience := func(open bool) policy.Audience {
		if open {
			return policy.Members
		}
		return policy.MySpaces
	}
	open := len(m.Handle)%2 == 0 || m.Persona != ""
	_, err = f.tx.Exec(`UPDATE profile SET relation = $1, relation_audience = $2, for_whom = $3, about = $4, about_audience = $5, conditions = $6,
			conditions_audience = $7, treatments = $8, treatments_audience = $9, language_audience = $5, time_zone_audience = 'nobody' WHERE member = $10`,
		m.Relation, policy.Members, m.For, m.About, audience(true), string(conditions), audience(open), string(treatments), audience(false), p.ID)
	if err != nil || m.Credential == nil {
		return err
	}
	_, err = f.tx.Exec(`INSERT INTO credential (id, member, profession, specialty, country, expires_at, granted_by, granted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $2, $7)`, f.IDs.Next(), p.ID, m.Credential.Profession, m.Credential.Specialty, m.Credential.Country,
		db.Millis(f.now.AddDate(2, 0, 0)), joined)
	return err
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (f *filler) organisation(o organisation) error {
	id := f.IDs.Next()
	f.bodies[o.Slug] = id
	_, err := f.tx.Exec("INSERT INTO organisation (id, slug, name, kind, about, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
		id, o.Slug, o.Name, o.Kind, o.About, f.ago(700*minutesADay))
	for _, s := range o.Staff {
		if err == nil {
			_, err = f.tx.Exec("INSERT INTO staff (organisation, member, role, since) VALUES ($1, $2, $3, $4)",
				id, f.members[s.Handle], s.Role, f.ago(500*minutesADay))
		}
	}
	return err
}

func (f *filler) room(r room, members []member) error {
	rules, err := markup.Render(r.Rules, markup.Options{Links: -1})
	if err != nil {
		return err
	}
	tags, err := json.Marshal(notNil(r.Tags))
	if err != nil {
		return err
	}
	id := f.IDs.Next()
	f.rooms[r.Slug], f.owner[r.Slug] = id, f.bodies[r.Organisation]
	var owner any
	if r.Organisation != "" {
		owner = f.bodies[r.Organisation]
	}
	_, err = f.tx.Exec(`INSERT INTO space (id, slug, kind, name, description, rules, rules_html, visibility, joining, tags, organisation, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, id, r.Slug, r.Kind, r.Name, r.Description, r.Rules, rules.HTML,
		r.Visibility, r.Joining, string(tags), owner, f.ago(650*minutesADay))
	if err != nil {
		return err
	}
	joined := map[string]int{}
	for _, m := range members {
		joined[m.Handle] = m.JoinedDays
	}
	inside := r.Members.List
	if r.Members.All {
		for _, m := range members {
			inside = append(inside, m.Handle)
		}
	}
	for _, h := range append(r.Stewards, inside...) {
		if err := f.join(id, r, h, joined[h]); err != nil {
			return fmt.Errorf("member %s: %w", h, err)
		}
	}
	return nil
}

func (f *filler) join(id core.ID, r room, handle string, days int) error {
	role := ""
	for _, s := range r.Stewards {
		if s == handle {
			role = "steward"
		}
	}
	member, ok := f.members[handle]
	if !ok {
		return fmt.Errorf("nobody has the handle")
	}
	since := f.ago(days * minutesADay)
	n, err := f.tx.Exec(`INSERT INTO membership (space, member, state, role, greeter, approved, rules_at, since)
		VALUES ($1, $2, 'joined', $3, $4, 0, $5, $5) ON CONFLICT DO NOTHING`, id, member, role, role == "" && days > 200 && len(handle)%3 == 0, since)
	if n > 0 {
		f.inside[r.Slug] = append(f.inside[r.Slug], member)
	}
	return err
}

// standing makes the counts of approved posts true to what was planted, so that regulars are regulars.
func (f *filler) standing() error {
	_, err := f.tx.Exec(`UPDATE membership SET approved =
		(SELECT COUNT(*) FROM thread t WHERE t.space = membership.space AND t.author = membership.member AND t.state = 'open') +
		(SELECT COUNT(*) FROM comment c JOIN thread t ON t.id = c.thread WHERE t.space = membership.space AND c.author = membership.member AND c.state = 'open')`)
	if err != nil {
		return err
	}
	// Who has been here for months wrote before the five weeks that the demo shows.
	_, err = f.tx.Exec("UPDATE membership SET approved = approved + 6 WHERE since < $1", f.ago(40*minutesADay))
	return err
}
