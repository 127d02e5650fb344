// Package space is the places to talk: communities, rounds and channels, who is in them, and who may see them.
package space

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
)

// Space is a place to talk.
type Space struct {
	ID           core.ID
	Slug         string
	Kind         policy.SpaceKind
	Name         string
	Description  string
	Rules        string
	RulesHTML    string
	Visibility   policy.Visibility
	Joining      policy.Joining
	Tags         []string
	Organisation core.ID // owner of a channel, else zero
	CreatedAt    time.Time
	ArchivedAt   time.Time
}

// Facts is what policy wants to know of a space.
func (s Space) Facts() policy.Space {
	return policy.Space{Kind: s.Kind, Visibility: s.Visibility, Joining: s.Joining, Archived: !s.ArchivedAt.IsZero()}
}

// Path is the address of the space's page.
func (s Space) Path() string { return "/s/" + s.Slug }

// A newcomer of a space has been in it for under NewcomerDays, or has fewer than NewcomerPosts approved posts there.
const (
	NewcomerDays  = 7
	NewcomerPosts = 5
)

const columns = `s.id, s.slug, s.kind, s.name, s.description, s.rules, s.rules_html, s.visibility, s.joining, s.tags,
	COALESCE(s.organisation, 0), s.created_at, s.archived_at`

func scanSpace(r db.Row) (s Space, err error) {
	var tags string
	var created, archived int64
	err = r.Scan(&s.ID, &s.Slug, &s.Kind, &s.Name, &s.Description, &s.Rules, &s.RulesHTML, &s.Visibility, &s.Joining, &tags,
		&s.Organisation, &created, &archived)
	if err != nil {
		return s, err
	}
	s.CreatedAt, s.ArchivedAt = db.Moment(created), db.Moment(archived)
	return s, json.Unmarshal([]byte(tags), &s.Tags)
}

// Membership states.
const (
	joined  = "joined"
	asked   = "asked"
	invited = "invited"
)

const roleSteward = "steward"

// Limits of a space's texts, in characters.
const (
	minSlug, maxSlug = 3, 40
	maxName          = 60
	maxDescription   = 400
	maxRules         = 4000
	maxTags          = 30
	maxTag           = 40
)

// Input is what a form gives to make or change a space.
type Input struct {
	Slug         string
	Kind         policy.SpaceKind
	Name         string
	Description  string
	Rules        string // Markdown
	Visibility   policy.Visibility
	Joining      policy.Joining
	Tags         []string
	Organisation core.ID
}

// DefaultsFor gives what a new space of a kind begins with.
func DefaultsFor(kind policy.SpaceKind) Input {
	in := Input{Kind: kind, Visibility: policy.MembersOnly, Joining: policy.JoinOpen}
	switch kind {
	case policy.Rounds:
		in.Joining = policy.JoinRequest
	case policy.Channel:
		in.Visibility = policy.Public
	}
	return in
}

// Validate tells what is wrong, field by field.
func (in Input) Validate() error {
	f := core.Fields{}
	f.Check(validSlug(in.Slug), "slug", "space.slug.form")
	f.Check(length(in.Name, 1, maxName), "name", "space.name.length")
	f.Check(length(in.Description, 0, maxDescription), "description", "space.description.length")
	f.Check(length(in.Rules, 0, maxRules), "rules", "space.rules.length")
	f.Check(len(in.Tags) <= maxTags, "tags", "space.tags.many")
	for _, t := range in.Tags {
		f.Check(length(t, 1, maxTag), "tags", "space.tags.length")
	}
	switch in.Kind {
	case policy.Community:
		f.Check(in.Organisation == 0, "organisation", "space.organisation.channel_only")
	case policy.Rounds:
		f.Check(in.Visibility != policy.Public, "visibility", "space.visibility.rounds")
		f.Check(in.Organisation == 0, "organisation", "space.organisation.channel_only")
	case policy.Channel:
		f.Check(in.Organisation != 0, "organisation", "space.organisation.needed")
	default:
		f.Add("kind", "space.kind.choice")
	}
	f.Check(in.Visibility == policy.Public || in.Visibility == policy.MembersOnly || in.Visibility == policy.Invited, "visibility", "space.visibility.choice")
	f.Check(in.Joining == policy.JoinOpen || in.Joining == policy.JoinRequest || in.Joining == policy.JoinInvitation, "joining", "space.joining.choice")
	return f.Err()
}

func length(s string, low, high int) bool {
	n := utf8.RuneCountInString(s)
	return n >= low && n <= high
}

// reserved slugs would collide with pages under /s.
var reserved = map[string]bool{"new": true, "all": true}

func validSlug(s string) bool {
	if len(s) < minSlug || len(s) > maxSlug || reserved[s] || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "membership", Owner: "member", Export: "all", Erase: db.Delete, Keep: "until the member leaves; a removal until the next invitation; the words of a request until it is decided"},
	{Name: "space", Export: "none", Keep: "until the site removes it"},
}
