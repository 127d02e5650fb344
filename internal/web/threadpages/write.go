package threadpages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"

	"github.com/a-h/templ"
)

// writeForm is the form of a new thread as it stands.
type writeForm struct {
	Kind                          policy.ThreadKind
	Title, Body, Tags             string
	Warning, ForWhom, VisitorName string
	PollQuestion, PollOptions     string
	PollDays                      string
	Draft                         string
	AsOrganisation, Look          bool // Look: for similar threads, before anything is sent
	Restored                      time.Time
	Problems                      ui.Problems
}

type writePage struct {
	ui.Frame
	About   space.About
	Start   thread.Start
	Form    writeForm
	Suggest []string // tags
	Similar []search.Hit
	Looked  bool // somebody asked for similar threads
	Guard   templ.Component
}

// choosePage is where to write: a list of spaces with what can be begun in each.
type choosePage struct {
	ui.Frame
	Rooms []chooseRoom
}

type chooseRoom struct {
	space.Card
	Ways []ui.Link
}

func (p *Pages) chooseSpace(c *shell.Call) error {
	mine, err := p.Spaces.Mine(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	page := choosePage{Frame: c.Frame(c.T("threads.choose.title"))}
	page.Active = ui.NavWrite
	for _, card := range mine {
		r := roomPage{Frame: page.Frame, About: space.About{Card: card}, Start: thread.MayStart(c.Actor, card.Space, card.Ties)}
		page.Rooms = append(page.Rooms, chooseRoom{card, r.startLinks()})
	}
	return c.Show(showChoose(page))
}

func (p *Pages) writeForm(c *shell.Call) error {
	about, start, err := p.writable(c)
	if err != nil {
		return err
	}
	if len(start.Kinds) == 0 && !start.Visitor {
		if start.Why == "policy.join_first" || start.Why == "policy.rules_first" {
			return c.Go(admission(about.Space, start.Why, c.R.URL.RequestURI()))
		}
		return core.E(core.Forbidden, start.Why)
	}
	form := writeForm{Kind: kindOf(c.Query("kind")), Draft: newDraft(), AsOrganisation: start.ForOrganisation}
	if err := p.restore(c, about.ID, &form); err != nil {
		return err
	}
	if start.Visitor {
		form.Kind = policy.Question
	}
	return p.showWrite(c, http.StatusOK, about, start, form)
}

// writable gives the space and what the actor may begin there. Whom signing in could help is asked to.
func (p *Pages) writable(c *shell.Call) (space.About, thread.Start, error) {
	about, err := p.Spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return about, thread.Start{}, err
	}
	start := thread.MayStart(c.Actor, about.Space, about.Ties)
	if start.Why == policy.SignInFirst && !start.Visitor {
		err = core.E(core.Unauthenticated, policy.SignInFirst)
	}
	return about, start, err
}

// restore fills the form with the draft that the address names, or with the latest one for this space.
func (p *Pages) restore(c *shell.Call, sp core.ID, form *writeForm) error {
	if !c.Actor.IsMember() || c.Query("fresh") != "" {
		return nil
	}
	d, err := p.draftFor(c, sp, c.Query("draft"))
	if err != nil || d.ID == "" || form.Kind != "" && d.Kind != form.Kind && c.Query("draft") == "" {
		return err
	}
	form.Kind, form.Title, form.Body, form.Tags = d.Kind, d.Title, d.Body, strings.Join(d.Tags, ", ")
	form.Warning, form.ForWhom, form.Draft, form.Restored = d.Warning, d.ForWhom, d.ID, d.UpdatedAt
	return nil
}

func (p *Pages) draftFor(c *shell.Call, sp core.ID, id string) (thread.Draft, error) {
	if id == "" {
		return p.Threads.DraftIn(c.Ctx(), c.Actor, sp, 0)
	}
	list, err := p.Threads.Drafts(c.Ctx(), c.Actor)
	for _, d := range list {
		if d.ID == id && d.Space == sp && d.Thread == 0 {
			return d, err
		}
	}
	return thread.Draft{}, err
}

