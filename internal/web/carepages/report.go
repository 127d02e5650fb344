package carepages

import (
	"slices"

	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// reportPage is the form to tell the moderators about a post.
type reportPage struct {
	ui.Frame
	ui.Problems
	Post   thread.Post
	Reason string
	Note   string
}

// actPage is the form of a steward's act on a post, from the post's own page.
type actPage struct {
	ui.Frame
	Post     thread.Post
	Panel    panel
	Mistakes shell.Mistakes
}

// direct are the acts that a steward has on a post's own page.
var direct = []queue.Act{queue.Hide, queue.Restore, queue.Warn}

func (p *pages) reportForm(c *shell.Call) error {
	post, err := p.post(c)
	if err != nil {
		return err
	}
	if act := queue.Act(c.Query("act")); slices.Contains(direct, act) {
		return p.actForm(c, post, act)
	}
	return c.Show(showReport(reportPage{Frame: p.postFrame(c, "report.title", post), Post: post}))
}

func (p *pages) post(c *shell.Call) (thread.Post, error) {
	id, err := c.ID("post")
	if err != nil {
		return thread.Post{}, err
	}
	return p.posts.Find(c.Ctx(), c.Actor, id)
}

func (p *pages) postFrame(c *shell.Call, title string, post thread.Post) ui.Frame {
	f := c.Frame(c.T(title))
	return f
}

func (p *pages) actForm(c *shell.Call, post thread.Post, act queue.Act) error {
	if err := policy.Moderate(c.Actor, post.Space.Facts(), post.Ties).Err(); err != nil {
		return err
	}
	page := actPage{Frame: p.postFrame(c, "queue.direct."+string(act), post), Post: post}
	page.Panel = panels(c.Voice, []queue.Act{act}, typed{}, shell.Mistakes{})[0]
	return c.Show(showAct(page))
}

func (p *pages) report(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	post, err := p.post(c)
	if err != nil {
		return err
	}
	if act := queue.Act(form.Line("act")); slices.Contains(direct, act) {
		return p.act(c, form, post, act)
	}
	reason, note := form.Line("reason"), form.Text("note")
	if _, err = p.queue.Report(c.Ctx(), c.Actor, post.ID(), queue.Reason(reason), note); err == nil {
		key := "report.sent"
		if queue.Reason(reason) == queue.Crisis {
			key = "report.sent.crisis"
		}
		c.Say(ui.Good, key)
		return c.Go(post.Path())
	}
	m, rest := c.Mistakes(err)
	if rest != nil {
		return rest
	}
	return c.ShowStatus(m.Status, showReport(reportPage{Frame: p.postFrame(c, "report.title", post), Problems: ui.ProblemsOf(c.Voice, err),
		Post: post, Reason: reason, Note: note}))
}

// act carries out what a steward decided on a post's own page.
func (p *pages) act(c *shell.Call, form shell.Form, post thread.Post, act queue.Act) error {
	ruling, t := readRuling(c, form)
	do := map[queue.Act]func() (queue.Decision, error){
		queue.Hide:    func() (queue.Decision, error) { return p.queue.HidePost(c.Ctx(), c.Actor, post.ID(), ruling.Reason) },
		queue.Restore: func() (queue.Decision, error) { return p.queue.RestorePost(c.Ctx(), c.Actor, post.ID(), ruling.Reason) },
		queue.Warn:    func() (queue.Decision, error) { return p.queue.WarnAuthor(c.Ctx(), c.Actor, post.ID(), ruling.Reason) },
	}
	d, err := do[act]()
	if err != nil {
		m, rest := c.Mistakes(err)
		if rest != nil {
			return rest
		}
		page := actPage{Frame: p.postFrame(c, "queue.direct."+string(act), post), Post: post, Mistakes: m}
		page.Panel = panels(c.Voice, []queue.Act{act}, t, m)[0]
		return c.ShowStatus(m.Status, showAct(page))
	}
	if slices.Contains(undoable, act) {
		c.SayWithLink(ui.Good, filter{}.path(0, d.ID), "queue.undo", "queue.done."+string(act))
	} else {
		c.Say(ui.Good, "queue.done."+string(act))
	}
	return c.Go(post.Path())
}

func (p reportPage) reasons() ui.Field {
	f := ui.Field{Name: "reason", Label: p.T("report.reason"), Value: p.Reason, Required: true}
	for _, r := range queue.Reasons {
		f.Options = append(f.Options, ui.Option{Value: string(r), Label: p.T("report.reason." + string(r)), Hint: p.T("report.reason." + string(r) + ".hint")})
	}
	return p.Wrong(f)
}

func (p reportPage) note() ui.Field {
	return p.Wrong(ui.Field{Name: "note", Label: p.T("report.note"), Value: p.Note, Optional: true, Rows: 3, Max: 600})
}
