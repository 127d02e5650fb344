package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/credential"
	"dayroom/internal/policy"
)

// HeldCredential is a verified professional standing with its dates.
type HeldCredential struct {
	ID     core.ID `json:"id" doc:"The credential."`
	Member core.ID `json:"member" doc:"Whose it is."`
	Credential
	Granted time.Time `json:"granted" doc:"When it was granted."`
	Expires time.Time `json:"expires" doc:"When it ends by itself."`
	Revoked time.Time `json:"revoked,omitzero" doc:"When it was ended."`
	Holds   bool      `json:"holds" doc:"Whether it counts now."`
}

// Register is a number in a register of professionals.
type Register struct {
	Number string `json:"number" doc:"As it was entered; empty where none was."`
}

type granting struct {
	AtMemberID
	Body struct {
		Credential
		Register string    `json:"register,omitempty" doc:"The number in the register; sealed, for admins only."`
		Expires  time.Time `json:"expires" doc:"When it ends by itself; within 5 years."`
	}
}

// AtCredential is an address with a credential in it.
type AtCredential struct {
	Credential ref `path:"credential" doc:"The credential."`
}

type endingFilter struct {
	Days int `query:"days" minimum:"1" maximum:"1830" default:"60" doc:"Within so many days."`
}

func showHeld(now time.Time) func(credential.Credential) HeldCredential {
	return func(k credential.Credential) HeldCredential {
		return HeldCredential{k.ID, k.Member, Credential{k.Profession, k.Specialty, k.Country}, k.Granted, k.Expires, k.Revoked, k.Holds(now)}
	}
}

func (a *API) credentials() {
	add(a, Op{ID: "list-credentials", Method: "GET", Path: "/admin/members/{member}/credentials", Door: policy.ForAdmin, Tag: "office", Summary: "A member's credentials",
		Description: "Those that ended too, the newest first.", Does: []string{"GET /admin/members/{member}"}},
		func(c Call, in *AtMemberID) (*given[listOf[HeldCredential]], error) {
			rows, err := a.Credentials.Of(c.Ctx(), c.Actor, in.Member.ID)
			return whole(rows, showHeld(c.Now), err)
		})
	add(a, Op{ID: "grant-credential", Method: "POST", Path: "/admin/members/{member}/credentials", Door: policy.ForAdmin, Tag: "office", Status: 201, Once: true,
		Summary: "Grant a credential", Description: "After looking at the register. Nobody grants one to themselves.", Does: []string{"POST /admin/members/{member}/credentials"}},
		func(c Call, in *granting) (*given[Made], error) {
			b := in.Body
			id, err := a.Credentials.Grant(c.Ctx(), c.Actor, credential.Input{Member: in.Member.ID, Profession: line(b.Profession), Specialty: line(b.Specialty),
				Country: b.Country, Register: line(b.Register), Expires: b.Expires})
			return give(Made{ID: id}, err)
		})
	add(a, Op{ID: "revoke-credential", Method: "DELETE", Path: "/admin/credentials/{credential}", Door: policy.ForAdmin, Tag: "office", Summary: "Revoke a credential",
		Description: "At once, for good.", Does: []string{"POST /admin/members/{member}/credentials/revoke"}},
		func(c Call, in *AtCredential) (*none, error) {
			return nil, a.Credentials.Revoke(c.Ctx(), c.Actor, in.Credential.ID)
		})
	add(a, Op{ID: "read-register", Method: "GET", Path: "/admin/credentials/{credential}/register", Door: policy.ForAdmin, Tag: "office", Summary: "The number in the register",
		Description: "Sealed under the member's key, opened for admins.", Does: []string{"GET /admin/members/{member}"}},
		func(c Call, in *AtCredential) (*given[Register], error) {
			number, err := a.Credentials.Register(c.Ctx(), c.Actor, in.Credential.ID)
			return give(Register{number}, err)
		})
	add(a, Op{ID: "list-ending-credentials", Method: "GET", Path: "/admin/credentials", Door: policy.ForAdmin, Tag: "office", Summary: "Credentials that end soon",
		Description: "Those that hold, the soonest first, so that registers can be looked at in time.", Does: []string{"GET /admin/credentials"}},
		func(c Call, in *endingFilter) (*given[listOf[HeldCredential]], error) {
			rows, err := a.Credentials.Ending(c.Ctx(), c.Actor, time.Duration(in.Days)*24*time.Hour)
			return whole(rows, showHeld(c.Now), err)
		})
}
