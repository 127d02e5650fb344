package space

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// Service opens and changes spaces and decides who is in them. Safe for concurrent use.
type Service struct {
	db    *db.DB
	clock core.Clock
	ids   *core.IDMaker
}

// New makes the service.
func New(d *db.DB, clock core.Clock, ids *core.IDMaker) *Service {
	return &Service{db: d, clock: clock, ids: ids}
}

// Events of this package. Subject is the member that it happened to; Actor is who did it.
const (
	EventCreated        = "space.created"
	EventChanged        = "space.changed"
	EventArchived       = "space.archived"
	EventReopened       = "space.reopened"
	EventJoined         = "space.joined"
	EventLeft           = "space.left"
	EventAsked          = "space.asked"
	EventDeclined       = "space.declined"
	EventInvited        = "space.invited"
	EventRemoved        = "space.removed"
	EventStewardAdded   = "space.steward_added"
	EventStewardRemoved = "space.steward_removed"
)

func (s *Service) tell(tx *db.Tx, a core.Actor, kind string, space, subject core.ID) {
	event.Append(tx, event.Event{At: s.clock.Now(), Kind: kind, Actor: a.Member, Space: space, Subject: subject})
}

// Read gives a space that the actor may see, by the name in its address, and what the actor is in it.
func (s *Service) Read(ctx context.Context, a core.Actor, slug string) (out Space, t policy.Ties, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, t, err = LoadBySlug(tx, s.clock.Now(), a, slug)
		return err
	})
	return out, t, err
}

// RulesMark names this wording of the rules. A form carries it, so that nobody accepts rules that changed under their eyes.
// Empty where there are no rules.
func (s Space) RulesMark() string {
	if s.Rules == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s.Rules))
	return hex.EncodeToString(sum[:8])
}

// lock keeps the space's row until the transaction ends: what depends on who else is a steward is decided one after the other.
func lock(tx *db.Tx, space core.ID) error {
	return tx.Must("UPDATE space SET slug = slug WHERE id = $1", space)
}

// admit gives a space that an admin decides about without having to see what is said in it. To anybody else it is what it would
// be without asking: hidden, or forbidden.
func (s *Service) admit(tx *db.Tx, a core.Actor, slug string) (Space, policy.Ties, error) {
	sp, t, err := Peek(tx, s.clock.Now(), a, "s.slug = $1", slug)
	if err != nil {
		return Space{}, policy.Ties{}, err
	}
	if d := policy.AppointSteward(a); !d.OK() {
		if err := policy.SeeSpace(a, sp.Facts(), t).Err(); err != nil {
			return Space{}, policy.Ties{}, err
		}
		return Space{}, policy.Ties{}, d.Err()
	}
	return sp, t, nil
}

// manage gives a space whose description, rules and members the actor may change.
func (s *Service) manage(tx *db.Tx, a core.Actor, slug string) (Space, policy.Ties, error) {
	sp, t, err := LoadBySlug(tx, s.clock.Now(), a, slug)
	if err != nil {
		return Space{}, policy.Ties{}, err
	}
	return sp, t, policy.ManageSpace(a, sp.Facts(), t).Err()
}

// tidy brings an input into the form in which it is kept.
func (in Input) tidy() Input {
	in.Slug = strings.ToLower(strings.TrimSpace(in.Slug))
	in.Name, in.Description = markup.Line(in.Name), markup.Line(in.Description)
	in.Rules = strings.TrimSpace(markup.Normalize(in.Rules))
	tags := []string{} // never null in the database
	seen := map[string]bool{}
	for _, tag := range in.Tags {
		if tag = strings.ToLower(markup.Line(tag)); tag != "" && !seen[tag] {
			seen[tag] = true
			tags = append(tags, tag)
		}
	}
	in.Tags = tags
	return in
}

// rulesLinks is how many links rules may hold: they point to a charity's own pages, not to a list of sites.
const rulesLinks = 10

// render makes the HTML of rules and the text of tags.
func (in Input) render() (rulesHTML, tags string, err error) {
	if in.Rules != "" {
		r, err := markup.Render(in.Rules, markup.Options{Links: rulesLinks})
		if err != nil {
			return "", "", core.On("rules", err)
		}
		rulesHTML = r.HTML
	}
	text, err := json.Marshal(in.Tags)
	return rulesHTML, string(text), err
}
