package queue

import (
	"slices"
	"strconv"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// handle decides whether the actor may look at an item and decide it. Nobody handles what is about their own post: it would make
// them judge in their own case, and tell them who reported.
func handle(a core.Actor, s policy.Space, t policy.Ties, i Item) policy.Decision {
	if i.Author != 0 && i.Author == a.Member {
		return policy.Hide()
	}
	d := policy.Hide()
	switch i.Kind {
	case Held:
		d = policy.Greet(a, s, t)
	case Reported:
		d = policy.ModerateItem(a, s, t)
	}
	if !d.OK() {
		return policy.Hide()
	}
	return d
}

// concealed tells that the actor may look only because the post was reported, and that the look has to be logged.
func concealed(a core.Actor, s policy.Space, t policy.Ties) bool {
	return s.Kind == policy.Rounds && !policy.Moderate(a, s, t).OK()
}

// handleable is handle in SQL, for an item i whose thread t is in a space s; seen is concealed's opposite. A property test holds
// the two together. Placeholders begin at $1.
func handleable(a core.Actor, now time.Time) (condition, seen string, args []any) {
	if a.System {
		return "TRUE", "TRUE", nil
	}
	if !a.MayWrite() {
		return "FALSE", "FALSE", nil
	}
	visible, args := space.VisibleTo(a, 1)
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	me := arg(a.Member)
	own := "i.author <> " + me
	if a.IsModerator() {
		return own + " AND (" + visible + " OR s.kind = 'rounds' AND i.kind = 'report')", "(" + visible + ")", args
	}
	in := "EXISTS (SELECT 1 FROM membership h WHERE h.space = s.id AND h.member = " + me + " AND h.state = 'joined' AND "
	steward := in + "h.role = 'steward')"
	greeter := "i.kind = 'held' AND s.kind = 'community' AND " + in + "h.greeter AND h.approved >= " + strconv.Itoa(space.NewcomerPosts) +
		" AND h.since <= " + arg(db.Millis(now.Add(-space.NewcomerDays*24*time.Hour))) + ")"
	staff := "i.kind = 'held' AND s.kind = 'channel' AND EXISTS (SELECT 1 FROM staff f WHERE f.organisation = s.organisation AND f.member = " + me + ")"
	return own + " AND " + visible + " AND (" + steward + " OR " + greeter + " OR " + staff + ")", "TRUE", args
}

// Act is what a decision does.
type Act string

// The acts.
const (
	Approve  Act = "approve"  // a held post stands
	Hide     Act = "hide"     // the post is taken down, or not let through
	Restore  Act = "restore"  // a hidden post stands again
	Warn     Act = "warn"     // the author is told; the post stays
	Dismiss  Act = "dismiss"  // the report needs nothing done
	Restrict Act = "restrict" // the author may read and not write, for a while; the post is taken down
	Ban      Act = "ban"      // the author may not sign in; the post is taken down
	Lift     Act = "lift"     // ends a restriction or a ban
	Looked   Act = "looked"   // a moderator without a credential read a reported post of rounds
	Redact   Act = "redact"   // the words of an earlier version are gone for good
	Undo     Act = "undo"     // a decision was taken back
)

// offered are the acts on an item, in the order of their keys.
var offered = []Act{Approve, Hide, Restore, Warn, Dismiss, Restrict, Ban}

// acts lists what the actor may do about an item.
func acts(a core.Actor, sc scene, author core.Role) []Act {
	return slices.DeleteFunc(slices.Clone(offered), func(act Act) bool { return !mayDo(a, sc, author, act) })
}

// mayDo decides whether an act fits an item and the actor may do it. Greeters let posts through; refusing one is for those who
// answer for the space: its stewards, and the staff of a channel.
func mayDo(a core.Actor, sc scene, author core.Role, act Act) bool {
	post := sc.Post.Facts()
	there := !sc.gone() && post.State != policy.Deleted
	moderates := policy.Moderate(a, sc.Space.Facts(), sc.Ties).OK() || sc.Item.Kind == Reported
	switch act {
	case Approve:
		return sc.Item.Kind == Held && there && post.State == policy.Held
	case Hide:
		staff := sc.Space.Kind == policy.Channel && sc.Ties.Staff
		return there && post.State != policy.HiddenP && (moderates || staff)
	case Restore:
		return sc.Item.Kind == Reported && there && post.State == policy.HiddenP && moderates
	case Warn:
		return sc.Item.Kind == Reported && sc.Item.Author != 0 && moderates
	case Dismiss:
		return sc.Item.Kind == Reported || !there
	case Restrict, Ban:
		return there && sc.Item.Author != 0 && policy.Discipline(a, sc.Item.Author, author).OK()
	}
	return false
}

// facts is what mayDo wants for an act on a post without an item.
func directly(p thread.Post) scene {
	return scene{Item: Item{Kind: Reported, Thread: p.Thread.ID, Post: p.ID(), Author: p.Author()}, Space: p.Space, Ties: p.Ties, Post: p}
}
