// Package organisation is the bodies that own channels (a charity, a hospital, a health department) and the people who speak for
// them, their staff.
package organisation

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/act"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
)

// Organisation is a body with people who speak for it.
type Organisation struct {
	ID      core.ID
	Slug    string
	Name    string
	Kind    string // in its own words: "charity", "health department"
	About   string
	Created time.Time
}

// Path is the address of the organisation's page.
func (o Organisation) Path() string { return "/o/" + o.Slug }

// Staff is one of an organisation's people.
type Staff struct {
	Member core.ID
	Handle string
	Role   string // in words: "press officer"
	Since  time.Time
}

// Input is what an admin enters.
type Input struct {
	Slug  string // of a new one; it stays, because addresses do
	Name  string
	Kind  string
	About string
}

// Bounds of an organisation's texts, in characters.
const (
	maxSlug  = 40
	maxName  = 80
	maxKind  = 40
	MaxAbout = 600
	maxRole  = 40
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (in *Input) clean() {
	in.Slug = strings.ToLower(strings.TrimSpace(in.Slug))
	in.Name, in.Kind, in.About = line(in.Name), line(in.Kind), strings.TrimSpace(in.About)
}

func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func (in Input) validate(isNew bool) error {
	f := core.Fields{}
	f.Check(!isNew || slugForm.MatchString(in.Slug) && len(in.Slug) >= 3 && len(in.Slug) <= maxSlug, "slug", "organisation.slug.form")
	f.Check(length(in.Name, 2, maxName), "name", "organisation.name.length")
	f.Check(length(in.Kind, 0, maxKind), "kind", "organisation.kind.length")
	f.Check(length(in.About, 0, MaxAbout), "about", "organisation.about.length")
	return f.Err()
}

func length(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	odd := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }
	return n >= least && n <= most && utf8.ValidString(s) && !strings.ContainsFunc(s, odd)
}

// Service keeps organisations. Safe for concurrent use.
type Service struct {
	db    *db.DB
	ids   *core.IDMaker
	clock core.Clock
}

// New makes the service.
func New(d *db.DB, ids *core.IDMaker, clock core.Clock) *Service { return &Service{d, ids, clock} }

// Kinds of events. The subject is the organisation.
const (
	EventCreated = "organisation.created"
	EventJoined  = "organisation.staff_added"   // {member}
	EventLeft    = "organisation.staff_removed" // {member}
)

type who struct {
	Member core.ID `json:"member"`
}

func (s *Service) tell(tx *db.Tx, kind string, actor core.Actor, id core.ID, data any) {
	e := event.Event{At: s.clock.Now(), Kind: kind, Actor: actor.Member, Subject: id}
	if data != nil {
		e = e.With(data)
	}
	event.Append(tx, e)
}

// words are what of an organisation can change, for the record.
func (o Organisation) words() string { return strings.Join([]string{o.Name, o.Kind, o.About}, " · ") }

// note writes into the record of what admins did.
func (s *Service) note(tx *db.Tx, actor core.Actor, kind string, subject core.ID, target, was, becomes string) error {
	return act.Append(tx, act.Act{At: s.clock.Now(), Actor: actor.Member, Kind: kind, Subject: subject, Target: target, Was: was, Becomes: becomes})
}

const columns = "id, slug, name, kind, about, created_at"

func scan(r db.Row) (o Organisation, err error) {
	var created int64
	err = r.Scan(&o.ID, &o.Slug, &o.Name, &o.Kind, &o.About, &created)
	o.Created = db.Moment(created)
	return o, err
}

// Create makes an organisation.
func (s *Service) Create(ctx context.Context, actor core.Actor, in Input) (o Organisation, err error) {
	in.clean()
	now := s.clock.Now()
	o = Organisation{s.ids.Next(), in.Slug, in.Name, in.Kind, in.About, now}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		if err := in.validate(true); err != nil {
			return err
		}
		n, err := tx.Exec("INSERT INTO organisation (id, slug, name, kind, about, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (slug) DO NOTHING",
			o.ID, o.Slug, o.Name, o.Kind, o.About, db.Millis(now))
		if err == nil && n == 0 {
			err = core.Field("slug", "organisation.slug.taken")
		}
		if err != nil {
			return err
		}
		s.tell(tx, EventCreated, actor, o.ID, nil)
		return s.note(tx, actor, EventCreated, 0, o.Name, "", "")
	})
	return o, err
}

// Change stores an organisation's words.
func (s *Service) Change(ctx context.Context, actor core.Actor, id core.ID, in Input) error {
	in.clean()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := policy.ManageSite(actor).Err(); err != nil {
			return err
		}
		if err := in.validate(false); err != nil {
			return err
		}
		was, err := Load(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Must("UPDATE organisation SET name = $1, kind = $2, about = $3 WHERE id = $4", in.Name, in.Kind, in.About, id); err != nil {
			return err
		}
		return s.note(tx, actor, "organisation.changed", 0, in.Name, was.words(), Organisation{Name: in.Name, Kind: in.Kind, About: in.About}.words())
	})
}

// BySlug reads an organisation by the name in its address. Organisations are public.
func (s *Service) BySlug(ctx context.Context, slug string) (o Organisation, err error) {
	if !slugForm.MatchString(slug) {
		return o, core.Missing("organisation")
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err = db.One(tx, scan, "SELECT "+columns+" FROM organisation WHERE slug = $1", slug)
		return err
	})
	return o, err
}

// Load reads an organisation.
func Load(tx *db.Tx, id core.ID) (Organisation, error) {
	return db.One(tx, scan, "SELECT "+columns+" FROM organisation WHERE id = $1", id)
}

// List gives all organisations by name.
func (s *Service) List(ctx context.Context) (out []Organisation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, scan, "SELECT "+columns+" FROM organisation ORDER BY slug")
		return err
	})
	slices.SortStableFunc(out, func(a, b Organisation) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out, err
}

// Names gives the names of organisations by id, for lists of posts: one query. Ids that are nobody's are left out.
func (s *Service) Names(tx *db.Tx, ids []core.ID) (map[core.ID]string, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	out := make(map[core.ID]string, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	places, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		places[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	list, err := db.All(tx, scan, "SELECT "+columns+" FROM organisation WHERE id IN ("+strings.Join(places, ", ")+")", args...)
	for _, o := range list {
		out[o.ID] = o.Name
	}
	return out, err
}
