// Package demo fills a site with made-up people and their talk over the last weeks, so that whoever looks at Dayroom sees it
// lived in. The content lies in files beside the code; every person and body in it is invented.
package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"dayroom/internal/core"
	"dayroom/internal/policy"
)

//go:embed content/*.json
var files embed.FS

// SiteName is the name of the demo site.
const SiteName = "Harbour Lights"

// Persona is somebody as whom a visitor of the demo can sign in with one click.
type Persona struct {
	Name   string // "patient", "caregiver", "clinician", "staff", "steward" or "admin"
	Handle string
}

type member struct {
	Handle     string   `json:"handle"`
	Persona    string   `json:"persona"`
	Relation   string   `json:"relation"`
	For        string   `json:"for"`
	About      string   `json:"about"`
	Conditions []string `json:"conditions"`
	Treatments []string `json:"treatments"`
	Language   string   `json:"language"`
	TimeZone   string   `json:"time_zone"`
	JoinedDays int      `json:"joined_days_ago"`
	Roles      []string `json:"roles"`
	Credential *struct {
		Profession string `json:"profession"`
		Specialty  string `json:"specialty"`
		Country    string `json:"country"`
	} `json:"credential"`
}

type organisation struct {
	Slug  string `json:"slug"`
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	About string `json:"about"`
	Staff []struct {
		Handle string `json:"handle"`
		Role   string `json:"role"`
	} `json:"staff"`
}

type room struct {
	Slug         string            `json:"slug"`
	Kind         policy.SpaceKind  `json:"kind"`
	Name         string            `json:"name"`
	Description  string            `json:"description"`
	Rules        string            `json:"rules"`
	Visibility   policy.Visibility `json:"visibility"`
	Joining      policy.Joining    `json:"joining"`
	Tags         []string          `json:"tags"`
	Organisation string            `json:"organisation"`
	Stewards     []string          `json:"stewards"`
	Members      handles           `json:"members"`
}

// handles is a list of handles, or "all".
type handles struct {
	All  bool
	List []string
}

// UnmarshalJSON reads either form.
func (h *handles) UnmarshalJSON(text []byte) error {
	if string(text) == `"all"` {
		h.All = true
		return nil
	}
	return json.Unmarshal(text, &h.List)
}

type reactions struct {
	Same   []string `json:"same_here"`
	Thanks []string `json:"thank_you"`
	Helped []string `json:"helped"`
}

type comment struct {
	Author       string    `json:"author"`
	VisitorName  string    `json:"visitor_name"`
	After        int       `json:"after_minutes"`
	Body         string    `json:"body"`
	ReplyTo      int       `json:"reply_to"`
	Reactions    reactions `json:"reactions"`
	HelpedAuthor bool      `json:"helped_author"`
	Held         bool      `json:"held"`
	EditedFrom   string    `json:"edited_from"`
	Report       *struct {
		By     string `json:"by"`
		Reason string `json:"reason"`
		Note   string `json:"note"`
	} `json:"report"`
}

type talk struct {
	Space    string            `json:"space"`
	Kind     policy.ThreadKind `json:"kind"`
	Author   string            `json:"author"`
	Visitor  string            `json:"visitor_name"`
	Ago      int               `json:"ago_minutes"`
	Title    string            `json:"title"`
	Body     string            `json:"body"`
	Tags     []string          `json:"tags"`
	Warning  string            `json:"content_warning"`
	For      string            `json:"for"`
	Pinned   bool              `json:"pinned"`
	Closed   bool              `json:"closed"`
	Held     bool              `json:"held"`
	Poll     *poll             `json:"poll"`
	React    reactions         `json:"reactions"`
	Comments []comment         `json:"comments"`
}

type poll struct {
	Question string   `json:"question"`
	Options  []string `json:"options"`
	Votes    []int    `json:"votes"`
}

type content struct {
	members       []member
	organisations []organisation
	rooms         []room
	talks         []talk
}

func read() (c content, err error) {
	for name, into := range map[string]any{"members": &c.members, "organisations": &c.organisations, "spaces": &c.rooms} {
		if err := readFile("content/"+name+".json", into); err != nil {
			return c, err
		}
	}
	names, err := fs.Glob(files, "content/threads-*.json")
	if err != nil {
		return c, err
	}
	for _, name := range names {
		var part []talk
		if err := readFile(name, &part); err != nil {
			return c, err
		}
		c.talks = append(c.talks, part...)
	}
	// Oldest first: ids are ordered by time, and so should the demo's be.
	slices.SortStableFunc(c.talks, func(a, b talk) int { return b.Ago - a.Ago })
	return c, nil
}

func readFile(name string, into any) error {
	text, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the demo's %s: %w", name, err)
	}
	return nil
}

// Personas lists who can be signed in as, in the order in which they are offered.
func Personas() (out []Persona, err error) {
	var members []member
	if err := readFile("content/members.json", &members); err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.Persona != "" {
			out = append(out, Persona{m.Persona, m.Handle})
		}
	}
	return out, nil
}

func (m member) role() core.Role {
	for _, r := range []core.Role{core.RoleAdmin, core.RoleModerator} {
		if slices.Contains(m.Roles, string(r)) {
			return r
		}
	}
	return core.RoleMember
}
