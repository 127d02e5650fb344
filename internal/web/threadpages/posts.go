package threadpages

import (
	"net/url"

	"dayroom/internal/core"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
	"dayroom/internal/web/ui"

	"github.com/a-h/templ"
)

// node is a comment in the tree of a page.
type node struct {
	thread.Comment
	parent  *node
	depth   int
	beside  bool // it answers a comment that is set in as deep as can be, and stands beside it
	answers []*node
}

// gone tells a tombstone: the reader may not read the words, or there are none any more.
func gone(c thread.Comment) bool { return c.Body == "" }

// branches makes a tree of a page's comments, which come in the order in which branches began, answers after what they answer.
// What answers something that is not on the page stands at the beginning of the line.
func branches(rows []thread.Comment) (roots []*node) {
	here := map[core.ID]*node{}
	for _, c := range rows {
		if gone(c) && c.State == policy.Held {
			continue // that something waits is for nobody to know but its author and those who read it
		}
		n := &node{Comment: c, parent: here[c.Parent]}
		if n.parent != nil && n.parent.depth == thread.MaxDepth {
			n.parent, n.beside = n.parent.parent, true
		}
		if n.parent == nil {
			roots = append(roots, n)
		} else {
			n.depth = n.parent.depth + 1
			n.parent.answers = append(n.parent.answers, n)
		}
		here[c.ID] = n
	}
	return roots
}

// inOrder goes through the comments as they stand on the page until visit gives false.
func inOrder(nodes []*node, visit func(*node) bool) bool {
	for _, n := range nodes {
		if !visit(n) || !inOrder(n.answers, visit) {
			return false
		}
	}
	return true
}

// desk makes posts of a page ready to be shown to one reader.
type desk struct {
	thread.View
	cast
	after    core.Cursor // where the page begins
	parents  map[core.ID]thread.Comment
	firstNew core.ID // the first comment that the reader has not read
	newHere  int     // how many there are on the page
	form     replyForm
	box      templ.Component // the reply form, where it stands under a comment of the page
}

func newDesk(v thread.View, cs cast, after core.Cursor, roots []*node) *desk {
	d := &desk{View: v, cast: cs, after: after, parents: map[core.ID]thread.Comment{}}
	for id, c := range v.Answered {
		d.parents[id] = c
	}
	inOrder(roots, func(n *node) bool {
		d.parents[n.ID] = n.Comment
		if v.ReadTo > 0 && n.Place > v.ReadTo && n.Author != cs.reader.Member && !gone(n.Comment) {
			d.newHere++
			if d.firstNew == 0 {
				d.firstNew = n.ID
			}
		}
		return true
	})
	return d
}

// here is the address of this page with a question to it: which post to answer, which to quote.
func (d *desk) here(name string, id core.ID) string {
	q := url.Values{name: {id.String()}}
	if !d.after.IsZero() {
		q.Set("after", d.after.String())
	}
	return d.Thread.Path() + "?" + q.Encode() + "#reply"
}

func (d *desk) comments(nodes []*node) []ui.PostView {
	out := make([]ui.PostView, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, d.comment(n))
	}
	return out
}

func (d *desk) comment(n *node) ui.PostView {
	c := n.Comment
	v := ui.PostView{ID: commentAnchor(c.ID), Href: thread.CommentPath(c.ID), When: c.CreatedAt, Edited: c.EditedAt,
		NewHere: c.ID == d.firstNew, Replies: d.comments(n.answers)}
	if d.box != nil && d.form.Parent == c.ID {
		v.Below = d.box
	}
	if gone(c) {
		v.Gone = ui.GoneByAuthor
		if c.State == policy.HiddenP {
			v.Gone = ui.GoneByModerator
		}
		return v
	}
	v.Body, v.Warning, v.Helped = c.HTML, c.Warning, c.AuthorHelped
	d.dress(&v, commenter(c), c.Facts())
	if d.Can.Reply {
		v.ReplyHref = d.here("reply", c.ID)
	}
	v.Reactions = d.reactions(c.ID, c.Reactions)
	v.Actions = d.actions(c.ID, v.Href, c.Facts(), c.Organisation, !c.EditedAt.IsZero())
	v.Strips = d.strips(c.Facts(), d.answers(n))
	return v
}

