package policy

import "dayroom/internal/core"

// SpaceKind is what a space is for.
type SpaceKind string

// The kinds of space.
const (
	Community SpaceKind = "community" // peers
	Rounds    SpaceKind = "rounds"    // holders of a credential only
	Channel   SpaceKind = "channel"   // an organisation speaks and listens
)

// Visibility is who may read a space.
type Visibility string

// The visibilities. In rounds each is narrowed to holders of a credential.
const (
	Public      Visibility = "public"  // everybody, visitors and search engines too
	MembersOnly Visibility = "members" // whoever signed in
	Invited     Visibility = "invited" // the space's own members; for others it does not exist
)

// Joining is how one becomes a member of a space.
type Joining string

// The ways of joining.
const (
	JoinOpen       Joining = "open"
	JoinRequest    Joining = "request"
	JoinInvitation Joining = "invitation"
)

// Space holds the facts about a space that decisions rest on.
type Space struct {
	Kind       SpaceKind
	Visibility Visibility
	Joining    Joining
	Archived   bool
}

// Ties are what the actor is in a space.
type Ties struct {
	Joined   bool
	Asked    bool // a request to join waits
	Invited  bool // an invitation waits
	Steward  bool
	Greeter  bool // a regular who is willing to read newcomers' first posts
	Newcomer bool
	Rules    bool // has accepted the rules
	Staff    bool // of the organisation that owns the channel
}

// SeeSpace decides whether a space, with what is said in it, may be read. space.VisibleTo is the same rule in SQL; a property
// test holds the two together.
func SeeSpace(a core.Actor, s Space, t Ties) Decision {
	if a.System {
		return Allow()
	}
	if s.Kind == Rounds && !(a.IsMember() && a.Verified) {
		return Hide()
	}
	if s.Kind != Rounds && s.Kind != Community && s.Kind != Channel {
		return Hide()
	}
	switch s.Visibility {
	case Public:
		if s.Kind == Rounds { // rounds are never public, whatever a row says
			return Hide()
		}
		return Allow()
	case MembersOnly:
		if a.IsMember() {
			return Allow()
		}
	case Invited:
		if a.IsMember() && (t.Joined || t.Invited || a.IsModerator() && s.Kind != Rounds) {
			return Allow()
		}
	}
	return Hide()
}

// JoinSpace decides whether the actor may become a member of a space or ask to.
func JoinSpace(a core.Actor, s Space, t Ties) Decision {
	return first(
		SeeSpace(a, s, t), may(a),
		allowIf(!s.Archived, "policy.space_archived"),
		allowIf(!t.Joined, "policy.joined_already"),
		allowIf(s.Joining == JoinOpen || s.Joining == JoinRequest || t.Invited, "policy.invitation_needed"),
	)
}

// MakeSpace decides who may open a space: admins.
func MakeSpace(a core.Actor) Decision {
	return first(may(a), allowIf(a.System || a.IsAdmin(), "policy.admin_only"))
}

// ManageSpace decides who may change a space's description, rules and members: its stewards and admins. An admin without a
// credential sees no rounds, so cannot manage what is in them, but may appoint stewards (see AppointSteward).
func ManageSpace(a core.Actor, s Space, t Ties) Decision {
	return first(SeeSpace(a, s, t), may(a), allowIf(a.System || t.Steward || a.IsAdmin(), "policy.steward_only"))
}

// AppointSteward decides who may make a member a steward: admins, without having to see the space's threads.
func AppointSteward(a core.Actor) Decision {
	return first(may(a), allowIf(a.System || a.IsAdmin(), "policy.admin_only"))
}

// Moderate decides who may hide, close, move, pin and redact in a space: its stewards, and the site's moderators outside rounds.
// In rounds moderators act through the queue only (ModerateItem).
func Moderate(a core.Actor, s Space, t Ties) Decision {
	return first(SeeSpace(a, s, t), may(a), allowIf(a.System || t.Steward || a.IsModerator(), "policy.steward_only"))
}

// Greet decides who may read and approve posts that are held because their author is new, or unknown.
func Greet(a core.Actor, s Space, t Ties) Decision {
	if Moderate(a, s, t).OK() {
		return Allow()
	}
	willing := t.Joined && t.Greeter && !t.Newcomer && s.Kind == Community
	return first(SeeSpace(a, s, t), may(a), allowIf(willing || s.Kind == Channel && t.Staff, "policy.steward_only"))
}

// ModerateItem decides whether an item that was reported may be looked at and decided, even where the actor may not see the
// space it is in. Such a look is logged by the caller.
func ModerateItem(a core.Actor, s Space, t Ties) Decision {
	if Moderate(a, s, t).OK() {
		return Allow()
	}
	if a.IsModerator() && s.Kind == Rounds && may(a).OK() {
		return Allow()
	}
	return Hide()
}

// SpeakForOrganisation decides who may post under the name of the organisation that owns a channel.
func SpeakForOrganisation(a core.Actor, s Space, t Ties) Decision {
	return first(SeeSpace(a, s, t), may(a), allowIf(s.Kind == Channel && (t.Staff || a.System), "policy.staff_only"))
}
