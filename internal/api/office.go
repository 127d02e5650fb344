package api

import (
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/policy"
)

// MemberRow is a member as the people who run the site see them: nothing of the profile.
type MemberRow struct {
	Named
	Role     string        `json:"role,omitempty" enum:"moderator,admin" doc:"An office on the whole site."`
	Standing core.Standing `json:"standing" enum:"waiting,active,restricted,banned,gone,placeholder" doc:"What they may do."`
	Until    time.Time     `json:"until,omitzero" doc:"When a restriction or a ban ends."`
	Joined   time.Time     `json:"joined" doc:"When they came."`
	Seen     time.Time     `json:"seen,omitzero" doc:"The day on which they were here last."`
	HasMail  bool          `json:"has_mail" doc:"An e-mail address is confirmed."`
	TwoStep  bool          `json:"two_step" doc:"They sign in with a second step."`
}

func showRow(r account.AdminRow) MemberRow {
	return MemberRow{Named{r.ID, r.Handle}, string(r.Role), r.Standing, r.Until, r.Joined, r.Seen, r.HasMail, r.TwoStep}
}

type memberFilter struct {
	Paging
	Handle   string        `query:"handle" doc:"Only handles that begin so."`
	Standing core.Standing `query:"standing" enum:"waiting,active,restricted,banned" doc:"Only with this standing. waiting: signed up, and not let in yet."`
	Office   bool          `query:"office" doc:"Only moderators and admins."`
}

// AtMemberID is an address with a member in it, by id.
type AtMemberID struct {
	Member ref `path:"member" doc:"The member."`
}

type approvalInput struct {
	AtMemberID
	Body struct {
		Approved bool `json:"approved" doc:"Let in; otherwise removed for good: what was given to sign up is not kept."`
	}
}

type roleInput struct {
	AtMemberID
	Body struct {
		Role string `json:"role" enum:"member,moderator,admin" doc:"The office on the whole site."`
	}
}

func (a *API) office() {
	add(a, Op{ID: "list-members", Method: "GET", Path: "/admin/members", Door: policy.ForModerator, Tag: "office", Summary: "Members",
		Description: "Newest first, for those who run the site.", Does: []string{"GET /admin/members", "GET /admin/waiting"}},
		func(c Call, in *memberFilter) (*given[listOf[MemberRow]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := a.Accounts.AdminList(c.Ctx(), c.Actor, account.AdminFilter{Handle: in.Handle, Standing: in.Standing, Staff: in.Office}, page)
			return listed(rows, showRow, err)
		})
	add(a, Op{ID: "read-member-row", Method: "GET", Path: "/admin/members/{member}", Door: policy.ForAdmin, Tag: "office", Summary: "A member, for admins",
		Description: "How they stand on the site.", Does: []string{"GET /admin/members/{member}"}},
		func(c Call, in *AtMemberID) (*given[MemberRow], error) {
			row, err := a.Accounts.AdminGet(c.Ctx(), c.Actor, in.Member.ID)
			return give(showRow(row), err)
		})
	add(a, Op{ID: "decide-sign-up", Method: "PUT", Path: "/admin/members/{member}/approval", Door: policy.ForModerator, Tag: "office", Summary: "Decide a sign-up",
		Description: "Lets in somebody who waits, or not.", Does: []string{"POST /admin/waiting"}},
		func(c Call, in *approvalInput) (*none, error) {
			if in.Body.Approved {
				return nil, a.Accounts.Approve(c.Ctx(), c.Actor, in.Member.ID)
			}
			return nil, a.Accounts.Decline(c.Ctx(), c.Actor, in.Member.ID)
		})
	add(a, Op{ID: "set-role", Method: "PUT", Path: "/admin/members/{member}/role", Door: policy.ForAdmin, Tag: "office", Summary: "Give or take an office",
		Description: "Taking one ends the member's sign-ins and tokens. The last admin stays one.", Does: []string{"POST /admin/members/{member}/role"}},
		func(c Call, in *roleInput) (*none, error) {
			role := core.Role(in.Body.Role)
			if role == "member" {
				role = core.RoleMember
			}
			return nil, a.Accounts.SetRole(c.Ctx(), c.Actor, in.Member.ID, role)
		})
}
