package core

// Actor is who asks: a member who signed in, a visitor, or the server itself. It is loaded once a request and carries just
// what policy needs to know of the person, never what is looked at.
type Actor struct {
	Member   ID     // zero for a visitor
	Handle   string // for pages; policy does not read it
	Role     Role
	Verified bool // holds a credential that has not expired
	Standing Standing
	SignIn   ID     // the sign-in that the request came with; zero when there is none
	Token    ID     // the personal token that a program came with; zero for a person in a browser
	Scopes   Scopes // what the token may be used for; nothing where Token is zero
	System   bool   // the server itself: jobs, import, demo
}

// Scopes are what a personal token may be used for. They narrow what its member may do and never widen it.
type Scopes uint8

// The scopes. Every token may read; ScopeAdmin includes ScopeModerate as the office does.
const (
	ScopeRead     Scopes = 1 << iota // read what the member may read
	ScopeWrite                       // do what a member does
	ScopeModerate                    // act as steward, greeter or moderator, where the member is one
	ScopeAdmin                       // act as admin, where the member is one
)

// Has tells whether all of these are among the scopes.
func (s Scopes) Has(these Scopes) bool { return s&these == these }

// Office tells whether the actor brings along what they are in a space beside a member: always, unless a program came with a
// token that is not meant for it.
func (a Actor) Office() bool { return a.Token == 0 || a.Scopes.Has(ScopeModerate) }

// Narrow gives the actor as a token with these scopes lets them act: without the offices that the token leaves aside.
func (a Actor) Narrow(token ID, scopes Scopes) Actor {
	a.Token, a.Scopes = token, scopes|ScopeRead
	if a.Scopes.Has(ScopeAdmin) {
		a.Scopes |= ScopeModerate
	}
	if a.Role == RoleAdmin && !a.Scopes.Has(ScopeAdmin) {
		a.Role = RoleModerator
	}
	if a.Role == RoleModerator && !a.Scopes.Has(ScopeModerate) {
		a.Role = RoleMember
	}
	return a
}

// Role is a site-wide office. Stewards are per space and no role.
type Role string

// The roles.
const (
	RoleMember    Role = ""
	RoleModerator Role = "moderator"
	RoleAdmin     Role = "admin"
)

// Standing is what a member may do on the whole site.
type Standing string

// The standings. An unknown one counts as banned: unknown state denies.
const (
	Active      Standing = "active"
	Waiting     Standing = "waiting"     // signed up where sign-up needs an approval
	Restricted  Standing = "restricted"  // may read and not write, until a moderator lifts it
	Banned      Standing = "banned"      // may not sign in
	Gone        Standing = "gone"        // erased; only the tombstone stays
	Placeholder Standing = "placeholder" // an imported author: cannot sign in and counts in no statistic
)

// Visitor is nobody in particular.
var Visitor = Actor{}

// SystemActor acts for the server.
var SystemActor = Actor{System: true, Standing: Active}

// IsMember says whether somebody signed in who may use the site.
func (a Actor) IsMember() bool {
	return a.Member != 0 && (a.Standing == Active || a.Standing == Restricted)
}

// MayWrite says whether the actor may write anything at all.
func (a Actor) MayWrite() bool { return a.System || a.Member != 0 && a.Standing == Active }

// IsAdmin says whether the actor keeps the site.
func (a Actor) IsAdmin() bool { return a.IsMember() && a.Role == RoleAdmin }

// IsModerator says whether the actor moderates the whole site; an admin does.
func (a Actor) IsModerator() bool {
	return a.IsMember() && (a.Role == RoleModerator || a.Role == RoleAdmin)
}
