package threadpages

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// replyForm is the form under a thread, as it stands.
type replyForm struct {
	Thread, Space, Parent  core.ID
	Body, Warning, ForWhom string
	VisitorName            string
	Draft                  string // its id
	AsOrganisation         bool
	Restored               time.Time // when the words come from a draft
	Problems               ui.Problems

	To              string // whom it answers
	Visitor         bool
	ForOrganisation bool
	Owner           string // the organisation's name
	Kind            policy.SpaceKind
}

func (f replyForm) action() string { return "/t/" + f.Thread.String() + "/reply" }

// begin makes the form that a page of a thread opens with: an answer to a comment, a quotation, a draft that goes on, or empty.
func (p *Pages) begin(c *shell.Call, v thread.View) (replyForm, error) {
	form := replyForm{Thread: v.Thread.ID, Space: v.Space.ID, Draft: newDraft(), AsOrganisation: v.Can.ForOrganisation}
	if !v.Can.Reply {
		return form, nil
	}
	asked := c.Query("reply") != "" || c.Query("quote") != ""
	if asked {
		if err := p.aim(c, v, &form); err != nil {
			return form, err
		}
	}
	d, err := p.Threads.DraftIn(c.Ctx(), c.Actor, v.Space.ID, v.Thread.ID)
	if err != nil || d.ID == "" || form.Body != "" || asked && d.Parent != form.Parent {
		return form, err
	}
	form.Parent, form.Draft, form.Restored = d.Parent, d.ID, d.UpdatedAt
	form.Body, form.Warning, form.ForWhom = d.Body, d.Warning, d.ForWhom
	return form, nil
}

// aim reads from the address what is answered or quoted. What cannot be read any more is passed over.
func (p *Pages) aim(c *shell.Call, v thread.View, form *replyForm) error {
	quoting := c.Query("quote") != ""
	id, err := core.ParseID(c.Query("reply") + c.Query("quote"))
	if err != nil {
		return nil
	}
	post, err := p.Threads.Find(c.Ctx(), c.Actor, id)
	if core.IsNotFound(err) || err == nil && post.Thread.ID != v.Thread.ID {
		return nil
	}
	if err != nil {
		return err
	}
	if post.Comment != nil {
		form.Parent = post.Comment.ID
	}
	if quoting {
		people, err := p.castOf(c, v.Space, []writer{postWriter(post)})
		if err != nil {
			return err
		}
		form.Body = quotation(people.name(postWriter(post)), post.Author() != 0, post.Body())
	}
	return nil
}

// quotation is a Markdown quotation of a post, led by who said it.
func quotation(name string, member bool, body string) string {
	if member {
		name = "@" + name
	}
	var b strings.Builder
	b.WriteString("> " + name + ":\n>\n")
	for line := range strings.SplitSeq(strings.TrimSpace(body), "\n") {
		b.WriteString(strings.TrimRight("> "+line, " ") + "\n")
	}
	return b.String() + "\n"
}

// newDraft makes the id that a form is sent under, so that sending it twice posts once.
func newDraft() string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func typedReply(f shell.Form, id core.ID) replyForm {
	return replyForm{Thread: id, Space: f.ID("space"), Parent: f.ID("parent"), Body: f.Text("body"), Warning: f.Line("warning"),
		ForWhom: f.Line("for_whom"), VisitorName: f.Line("visitor_name"), Draft: f.Line("draft"), AsOrganisation: f.Has("as_organisation")}
}

func (p *Pages) reply(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	form := typedReply(f, id)
	written, err := p.sendReply(c, f, form)
	if err != nil {
		return p.replyAgain(c, f, form, err)
	}
	return p.posted(c, thread.Post{Thread: thread.Thread{ID: id}, Comment: &written}, written.State)
}

func (p *Pages) sendReply(c *shell.Call, f shell.Form, form replyForm) (thread.Comment, error) {
	var written thread.Comment
	err := p.guarded(c, f, replyScope(form.Thread), func() (err error) {
		if err = described(c, form.Body); err == nil {
			written, err = p.Threads.Reply(c.Ctx(), c.Actor, thread.ReplyInput{
				Thread: form.Thread, Parent: form.Parent, Body: form.Body, Warning: form.Warning, ForWhom: form.ForWhom,
				AsOrganisation: form.AsOrganisation, VisitorName: form.VisitorName, Draft: form.Draft,
			})
		}
		return err
	})
	return written, err
}

// posted leads to a new post and says where it stands, when it is not there for everybody.
func (p *Pages) posted(c *shell.Call, post thread.Post, state policy.PostState) error {
	sayElsewhere(c, post.Body())
	if c.Actor.Member == 0 {
		c.Say(ui.Good, "threads.held.visitor")
		if post.Comment == nil {
			return c.Go(post.Space.Path())
		}
		return c.Go(post.Thread.Path())
	}
	if state == policy.Held {
		c.Say(ui.Calm, "threads.held.flash")
	}
	if post.Comment == nil {
		return c.Go(post.Thread.Path())
	}
	return p.goBack(c, post)
}

// replyAgain shows the form once more, with what was typed and what is wrong with it.
func (p *Pages) replyAgain(c *shell.Call, f shell.Form, form replyForm, err error) error {
	if signedOut(c, f, err) {
		return p.keepWords(c, f)
	}
	m, rest := c.Mistakes(err)
	if rest != nil {
		return rest
	}
	form.Problems = ui.ProblemsOf(c.Voice, err)
	var after core.Cursor
	if form.Parent != 0 {
		if t, page, err := p.Threads.FindComment(c.Ctx(), c.Actor, form.Parent); err == nil && t == form.Thread {
			after = page
		} else {
			form.Parent = 0 // it is gone: the words can still be sent, to the thread
		}
	}
	v, err := p.Threads.Read(c.Ctx(), c.Actor, form.Thread, after)
	if err != nil {
		return err
	}
	form.Space = v.Space.ID
	return p.showThread(c, m.Status, v, after, form)
}