// dress does what an opening post and a comment have in common.
func (d *desk) dress(v *ui.PostView, w writer, p policy.Post) {
	v.Who = d.person(w)
	v.Who.Author = w.Member != 0 && w.Member == d.Thread.Author && !v.Opening
	if d.blocked(w) {
		v.Folded, v.Warning = d.voice.T("threads.blocked"), ""
	}
	if d.May(d.reader, p, w.Organisation).React {
		v.ReactURL = v.Href + "/react"
	}
}

func (d *desk) opening() ui.PostView {
	t := d.Thread
	v := ui.PostView{ID: openingAnchor, Href: t.Path(), When: t.CreatedAt, Edited: t.EditedAt, Opening: true}
	if t.State == policy.Deleted {
		v.Gone = ui.GoneByAuthor
		return v
	}
	v.Body, v.Warning = t.HTML, t.Warning
	d.dress(&v, writerOf(t), t.Facts())
	v.Reactions = d.reactions(t.ID, t.Reactions)
	v.Actions = append(d.actions(t.ID, t.Path(), t.Facts(), t.Organisation, !t.EditedAt.IsZero()), d.arrangements()...)
	v.Strips = d.strips(t.Facts(), nil)
	return v
}

// answers says whom a comment answers where that cannot be seen from where it stands.
func (d *desk) answers(n *node) templ.Component {
	if n.Parent == 0 || n.parent != nil && !n.beside {
		return nil
	}
	parent, known := d.parents[n.Parent]
	if !known || gone(parent) {
		return nil
	}
	return inReply(d.voice, ui.Link{Href: thread.CommentPath(n.Parent), Label: d.name(commenter(parent))})
}

// strips are the labels on a post: who may see it while it waits, that it was taken down, whom it answers.
func (d *desk) strips(p policy.Post, answers templ.Component) templ.Component {
	mine := p.Author != 0 && p.Author == d.reader.Member
	switch {
	case p.State == policy.Held && mine:
		return labels(answers, ui.Strip(d.voice, ui.Calm, d.voice.T("threads.held.mine"), ui.Link{}))
	case p.State == policy.Held:
		return labels(answers, ui.Strip(d.voice, ui.Caution, d.voice.T("threads.held.others"), ui.Link{Href: ui.PathQueue, Label: d.voice.T("threads.held.queue")}))
	case p.State == policy.HiddenP && mine:
		return labels(answers, ui.Strip(d.voice, ui.Caution, d.voice.T("threads.hidden.mine"), ui.Link{Href: ui.PathNotices, Label: d.voice.T("threads.hidden.why")}))
	case p.State == policy.HiddenP:
		return labels(answers, ui.Strip(d.voice, ui.Caution, d.voice.T("threads.hidden.others"), ui.Link{}))
	}
	return answers
}

var reactionKinds = []thread.Reaction{thread.SameHere, thread.ThankYou, thread.HelpedThis}

// off stands before a reaction in a form that takes it back, so that pressing twice by mistake changes nothing.
const off = "-"

func (d *desk) reactions(post core.ID, n thread.Counts) []ui.Reaction {
	given := map[thread.Reaction]bool{}
	for _, k := range d.Mine[post] {
		given[k] = true
	}
	counts := map[thread.Reaction]int{thread.SameHere: n.Same, thread.ThankYou: n.Thanks, thread.HelpedThis: n.Helped}
	out := make([]ui.Reaction, 0, len(reactionKinds))
	for _, k := range reactionKinds {
		r := ui.Reaction{Key: string(k), Label: d.voice.T("threads.react." + string(k)), Count: counts[k], Mine: given[k]}
		if r.Mine {
			r.Key = off + r.Key
		}
		out = append(out, r)
	}
	return out
}

