package policy

import "dayroom/internal/core"

// PostState is where a post stands.
type PostState string

// The states of a post.
const (
	Open    PostState = "open"
	Held    PostState = "held"    // waits until a steward, a greeter or staff have read it
	HiddenP PostState = "hidden"  // taken down by a steward or moderator; can be restored
	Deleted PostState = "deleted" // by its author; a tombstone where replies exist
)

// ThreadKind is what a thread is for.
type ThreadKind string

// The kinds of thread.
const (
	Discussion   ThreadKind = "discussion"
	Question     ThreadKind = "question"
	Experience   ThreadKind = "experience"
	Announcement ThreadKind = "announcement"
)

// ThreadKinds lists the kinds in the order in which a form offers them.
var ThreadKinds = []ThreadKind{Discussion, Question, Experience, Announcement}

// Post holds the facts about a thread's opening post or a comment.
type Post struct {
	Author core.ID // zero: a visitor
	State  PostState
	Closed bool // the thread takes no more replies
}

func mine(a core.Actor, p Post) bool { return a.Member != 0 && a.Member == p.Author }

// ReadPost decides whether the words of a post may be read by somebody who may see its space.
func ReadPost(a core.Actor, s Space, t Ties, p Post) Decision {
	if d := SeeSpace(a, s, t); !d.OK() {
		return d
	}
	switch p.State {
	case Open:
		return Allow()
	case Held:
		if mine(a, p) || a.System || Greet(a, s, t).OK() {
			return Allow()
		}
	case HiddenP:
		if mine(a, p) || a.System || Moderate(a, s, t).OK() {
			return Allow()
		}
	}
	return Hide()
}

// ReadThread decides whether a thread's page exists for the actor. A deleted thread stays as a tombstone where it has replies,
// which the caller knows and asks for with its own rule.
func ReadThread(a core.Actor, s Space, t Ties, p Post) Decision { return ReadPost(a, s, t, p) }

// write gathers what every kind of writing in a space needs.
func write(a core.Actor, s Space, t Ties) Decision {
	return first(
		SeeSpace(a, s, t), may(a),
		allowIf(!s.Archived, "policy.space_archived"),
		allowIf(a.System || t.Joined || s.Kind == Channel, "policy.join_first"),
		allowIf(a.System || t.Rules || s.Kind == Channel, "policy.rules_first"),
	)
}

// StartThread decides whether the actor may open a thread of a kind.
func StartThread(a core.Actor, s Space, t Ties, kind ThreadKind) Decision {
	switch kind {
	case Announcement:
		return first(write(a, s, t), allowIf(s.Kind == Channel, "policy.kind_not_here"), SpeakForOrganisation(a, s, t))
	case Discussion, Experience:
		if s.Kind == Channel && !t.Staff && !a.System {
			return first(write(a, s, t), Forbid("policy.channel_questions"))
		}
		return write(a, s, t)
	case Question:
		return write(a, s, t)
	}
	return Forbid("policy.kind_not_here")
}

// AskAsVisitor decides whether somebody without an account may leave a question or a comment: in public channels, and it is held.
func AskAsVisitor(a core.Actor, s Space) Decision {
	return allowIf(a.Member == 0 && s.Kind == Channel && s.Visibility == Public && !s.Archived, SignInFirst)
}

// Reply decides whether the actor may comment in a thread.
func Reply(a core.Actor, s Space, t Ties, thread Post) Decision {
	return first(
		ReadThread(a, s, t, thread), write(a, s, t),
		allowIf(!thread.Closed || Moderate(a, s, t).OK(), "policy.thread_closed"),
		allowIf(thread.State == Open || mine(a, thread) || Greet(a, s, t).OK(), "policy.thread_held"),
	)
}

// EditPost decides who may change a post's words: its author, as long as it stands. In a channel, any of the staff may mend what
// was said in the organisation's name.
func EditPost(a core.Actor, s Space, t Ties, p Post, forOrganisation bool) Decision {
	staff := forOrganisation && t.Staff
	return first(
		ReadPost(a, s, t, p), may(a),
		allowIf(a.System || mine(a, p) || staff, "policy.author_only"),
		allowIf(p.State == Open || p.State == Held, "policy.post_hidden"),
		allowIf(!s.Archived, "policy.space_archived"),
	)
}

// DeletePost decides who may delete a post for good: its author. Stewards hide, they do not delete.
func DeletePost(a core.Actor, s Space, t Ties, p Post) Decision {
	return first(ReadPost(a, s, t, p), allowIf(a.System || mine(a, p) && a.IsMember(), "policy.author_only"))
}

// React decides who may react to, bookmark or report a post, and vote in its poll.
func React(a core.Actor, s Space, t Ties, p Post) Decision {
	return first(ReadPost(a, s, t, p), may(a), allowIf(p.State == Open, "policy.post_hidden"))
}

// ReportPost decides who may report: whoever may read and is a member, also while restricted: help must stay in reach.
func ReportPost(a core.Actor, s Space, t Ties, p Post) Decision {
	return first(ReadPost(a, s, t, p), allowIf(a.IsMember() || a.System, SignInFirst))
}

// MarkHelped decides who may mark a comment as what helped in the name of the asker: the thread's author.
func MarkHelped(a core.Actor, s Space, t Ties, thread, comment Post) Decision {
	return first(React(a, s, t, comment), allowIf(mine(a, thread), "policy.author_only"))
}

// SeeHistory decides who may read a post's earlier texts: whoever may read the post. Redacted ones are for nobody.
func SeeHistory(a core.Actor, s Space, t Ties, p Post) Decision { return ReadPost(a, s, t, p) }