// showWrite shows the form, or the choice of a kind where none is chosen yet.
func (p *Pages) showWrite(c *shell.Call, status int, about space.About, start thread.Start, form writeForm) error {
	page := writePage{Frame: frameIn(c, about.Space, c.T("threads.write.title", about.Name)), About: about, Start: start, Form: form}
	page.Active = ui.NavWrite
	if !start.May(form.Kind) && !start.Visitor && !form.Problems.Any() {
		return c.ShowStatus(status, showKinds(page))
	}
	used, err := p.Threads.Tags(c.Ctx(), c.Actor, about.ID, tagsShown)
	if err != nil {
		return err
	}
	page.Suggest = suggestions(about.Tags, used)
	if page.Looked = form.Look; form.Look {
		if page.Similar, err = p.Finder.Similar(c.Ctx(), c.Actor, form.Title); err != nil {
			return err
		}
	}
	if c.Actor.Member == 0 {
		page.Guard = p.visitorFields(c, writeScope(about.ID), form.Problems)
	}
	return c.ShowStatus(status, showWrite(page))
}

// suggestions are the tags of the space, then those that people use most, each once.
func suggestions(own, used []string) (out []string) {
	for _, tag := range append(slices.Clone(own), used...) {
		if !slices.Contains(out, tag) && len(out) < tagsShown {
			out = append(out, tag)
		}
	}
	return out
}

// kindOf reads the kind of a thread. One that nobody knows is a discussion: the words matter more than the drawer.
func kindOf(sent string) policy.ThreadKind {
	if k := policy.ThreadKind(sent); k == "" || slices.Contains(policy.ThreadKinds, k) {
		return k
	}
	return policy.Discussion
}

func typedThread(f shell.Form) writeForm {
	return writeForm{
		Kind: kindOf(f.Line("kind")), Title: f.Line("title"), Body: f.Text("body"), Tags: f.Line("tags"),
		Warning: f.Line("warning"), ForWhom: f.Line("for_whom"), VisitorName: f.Line("visitor_name"),
		PollQuestion: f.Line("poll_question"), PollOptions: f.Text("poll_options"), PollDays: f.Line("poll_days"),
		Draft: f.Line("draft"), AsOrganisation: f.Has("as_organisation"), Look: f.Has("similar"),
	}
}

func (p *Pages) create(c *shell.Call) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	form := typedThread(f)
	sp, _, err := p.Spaces.Read(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		if signedOut(c, f, err) {
			return p.keepWords(c, f)
		}
		return err
	}
	if form.Look && c.Actor.IsMember() {
		return p.lookFirst(c, form)
	}
	t, err := p.sendThread(c, f, form, sp)
	if err != nil {
		return p.createAgain(c, f, form, err)
	}
	return p.posted(c, thread.Post{Space: sp, Thread: t}, t.State)
}

// lookFirst shows the form again as it was typed, with threads that are like its title.
func (p *Pages) lookFirst(c *shell.Call, form writeForm) error {
	if err := p.mayAsk(c); err != nil {
		return err
	}
	about, start, err := p.writable(c)
	if err != nil {
		return err
	}
	return p.showWrite(c, http.StatusOK, about, start, form)
}

func (p *Pages) sendThread(c *shell.Call, f shell.Form, form writeForm, sp space.Space) (thread.Thread, error) {
	poll, err := form.poll()
	if err == nil {
		err = described(c, form.Body)
	}
	if err != nil {
		return thread.Thread{}, err
	}
	var t thread.Thread
	err = p.guarded(c, f, writeScope(sp.ID), func() (err error) {
		t, err = p.Threads.Create(c.Ctx(), c.Actor, thread.Opening{
			Space: sp.ID, Kind: form.Kind, Title: form.Title, Body: form.Body, Tags: f.Tags("tags"), Warning: form.Warning,
			ForWhom: form.ForWhom, Poll: poll, AsOrganisation: form.AsOrganisation, VisitorName: form.VisitorName, Draft: form.Draft,
		})
		return err
	})
	return t, err
}

// poll is nil where nobody began one.
func (f writeForm) poll() (*thread.PollInput, error) {
	if f.PollQuestion == "" && f.PollOptions == "" {
		return nil, nil
	}
	in := &thread.PollInput{Question: f.PollQuestion, Options: strings.Split(f.PollOptions, "\n")}
	if f.PollDays != "" {
		days, err := strconv.Atoi(f.PollDays)
		if err != nil {
			return nil, core.Field("poll_days", "thread.poll.days")
		}
		in.Days = days
	}
	return in, nil
}

// createAgain shows the form once more, with what was typed and what is wrong with it.
func (p *Pages) createAgain(c *shell.Call, f shell.Form, form writeForm, err error) error {
	if signedOut(c, f, err) {
		return p.keepWords(c, f)
	}
	m, rest := c.Mistakes(err)
	if rest != nil {
		return rest
	}
	form.Problems = ui.ProblemsOf(c.Voice, err)
	about, err := p.Spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	return p.showWrite(c, m.Status, about, thread.MayStart(c.Actor, about.Space, about.Ties), form)
}