// actions is the menu of a post. A visitor has none but the history of what was edited.
func (d *desk) actions(id core.ID, path string, p policy.Post, organisation core.ID, edited bool) (out []ui.Action) {
	say := d.voice.T
	may := d.May(d.reader, p, organisation)
	add := func(when bool, a ui.Action) {
		if when {
			out = append(out, a)
		}
	}
	member, marked := d.reader.IsMember(), d.Bookmarked[id]
	add(d.Can.Reply, ui.Action{Label: say("threads.quote"), Href: d.here("quote", id), Icon: ui.IconQuote})
	add(member && !marked, ui.Action{Label: say("threads.bookmark"), Href: path + "/bookmark", Icon: ui.IconBookmark, Post: true, Hidden: hide("on", "1")})
	add(member && marked, ui.Action{Label: say("threads.bookmark.remove"), Href: path + "/bookmark", Icon: ui.IconBookmark, Post: true})
	add(may.Edit, ui.Action{Label: say("threads.edit"), Href: path + "/edit", Icon: ui.IconEdit})
	add(edited, ui.Action{Label: say("threads.history"), Href: path + "/history", Icon: ui.IconWait})
	add(may.Report, ui.Action{Label: say("threads.report"), Href: "/report/" + id.String(), Icon: ui.IconFlag})
	moderate := d.Can.Moderate && d.reader.Member != p.Author
	add(moderate && p.State != policy.HiddenP, ui.Action{Label: say("threads.hide"), Href: "/report/" + id.String() + "?act=hide", Icon: ui.IconEye})
	add(moderate && p.State == policy.HiddenP, ui.Action{Label: say("threads.restore"), Href: "/report/" + id.String() + "?act=restore", Icon: ui.IconEye})
	add(may.Delete, ui.Action{Label: say("threads.delete"), Href: path + "/delete", Icon: ui.IconTrash, Bad: true})
	return out
}

// arrangements are what a steward, and the asker, may do with a whole thread.
func (d *desk) arrangements() (out []ui.Action) {
	say, path := d.voice.T, d.Thread.Path()
	if d.Can.Close && d.Thread.ClosedAt.IsZero() {
		out = append(out, ui.Action{Label: say("threads.close"), Href: path + "/close", Icon: ui.IconLock, Post: true, Hidden: hide("on", "1"), Confirm: say("threads.close.sure")})
	} else if d.Can.Close {
		out = append(out, ui.Action{Label: say("threads.open"), Href: path + "/close", Icon: ui.IconLock, Post: true})
	}
	if !d.Can.Moderate {
		return out
	}
	if d.Thread.PinnedAt.IsZero() {
		out = append(out, ui.Action{Label: say("threads.pin"), Href: path + "/pin", Icon: ui.IconPin, Post: true, Hidden: hide("on", "1")})
	} else {
		out = append(out, ui.Action{Label: say("threads.unpin"), Href: path + "/pin", Icon: ui.IconPin, Post: true})
	}
	return append(out, ui.Action{Label: say("threads.move"), Href: path + "/move", Icon: ui.IconOlder})
}

func hide(name, value string) []ui.Hidden { return []ui.Hidden{{Name: name, Value: value}} }

// helpedItem is a comment under "what helped", on top of the thread.
type helpedItem struct {
	Who   ui.Person
	First string
	Href  string
	Marks string // who says that it helped
}

func (d *desk) helped() (out []helpedItem) {
	if d.Thread.Kind == policy.Announcement { // what helped is about illness, not about news
		return nil
	}
	for _, c := range d.Helped {
		w := commenter(c)
		if d.blocked(w) {
			continue
		}
		item := helpedItem{Who: d.person(w), First: markup.Summary(c.HTML), Href: thread.CommentPath(c.ID)}
		if c.Warning != "" {
			item.First = d.voice.T("thread.warning", c.Warning)
		}
		switch {
		case c.AuthorHelped && d.Thread.Author == d.reader.Member:
			item.Marks = d.voice.T("threads.helped.you")
		case c.AuthorHelped:
			item.Marks = d.voice.T("threads.helped.asker")
		default:
			item.Marks = d.voice.T("threads.helped.others", c.Reactions.Helped)
		}
		out = append(out, item)
	}
	return out
}

func (d *desk) poll() *ui.PollView {
	if d.Poll == nil {
		return nil
	}
	answered := d.Poll.Mine >= 0
	may := d.May(d.reader, d.Thread.Facts(), 0).React || d.reader.Member == d.Thread.Author && d.Can.React
	v := &ui.PollView{Question: d.Poll.Question, ID: "poll", People: d.Poll.Total, Closed: d.Poll.Closed, Hidden: may && !answered && !d.Poll.Closed}
	if may && !d.Poll.Closed {
		v.VoteURL = d.Thread.Path() + "/vote"
	}
	for i, label := range d.Poll.Options {
		v.Options = append(v.Options, ui.PollOption{Value: d.voice.Number(i), Label: label, Count: d.Poll.Votes[i], Mine: i == d.Poll.Mine})
	}
	return v
}
