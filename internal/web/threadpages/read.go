package threadpages

import (
	"net/http"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"

	"github.com/a-h/templ"
)

// threadPage is a page of a thread.
type threadPage struct {
	ui.Frame
	*desk
	About    space.About
	Opening  ui.PostView
	Comments []ui.PostView
	Poll     *ui.PollView
	What     []helpedItem
	Box      templ.Component // the reply form at the end; nil where it stands under a comment, or where nobody may reply
	Why      *refusal        // why the reader cannot reply
	Next     string          // the address of the next page
	Previous string          // the address of the page before, where that is not the first
}

// refusal says why somebody cannot write, and what would help.
type refusal struct {
	Sentence string
	Way      ui.Link
}

func (p *Pages) read(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	v, err := p.Threads.Read(c.Ctx(), c.Actor, id, after)
	if err != nil {
		return err
	}
	if err := p.Notices.Seen(c.Ctx(), c.Actor, id); err != nil {
		return err
	}
	form, err := p.begin(c, v)
	if err != nil {
		return err
	}
	return p.showThread(c, http.StatusOK, v, after, form)
}

// showThread shows a page of a thread with a reply form as it stands.
func (p *Pages) showThread(c *shell.Call, status int, v thread.View, after core.Cursor, form replyForm) error {
	about, err := p.Spaces.About(c.Ctx(), c.Actor, v.Space.Slug)
	if err != nil {
		return err
	}
	people, err := p.castOf(c, v.Space, writersOf(v))
	if err != nil {
		return err
	}
	page := threadPage{Frame: frameIn(c, v.Space, threadTitle(c.Voice, v.Thread)), About: about}
	publish(c, &page.Frame, v.Space, pagePath(v.Thread.ID, after), firstWords(v.Thread))
	if c.R.Method == http.MethodGet {
		page.Live = []string{"t" + v.Thread.ID.String()}
	}
	roots := branches(v.Comments)
	page.desk = newDesk(v, people, after, roots)
	p.place(c, &page, form)
	page.Opening, page.Comments = page.desk.opening(), page.desk.comments(roots)
	page.Poll, page.What = page.desk.poll(), page.desk.helped()
	if !v.Previous.IsZero() {
		page.Previous = pagePath(v.Thread.ID, v.Previous) + "#replies"
	}
	if !v.Next.IsZero() {
		page.Next = pagePath(v.Thread.ID, v.Next) + "#replies"
	}
	return c.ShowStatus(status, showThread(page))
}

// place puts the reply form where it belongs: under the comment that it answers when that is on the page, else at the end.
func (p *Pages) place(c *shell.Call, page *threadPage, form replyForm) {
	d := page.desk
	if !d.Can.Reply && !d.Can.Visitor && !form.Problems.Any() {
		page.Why = refusalOf(page.Frame, d.Can.ReplyWhy, d.Space, d.Thread)
		return
	}
	form.Visitor, form.ForOrganisation, form.Owner = c.Actor.Member == 0, d.Can.ForOrganisation, page.About.Owner
	form.Kind = d.Space.Kind
	answered, known := d.parents[form.Parent]
	if known && !gone(answered) {
		form.To = d.name(commenter(answered))
	}
	box := replyBox(page.Voice, form)
	if form.Visitor {
		box = visitorBox(page.Voice, form, p.visitorFields(c, replyScope(form.Thread), form.Problems))
	}
	d.form = form
	for _, row := range d.View.Comments {
		if form.Parent != 0 && row.ID == form.Parent && !gone(row) {
			d.box = box
			return
		}
	}
	page.Box = box
}

// refusalOf explains why somebody cannot reply. Nothing is said under a thread that is only a tombstone.
func refusalOf(f ui.Frame, why string, sp space.Space, t thread.Thread) *refusal {
	if t.State == policy.Deleted || why == "" {
		return nil
	}
	r := refusal{Sentence: f.T(why)}
	switch why {
	case policy.SignInFirst:
		r = refusal{f.T("threads.reply.sign_in"), ui.Link{Href: signInPath(f), Label: f.T("frame.sign_in")}}
	case "policy.join_first", "policy.rules_first":
		r.Way = ui.Link{Href: admission(sp, why, f.Path+"#reply"), Label: f.T("threads.join_first")}
	case "policy.thread_closed":
		r.Sentence = f.T("threads.closed.reply")
	}
	return &r
}

func writersOf(v thread.View) []writer {
	out := []writer{writerOf(v.Thread)}
	for _, c := range v.Comments {
		out = append(out, commenter(c))
	}
	for _, c := range v.Helped {
		out = append(out, commenter(c))
	}
	for _, c := range v.Answered {
		out = append(out, commenter(c))
	}
	return out
}

// threadTitle is the title of a thread, or what stands in its place when the author took it back.
func threadTitle(v ui.Voice, t thread.Thread) string {
	if t.State == policy.Deleted {
		return v.T("threads.gone.title")
	}
	return t.Title
}

// findComment leads to the page of its thread that has a comment.
func (p *Pages) findComment(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	t, after, err := p.Threads.FindComment(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	return c.Go(pagePath(t, after) + "#" + commentAnchor(id))
}

// firstNew leads to the first comment that the reader has not read, or to the thread.
func (p *Pages) firstNew(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	after, found, err := p.Threads.FirstNew(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	if !found {
		return c.Go(pagePath(id, core.Cursor{}))
	}
	return c.Go(pagePath(id, after) + "#new")
}
