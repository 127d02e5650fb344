package policy

import "dayroom/internal/core"

// Audience is who may read a field of a profile.
type Audience string

// The audiences.
const (
	Nobody   Audience = "nobody"
	MySpaces Audience = "spaces"  // people who are in a space together with the owner
	Members  Audience = "members" // whoever signed in
)

// SeeField decides whether a field of owner's profile may be read. sharesSpace says whether the two are members of one space.
// A block in either direction conceals.
func SeeField(a core.Actor, owner core.ID, audience Audience, sharesSpace, blocked bool) Decision {
	switch {
	case a.System || a.Member != 0 && a.Member == owner:
		return Allow()
	case !a.IsMember() || blocked:
		return Hide()
	case audience == Members, audience == MySpaces && sharesSpace:
		return Allow()
	}
	return Hide()
}

// SeeProfile decides whether a member's page may be opened: by members, unless one has blocked the other.
func SeeProfile(a core.Actor, owner core.ID, blockedBy bool) Decision {
	if a.System || a.Member == owner && owner != 0 {
		return Allow()
	}
	if !a.IsMember() {
		return Forbid(SignInFirst)
	}
	if blockedBy && !a.IsModerator() {
		return Hide()
	}
	return Allow()
}

// ManageSite decides who may change settings, organisations and roles.
func ManageSite(a core.Actor) Decision {
	return first(may(a), allowIf(a.System || a.IsAdmin(), "policy.admin_only"))
}

// GrantCredential decides who may declare somebody a verified professional by hand.
func GrantCredential(a core.Actor) Decision { return ManageSite(a) }

// Discipline decides who may restrict or ban a member on the whole site: moderators, never against somebody of their own rank or
// above, nor against themselves.
func Discipline(a core.Actor, target core.ID, targetRole core.Role) Decision {
	return first(
		may(a),
		allowIf(a.System || a.IsModerator(), "policy.moderator_only"),
		allowIf(a.Member != target, "policy.not_yourself"),
		allowIf(a.System || a.IsAdmin() && targetRole != core.RoleAdmin || targetRole == core.RoleMember, "policy.rank"),
	)
}

// Warn decides who may warn a member: whoever moderates where the post is.
func Warn(a core.Actor, s Space, t Ties) Decision { return Moderate(a, s, t) }

// Access is what a route asks of whoever comes. Services decide again, with the facts; this is the door.
type Access string

// The doors, each narrower than the one before, except staff and steward, which only ask for signing in: whose staff and which
// space is the service's question.
const (
	ForPublic    Access = "public"
	ForMember    Access = "member"
	ForVerified  Access = "verified"
	ForStaff     Access = "staff"
	ForSteward   Access = "steward"
	ForModerator Access = "moderator"
	ForAdmin     Access = "admin"
)

// Enter decides whether the actor may pass a door. An unknown door is closed.
func Enter(a core.Actor, door Access) Decision {
	if door == ForPublic {
		return Allow()
	}
	if !a.IsMember() {
		if a.Member != 0 && a.Standing == core.Waiting {
			return Forbid("policy.waiting")
		}
		return Forbid(SignInFirst)
	}
	switch door {
	case ForMember, ForStaff, ForSteward:
		return Allow()
	case ForVerified:
		return allowIf(a.Verified, "policy.verified_only")
	case ForModerator:
		return allowIf(a.IsModerator(), "policy.moderator_only")
	case ForAdmin:
		return allowIf(a.IsAdmin(), "policy.admin_only")
	}
	return Forbid("error.forbidden")
}
