package api

import (
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/policy"
)

// Invitation is an invitation to the site; its code is told only where it is made.
type Invitation struct {
	Ref     string    `json:"ref" doc:"Its name, for ending it."`
	Maker   Named     `json:"maker" doc:"Who made it."`
	Left    int64     `json:"left" doc:"For how many people it is still good."`
	Created time.Time `json:"created" doc:"When it was made."`
	Ends    time.Time `json:"ends" doc:"When it ends by itself."`
}

// NewInvitation is one that was just made.
type NewInvitation struct {
	Code string `json:"code,omitempty" doc:"What lets somebody in. It is told in the first answer only: an answer that is repeated for an Idempotency-Key has none."`
	Link string `json:"link,omitempty" doc:"The page where it is used, with the code in it."`
}

// kept leaves the code out of what is kept for repeated requests: whoever reads the database must not be able to join by it.
func (NewInvitation) kept() any { return NewInvitation{} }

type invitationInput struct {
	Body struct {
		Uses int64 `json:"uses" doc:"For how many people, 1 to 1000."`
		Days int   `json:"days" doc:"For how many days, 1 to 90."`
	}
}

type atInvitation struct {
	Ref string `path:"ref" doc:"The invitation's name in the list."`
}

func (a *API) invitations() {
	add(a, Op{ID: "list-invitations", Method: "GET", Path: "/me/invitations", Door: policy.ForMember, Tag: "invitations", Summary: "My invitations to the site",
		Description: "The newest first.", Does: []string{"GET /me/invites"}},
		func(c Call, _ *struct{}) (*given[listOf[Invitation]], error) { return a.listInvitations(c, false) })
	add(a, Op{ID: "invite", Method: "POST", Path: "/me/invitations", Door: policy.ForMember, Tag: "invitations", Status: 201, Once: true, Summary: "Invite somebody to the site",
		Description: "For one person, for 14 days; at most 5 at a time.", Does: []string{"POST /me/invites"}},
		func(c Call, _ *struct{}) (*given[NewInvitation], error) {
			return a.makeInvitation(c, account.InviteInput{Uses: 1, Days: 14})
		})
	add(a, Op{ID: "end-invitation", Method: "DELETE", Path: "/me/invitations/{ref}", Door: policy.ForMember, Tag: "invitations", Summary: "End an invitation",
		Description: "One's own; an admin's token with the scope admin ends anybody's.", Does: []string{"POST /me/invites/end", "POST /admin/invites/end"}},
		func(c Call, in *atInvitation) (*none, error) {
			return nil, a.Accounts.EndInvite(c.Ctx(), c.Actor, in.Ref)
		})
	add(a, Op{ID: "list-all-invitations", Method: "GET", Path: "/admin/invitations", Door: policy.ForAdmin, Tag: "invitations", Summary: "Everybody's invitations",
		Description: "The newest first.", Does: []string{"GET /admin/invites"}},
		func(c Call, _ *struct{}) (*given[listOf[Invitation]], error) { return a.listInvitations(c, true) })
	add(a, Op{ID: "invite-many", Method: "POST", Path: "/admin/invitations", Door: policy.ForAdmin, Tag: "invitations", Status: 201, Once: true, Summary: "Invite many",
		Description: "For a ward or a course.", Does: []string{"POST /admin/invites"}},
		func(c Call, in *invitationInput) (*given[NewInvitation], error) {
			return a.makeInvitation(c, account.InviteInput{Uses: in.Body.Uses, Days: in.Body.Days})
		})
}

func (a *API) makeInvitation(c Call, in account.InviteInput) (*given[NewInvitation], error) {
	code, err := a.Accounts.MakeInvite(c.Ctx(), c.Actor, in)
	return give(NewInvitation{code, c.BaseURL() + "/join?code=" + code}, err)
}

func (a *API) listInvitations(c Call, all bool) (*given[listOf[Invitation]], error) {
	rows, err := a.Accounts.Invites(c.Ctx(), c.Actor, all)
	if err != nil {
		return nil, err
	}
	var makers []core.ID
	for _, r := range rows {
		makers = append(makers, r.Maker)
	}
	handles, err := a.Accounts.Handles(c.Ctx(), makers)
	return whole(rows, func(i account.Invite) Invitation {
		return Invitation{i.Ref, Named{i.Maker, handles[i.Maker]}, i.Left, i.Created, i.Ends}
	}, err)
}
