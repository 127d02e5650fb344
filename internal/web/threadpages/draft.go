package threadpages

import (
	"net/http"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// saveDraft keeps what somebody has begun to write. A script sends it; without one a draft is kept by the browser alone.
func (p *Pages) saveDraft(c *shell.Call) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	d := thread.Draft{
		ID: f.Line("draft"), Space: f.ID("space"), Thread: f.ID("thread"), Parent: f.ID("parent"), Kind: policy.ThreadKind(f.Line("kind")),
		Title: f.Line("title"), Body: f.Text("body"), Tags: f.Tags("tags"), Warning: f.Line("warning"), ForWhom: f.Line("for_whom"),
	}
	if d.Title == "" && d.Body == "" {
		err = p.Threads.DropDraft(c.Ctx(), c.Actor, d.ID)
	} else {
		err = p.Threads.SaveDraft(c.Ctx(), c.Actor, d)
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"draft": d.ID})
}

func (p *Pages) dropDraft(c *shell.Call) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Threads.DropDraft(c.Ctx(), c.Actor, f.Line("draft")); err != nil {
		return err
	}
	c.Say(ui.Good, "threads.draft.dropped")
	if back := f.Raw("back"); back != "" {
		return c.Go(back)
	}
	return c.Go("/drafts")
}

// draftRow is a draft in the list, with the way to go on writing.
type draftRow struct {
	thread.Draft
	Title string // of the thread, or of the thread to be
	Where string
	Href  string // empty where the thread or the space cannot be read any more
}

type draftsPage struct {
	ui.Frame
	Rows []draftRow
}

func (p *Pages) drafts(c *shell.Call) error {
	list, err := p.Threads.Drafts(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	mine, err := p.Spaces.Mine(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	page := draftsPage{Frame: c.Frame(c.T("threads.drafts.title"))}
	page.Active = ui.NavMe
	for _, d := range list {
		row, err := p.draftRow(c, d, mine)
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, row)
	}
	return c.Show(showDrafts(page))
}

func (p *Pages) draftRow(c *shell.Call, d thread.Draft, mine []space.Card) (draftRow, error) {
	row := draftRow{Draft: d, Title: d.Title, Where: c.T("threads.draft.lost")}
	if d.Thread != 0 {
		post, err := p.Threads.Find(c.Ctx(), c.Actor, d.Thread)
		if core.IsNotFound(err) {
			return row, nil
		}
		row.Title, row.Where, row.Href = c.T("threads.draft.reply", threadTitle(c.Voice, post.Thread)), post.Space.Name, pagePath(d.Thread, core.Cursor{})+"#reply"
		return row, err
	}
	if row.Title == "" {
		row.Title = c.T("threads.draft.untitled")
	}
	for _, card := range mine {
		if card.ID == d.Space {
			row.Where, row.Href = card.Name, card.Path()+"/write?kind="+string(d.Kind)+"&draft="+d.ID
		}
	}
	return row, nil
}

// preview answers a script with the HTML that a text would become.
func (p *Pages) preview(c *shell.Call) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	html, err := p.Threads.Preview(c.Ctx(), c.Actor, f.Text("body"))
	if err != nil {
		m, rest := c.Mistakes(err)
		if rest != nil {
			return rest
		}
		return c.ShowStatus(http.StatusOK, note(m.Of("body")))
	}
	return c.Show(fragment(html))
}
