package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
)

// Me is who asks.
type Me struct {
	ID       core.ID       `json:"id" doc:"The member."`
	Handle   string        `json:"handle" doc:"The name that others see." example:"maria_hl"`
	Role     string        `json:"role" enum:"member,moderator,admin" doc:"The office on the whole site that this token lets the member use."`
	Standing core.Standing `json:"standing" enum:"active,restricted" doc:"Whether the member may write now."`
	Verified bool          `json:"verified" doc:"Whether the member holds a credential."`
	Scopes   []string      `json:"scopes" enum:"read,write,moderate,admin" doc:"What the token may be used for."`
	Now      time.Time     `json:"now" doc:"The server's clock."`
}

func (a *API) mine() {
	add(a, Op{ID: "read-me", Method: "GET", Path: "/me", Door: policy.ForMember, Tag: "me",
		Summary: "Who am I", Description: "The member whose token this is, and what the token may be used for."},
		func(c Call, _ *struct{}) (*given[Me], error) {
			role := string(c.Actor.Role)
			if role == "" {
				role = "member"
			}
			return give(Me{c.Actor.Member, c.Actor.Handle, role, c.Actor.Standing, c.Actor.Verified, namesOf(c.Actor.Scopes), c.Now}, nil)
		})
}
