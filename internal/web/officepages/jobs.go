package officepages

import (
	"net/url"

	"dayroom/internal/core"
	"dayroom/internal/platform/job"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

type jobsPage struct {
	ui.Frame
	Tabs  []ui.Tab
	State job.State
	List  []job.Row
	Newer string
	Older string
}

// views are the lists of jobs, what needs a person first.
var views = []job.State{job.Failed, job.Waiting, job.Running, job.Done, job.Cancelled}

func jobsAt(state job.State, after core.Cursor) string {
	q := url.Values{"state": {string(state)}}
	if !after.IsZero() {
		q.Set("after", after.String())
	}
	return jobsPath + "?" + q.Encode()
}

func (p *pages) jobs(c *shell.Call) error {
	state := job.Failed
	if s := c.Query("state"); s != "" {
		var err error
		if state, err = job.ParseState(s); err != nil {
			return err
		}
	}
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	list, err := job.List(c.Ctx(), p.DB, c.Actor, state, core.Page{After: after})
	if err != nil {
		return err
	}
	page := jobsPage{Frame: c.OfficeFrame(c.T("jobs.title")), State: state, List: list.Items}
	for _, v := range views {
		page.Tabs = append(page.Tabs, ui.Tab{Label: c.T("jobs.state." + string(v)), Href: jobsAt(v, core.Cursor{}), Current: v == state})
	}
	if !after.IsZero() {
		page.Newer = jobsAt(state, core.Cursor{})
	}
	if !list.Next.IsZero() {
		page.Older = jobsAt(state, list.Next)
	}
	return c.Show(showJobs(page))
}

func (p *pages) retryJob(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Jobs.Retry(c.Ctx(), c.Actor, form.ID("job")); err != nil {
		return err
	}
	c.Say(ui.Good, "jobs.retried")
	return c.Go(jobsAt(job.Waiting, core.Cursor{}))
}

func (p *pages) cancelJob(c *shell.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Jobs.Cancel(c.Ctx(), c.Actor, form.ID("job")); err != nil {
		return err
	}
	c.Say(ui.Calm, "jobs.cancelled")
	return c.Go(jobsAt(job.Failed, core.Cursor{}))
}

// name is what a job does, in words where there are some.
func name(v ui.Voice, kind string) string {
	if key := "jobs.kind." + kind; v.Has(key) {
		return v.T(key)
	}
	return kind
}
