package threadpages

import (
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// asked reads what every act is sent with: the id in the address and the form.
func asked(c *shell.Call) (core.ID, shell.Form, error) {
	id, err := c.ID("id")
	if err != nil {
		return 0, shell.Form{}, err
	}
	f, err := c.Form()
	return id, f, err
}

// react gives a reaction, or takes it back when a "-" stands before it: pressing the same button twice by mistake changes nothing.
func (p *Pages) react(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	kind, taken := strings.CutPrefix(f.Line("reaction"), off)
	post, err := p.Threads.React(c.Ctx(), c.Actor, id, thread.Reaction(kind), !taken)
	if err != nil {
		return err
	}
	return p.goBack(c, post)
}

func (p *Pages) helped(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	post, err := p.Threads.MarkHelped(c.Ctx(), c.Actor, id, f.Has("on"))
	if err != nil {
		return err
	}
	return p.goBack(c, post)
}

func (p *Pages) bookmark(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	if err := p.Threads.Bookmark(c.Ctx(), c.Actor, id, f.Has("on")); err != nil {
		return err
	}
	if back := f.Raw("back"); back != "" {
		return c.Go(back)
	}
	if f.Has("on") {
		c.SayWithLink(ui.Good, "/bookmarks", "threads.bookmarks.title", "threads.bookmark.done")
	}
	post, err := p.Threads.Find(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	return p.goBack(c, post)
}

func (p *Pages) follow(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	level := thread.Level(f.Line("level"))
	if err := p.Threads.Follow(c.Ctx(), c.Actor, id, level); err != nil {
		return err
	}
	switch level {
	case thread.Following:
		c.Say(ui.Good, "threads.follow.done")
	case thread.Muted:
		c.Say(ui.Calm, "threads.mute.done")
	}
	return c.Go(pagePath(id, core.Cursor{}))
}

func (p *Pages) vote(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	choice, err := strconv.Atoi(f.Line("option"))
	if err != nil {
		choice = -1 // nothing was chosen: the service says so
	}
	err = p.Threads.Vote(c.Ctx(), c.Actor, id, choice)
	if core.CodeOf(err) == core.Invalid {
		c.Say(ui.Caution, "thread.poll.choice")
	} else if err != nil {
		return err
	}
	return c.Go(pagePath(id, core.Cursor{}) + "#poll")
}

func (p *Pages) close(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	if err := p.Threads.Close(c.Ctx(), c.Actor, id, f.Has("on")); err != nil {
		return err
	}
	if f.Has("on") {
		c.Say(ui.Good, "threads.close.done")
	} else {
		c.Say(ui.Good, "threads.open.done")
	}
	return c.Go(pagePath(id, core.Cursor{}))
}

func (p *Pages) pin(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	if err := p.Threads.Pin(c.Ctx(), c.Actor, id, f.Has("on")); err != nil {
		return err
	}
	if f.Has("on") {
		c.Say(ui.Good, "threads.pin.done")
	} else {
		c.Say(ui.Good, "threads.unpin.done")
	}
	return c.Go(pagePath(id, core.Cursor{}))
}

type movePage struct {
	ui.Frame
	Thread   thread.Thread
	Targets  []space.Space
	Problems ui.Problems
}

func (p *Pages) moveForm(c *shell.Call) error { return p.showMove(c, 200, ui.Problems{}) }

func (p *Pages) showMove(c *shell.Call, status int, wrong ui.Problems) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	t, targets, err := p.Threads.Targets(c.Ctx(), c.Actor, id)
	if err != nil {
		return err
	}
	return c.ShowStatus(status, showMove(movePage{Frame: c.Frame(c.T("threads.move.title")), Thread: t, Targets: targets, Problems: wrong}))
}

func (p *Pages) move(c *shell.Call) error {
	id, f, err := asked(c)
	if err != nil {
		return err
	}
	err = p.Threads.Move(c.Ctx(), c.Actor, id, f.ID("space"))
	if core.IsNotFound(err) && f.ID("space") == 0 {
		err = core.Field("space", "threads.move.choose")
	}
	if err != nil {
		m, rest := c.Mistakes(err)
		if rest != nil {
			return rest
		}
		return p.showMove(c, m.Status, ui.ProblemsOf(c.Voice, err))
	}
	c.Say(ui.Good, "threads.move.done")
	return c.Go(pagePath(id, core.Cursor{}))
}
