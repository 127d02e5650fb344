package threadpages

import (
	"net/http"
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// editForm is the form of an edit as it stands. Version is the one that it was made from.
type editForm struct {
	Title, Body, Tags, Warning, ForWhom string
	Version                             int64
	Problems                            ui.Problems
}

type editPage struct {
	ui.Frame
	Post thread.Post
	Form editForm
	// Theirs is the text as it stands now, when somebody changed it meanwhile.
	Conflict bool
}

func (p editPage) opening() bool { return p.Post.Comment == nil }

func (p *Pages) editForm(c *shell.Call) error {
	post, err := p.postOf(c)
	if err != nil {
		return err
	}
	if !p.Threads.MayEdit(c.Actor, post) {
		return core.E(core.Forbidden, "policy.author_only")
	}
	return p.showEdit(c, http.StatusOK, editPage{Post: post, Form: formOf(post)})
}

// postOf finds the post that the address names.
func (p *Pages) postOf(c *shell.Call) (thread.Post, error) {
	id, err := c.ID("id")
	if err != nil {
		return thread.Post{}, err
	}
	return p.Threads.Find(c.Ctx(), c.Actor, id)
}

func formOf(post thread.Post) editForm {
	if k := post.Comment; k != nil {
		return editForm{Body: k.Body, Warning: k.Warning, ForWhom: k.ForWhom, Version: k.Version}
	}
	t := post.Thread
	return editForm{Title: t.Title, Body: t.Body, Tags: strings.Join(t.Tags, ", "), Warning: t.Warning, ForWhom: t.ForWhom, Version: t.Version}
}

func (p *Pages) showEdit(c *shell.Call, status int, page editPage) error {
	page.Frame = frameIn(c, page.Post.Space, c.T("threads.edit.title"))
	return c.ShowStatus(status, showEdit(page))
}

func typedEdit(f shell.Form) editForm {
	version, _ := strconv.ParseInt(f.Line("version"), 10, 64) // a broken one is no version: the edit is a conflict
	return editForm{Title: f.Line("title"), Body: f.Text("body"), Tags: f.Line("tags"), Warning: f.Line("warning"), ForWhom: f.Line("for_whom"), Version: version}
}

func (p *Pages) edit(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	form := typedEdit(f)
	if err = described(c, form.Body); err == nil {
		_, err = p.Threads.Edit(c.Ctx(), c.Actor, thread.Change{Post: id, Version: form.Version, Title: form.Title, Body: form.Body,
			Tags: f.Tags("tags"), Warning: form.Warning, ForWhom: form.ForWhom})
	}
	if err != nil {
		return p.editAgain(c, form, err)
	}
	post, err := p.Threads.Find(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	c.Say(ui.Good, "threads.edit.done")
	sayElsewhere(c, form.Body)
	return p.goBack(c, post)
}

// editAgain shows the form once more. After a conflict both texts stand on the page, and sending again puts this one in place of
// the other.
func (p *Pages) editAgain(c *shell.Call, form editForm, err error) error {
	m, rest := c.Mistakes(err)
	if rest != nil {
		return rest
	}
	conflict := core.CodeOf(err) == core.Conflict
	form.Problems = ui.ProblemsOf(c.Voice, err)
	post, err := p.postOf(c)
	if err != nil {
		return err
	}
	if conflict {
		form.Version = post.Version()
	}
	return p.showEdit(c, m.Status, editPage{Post: post, Form: form, Conflict: conflict})
}

type deletePage struct {
	ui.Frame
	Post    thread.Post
	Answers bool // others answered: a tombstone stays
}

func (p *Pages) deleteForm(c *shell.Call) error {
	post, err := p.postOf(c)
	if err != nil {
		return err
	}
	if !p.Threads.MayDelete(c.Actor, post) {
		return core.E(core.Forbidden, "policy.author_only")
	}
	page := deletePage{Frame: frameIn(c, post.Space, c.T("threads.delete.title")), Post: post}
	page.Answers = post.Comment == nil && post.Thread.Replies > 0
	return c.Show(showDelete(page))
}

func (p *Pages) delete(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(); err != nil {
		return err
	}
	post, err := p.Threads.Delete(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	c.Say(ui.Good, "threads.delete.done")
	if post.Comment == nil && post.Thread.Replies == 0 {
		return c.Go(post.Space.Path())
	}
	return c.Go(post.Thread.Path() + "#replies")
}

type historyPage struct {
	ui.Frame
	Post     thread.Post
	Versions []thread.Version // the newest first
	Redact   bool
	Problems ui.Problems
	Typed    redaction // what came back with a mistake
}

// redaction is what a steward wrote about one version.
type redaction struct {
	Version int64
	Reason  string
}

// reason is the field for why the words of a version go.
func (p historyPage) reason(version int64) ui.Field {
	f := ui.Field{Name: "reason-" + strconv.FormatInt(version, 10), Label: p.T("threads.redact.reason"), Hint: p.T("threads.redact.reason.hint"), Rows: 3, Max: 1000, Required: true}
	if p.Typed.Version == version {
		f.Value, f.Error = p.Typed.Reason, p.Problems.Of("reason")
	}
	return f
}

func (p *Pages) history(c *shell.Call) error {
	return p.showVersions(c, http.StatusOK, redaction{}, ui.Problems{})
}

func (p *Pages) showVersions(c *shell.Call, status int, typed redaction, wrong ui.Problems) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	post, versions, err := p.Threads.History(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	page := historyPage{Frame: frameIn(c, post.Space, c.T("threads.history.title")), Post: post, Redact: p.Threads.MayRedact(c.Actor, post), Typed: typed, Problems: wrong}
	for i := len(versions) - 1; i >= 0; i-- {
		page.Versions = append(page.Versions, versions[i])
	}
	return c.ShowStatus(status, showHistory(page))
}

func (p *Pages) redact(c *shell.Call) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f.Line("version"), 10, 64)
	if err != nil {
		return core.E(core.Invalid, "error.bad_form")
	}
	typed := redaction{version, f.Text("reason-" + f.Line("version"))}
	if err := p.Redactor.Redact(c.Ctx(), c.Actor, id, version, typed.Reason); err != nil {
		m, rest := c.Mistakes(err)
		if rest != nil || m.Of("reason") == "" {
			return err
		}
		return p.showVersions(c, m.Status, typed, ui.ProblemsOf(c.Voice, err))
	}
	post, err := p.Threads.Find(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	c.Say(ui.Good, "threads.redact.done")
	return c.Go(post.Path() + "/history")
}
