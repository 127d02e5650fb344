package api

import (
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/policy"
)

// SignIn is a browser that is signed in.
type SignIn struct {
	ID     core.ID   `json:"id" doc:"The sign-in."`
	Device string    `json:"device,omitempty" doc:"What the browser says of itself, coarsely." example:"Firefox, Android"`
	Began  time.Time `json:"began" doc:"When."`
	Seen   time.Time `json:"seen" doc:"When it was used last, to 10 minutes."`
}

// Token is a personal token; the token itself is told only where it is made.
type Token struct {
	ID     core.ID   `json:"id" doc:"The token."`
	Name   string    `json:"name" doc:"What its member calls it."`
	Scopes []string  `json:"scopes" enum:"read,write,moderate,admin" doc:"What it may be used for."`
	Made   time.Time `json:"made" doc:"When."`
	Used   time.Time `json:"used,omitzero" doc:"When it was used last, to 10 minutes."`
	Ends   time.Time `json:"ends" doc:"When it ends by itself."`
	Mine   bool      `json:"mine" doc:"It is the one that asks."`
}

// Security is how a member signs in.
type Security struct {
	Password  bool `json:"password" doc:"With a password."`
	TwoStep   bool `json:"two_step" doc:"With the code of a device beside it."`
	Mail      bool `json:"mail" doc:"An e-mail address is confirmed."`
	Passkeys  int  `json:"passkeys" doc:"How many passkeys."`
	CodesLeft int  `json:"recovery_codes" doc:"How many recovery codes are left."`
	SignIns   int  `json:"sign_ins" doc:"How many browsers are signed in."`
	Tokens    int  `json:"tokens" doc:"How many tokens there are."`
}

type atSignIn struct {
	SignIn ref `path:"sign_in" doc:"The sign-in."`
}

type atToken struct {
	Token ref `path:"token" doc:"The token."`
}

func (a *API) entries() {
	add(a, Op{ID: "read-security", Method: "GET", Path: "/me/security", Door: policy.ForMember, Tag: "me", Summary: "How I sign in",
		Description: "What there is, as counts. Changing any of it asks for a person at the pages.", Does: []string{"GET /me"}},
		func(c Call, _ *struct{}) (*given[Security], error) {
			s, err := a.Accounts.Security(c.Ctx(), c.Actor)
			return give(Security(s), err)
		})
	add(a, Op{ID: "list-sign-ins", Method: "GET", Path: "/me/sign-ins", Door: policy.ForMember, Tag: "me", Summary: "Where I am signed in",
		Description: "The one used last first.", Does: []string{"GET /me/sign-ins"}},
		func(c Call, _ *struct{}) (*given[listOf[SignIn]], error) {
			rows, err := a.Accounts.SignIns(c.Ctx(), c.Actor)
			return whole(rows, func(r account.SignInRow) SignIn { return SignIn{r.ID, r.Device.String(), r.Began, r.Seen} }, err)
		})
	add(a, Op{ID: "end-sign-in", Method: "DELETE", Path: "/me/sign-ins/{sign_in}", Door: policy.ForMember, Tag: "me", Summary: "End a sign-in",
		Description: "At once.", Does: []string{"POST /me/sign-ins/end"}},
		func(c Call, in *atSignIn) (*none, error) {
			return nil, a.Accounts.EndSignIn(c.Ctx(), c.Actor, in.SignIn.ID)
		})
	add(a, Op{ID: "end-others", Method: "DELETE", Path: "/me/sign-ins", Door: policy.ForMember, Tag: "me", Summary: "End every sign-in and token but this one",
		Description: "For when something was lost.", Does: []string{"POST /me/sign-ins/others"}},
		func(c Call, _ *struct{}) (*none, error) { return nil, a.Accounts.EndOthers(c.Ctx(), c.Actor) })
	add(a, Op{ID: "list-tokens", Method: "GET", Path: "/me/tokens", Door: policy.ForMember, Tag: "me", Summary: "My tokens",
		Description: "Those that have not ended, the newest first. They are made at the pages.", Does: []string{"GET /me/tokens"}},
		func(c Call, _ *struct{}) (*given[listOf[Token]], error) {
			rows, err := a.Accounts.Tokens(c.Ctx(), c.Actor)
			return whole(rows, func(t account.Token) Token {
				return Token{t.ID, t.Name, namesOf(t.Scopes), t.Made, t.Used, t.Ends, t.ID == c.Actor.Token}
			}, err)
		})
	add(a, Op{ID: "end-token", Method: "DELETE", Path: "/me/tokens/{token}", Door: policy.ForMember, Tag: "me", Summary: "End a token",
		Description: "At once. A program that has done its work may end its own.", Does: []string{"POST /me/tokens/end"}},
		func(c Call, in *atToken) (*none, error) {
			return nil, a.Accounts.EndToken(c.Ctx(), c.Actor, in.Token.ID)
		})
}
