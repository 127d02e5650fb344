package api

import (
	"context"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/organisation"
	"dayroom/internal/policy"
)

// AtMember is an address with a member in it.
type AtMember struct {
	Handle string `path:"handle" doc:"The member's handle." example:"old_oak"`
}

// Member is a member as one reader may see them.
type Member struct {
	Named
	MovedTo     string           `json:"moved_to,omitempty" doc:"The handle that was asked for was given up for this one: the rest is absent."`
	Role        string           `json:"role,omitempty" enum:"moderator,admin" doc:"An office on the whole site."`
	Relation    account.Relation `json:"relation,omitempty" enum:"patient,caregiver,professional,other" doc:"What brings them here, as far as the reader may know."`
	ForWhom     string           `json:"for_whom,omitempty" doc:"Whom they care for."`
	About       string           `json:"about,omitempty" doc:"In their own words."`
	Conditions  []string         `json:"conditions,omitempty" doc:"Conditions that they chose to tell the reader."`
	Treatments  []string         `json:"treatments,omitempty" doc:"Treatments that they chose to tell the reader."`
	Language    string           `json:"language,omitempty" doc:"The language that they speak best."`
	TimeZone    string           `json:"time_zone,omitempty" doc:"Where their day begins."`
	Credentials []Credential     `json:"credentials,omitempty" doc:"Verified professional standings that hold now."`
	Staff       []Staffing       `json:"staff,omitempty" doc:"The organisations that they speak for."`
	Imported    bool             `json:"imported,omitempty" doc:"An author of an import: nobody here."`
	Blocked     bool             `json:"blocked,omitempty" doc:"The reader does not want to see what they write."`
	Joined      time.Time        `json:"joined,omitzero" doc:"The day."`
	Mine        bool             `json:"mine,omitempty" doc:"It is the reader."`
}

// Staffing is an organisation that somebody speaks for.
type Staffing struct {
	Organisation string `json:"organisation" doc:"The organisation's name in addresses." example:"harbour-lights"`
	Name         string `json:"name" doc:"Its name."`
	Role         string `json:"role" doc:"What they are there, in words." example:"press officer"`
}

// Block is somebody whom the member does not want to hear.
type Block struct {
	Named
	At time.Time `json:"at" doc:"Since when."`
}

func (a *API) memberships() {
	add(a, Op{ID: "read-member", Method: "GET", Path: "/members/{handle}", Door: policy.ForMember, Tag: "members", Summary: "A member",
		Description: "What they let the reader know of them.", Does: []string{"GET /m/{handle}"}}, a.readMember)
	add(a, Op{ID: "list-blocks", Method: "GET", Path: "/me/blocks", Door: policy.ForMember, Tag: "members", Summary: "Whom I have blocked",
		Description: "The latest first.", Does: []string{"GET /me/blocked"}},
		func(c Call, _ *struct{}) (*given[listOf[Block]], error) {
			rows, err := a.Accounts.Blocks(c.Ctx(), c.Actor)
			return whole(rows, func(b account.BlockRow) Block { return Block{Named{b.Member, b.Handle}, b.At} }, err)
		})
	add(a, Op{ID: "block-member", Method: "PUT", Path: "/me/blocks/{handle}", Door: policy.ForMember, Tag: "members", Summary: "Block a member",
		Description: "Conceals the own profile from them and their words from oneself. They are not told.", Does: []string{"POST /m/{handle}/block"}}, a.block(a.Accounts.Block))
	add(a, Op{ID: "unblock-member", Method: "DELETE", Path: "/me/blocks/{handle}", Door: policy.ForMember, Tag: "members", Summary: "Lift a block",
		Description: "One that is not there is no error.", Does: []string{"POST /m/{handle}/unblock"}}, a.block(a.Accounts.Unblock))
}

func (a *API) readMember(c Call, in *AtMember) (*given[Member], error) {
	m, err := a.Accounts.Show(c.Ctx(), c.Actor, in.Handle)
	if err != nil || m.MovedTo != "" {
		return give(Member{MovedTo: m.MovedTo}, err)
	}
	staff, err := a.Organisations.Of(c.Ctx(), m.Member)
	out := Member{
		Named: Named{m.Member, m.Handle}, Role: string(m.Role), Relation: m.Relation, ForWhom: m.ForWhom, About: m.About, Conditions: m.Conditions,
		Treatments: m.Treatments, Language: m.Language, TimeZone: m.TimeZone, Imported: m.Placeholder, Blocked: m.Blocked, Joined: m.Joined, Mine: m.Mine,
	}
	for _, k := range m.Credentials {
		out.Credentials = append(out.Credentials, Credential(k))
	}
	for _, s := range staff {
		out.Staff = append(out.Staff, showStaffing(s))
	}
	return give(out, err)
}

func showStaffing(m organisation.Membership) Staffing { return Staffing{m.Slug, m.Name, m.Role} }

// block changes whether a member is blocked.
func (a *API) block(act func(ctx context.Context, actor core.Actor, target core.ID) error) func(Call, *AtMember) (*none, error) {
	return func(c Call, in *AtMember) (*none, error) {
		m, err := a.Accounts.Show(c.Ctx(), c.Actor, in.Handle)
		if err == nil && m.MovedTo != "" {
			err = core.Missing("member")
		}
		if err != nil {
			return nil, err
		}
		return nil, act(c.Ctx(), c.Actor, m.Member)
	}
}
