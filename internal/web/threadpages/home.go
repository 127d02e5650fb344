package threadpages

import (
	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/site"
	"dayroom/internal/space"
	"dayroom/internal/thread"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// How many threads each part of home shows. It is a glance, not a feed: each part leads to all of it.
const (
	homeWaiting   = 4
	homeNew       = 6
	homeAnnounced = 3
	frontSpaces   = 12
	frontNews     = 4
)

func (p *Pages) home(c *shell.Call) error {
	if c.Actor.IsMember() {
		return p.homeOfMember(c)
	}
	return p.front(c)
}

// frontPage is what a visitor meets.
type frontPage struct {
	ui.Frame
	Settings site.Settings
	Personas []string
	News     []ui.ThreadItem
	Spaces   []space.Card
}

// promises are what the site stands for, in the order in which they are said.
var promises = []string{"care", "accuracy", "pace"}

// personas are offered by a demo only.
func (p *Pages) personas(c *shell.Call) []string {
	if !c.Demo() {
		return nil
	}
	return p.Personas
}

func (p *Pages) front(c *shell.Call) error {
	page := frontPage{Frame: c.Frame(""), Settings: c.Settings, Personas: p.personas(c)}
	page.Active, page.ShowQuickExit = ui.NavHome, true
	page.NoIndex, page.Canonical, page.Description = false, c.BaseURL()+"/", c.T("threads.front.lead")
	page.Feed, page.Card = ui.PathFeed, ui.Preview{Title: c.Settings.Name, Words: page.Description, Base: c.BaseURL(), Path: "/"}
	news, err := p.Threads.List(c.Ctx(), c.Actor, thread.Filter{Order: thread.Announced, Page: core.Page{Limit: frontNews}})
	if err != nil {
		return err
	}
	page.Live = spacesOf(news.Items)
	if page.News, err = p.rows(c, space.Space{}, news.Items); err != nil {
		return err
	}
	spaces, err := p.Spaces.List(c.Ctx(), c.Actor, space.Filter{}, core.Page{Limit: frontSpaces})
	page.Spaces = spaces.Items
	if err != nil {
		return err
	}
	return c.Show(showFront(page))
}

// homePage is what a member comes back to. Its parts stand in a fixed order, and each says its own.
type homePage struct {
	ui.Frame
	Waiting, New, News []ui.ThreadItem
	Mine               []space.Card
	Forgets            bool // the member keeps no read positions: nobody knows what is new
}

func (p *Pages) homeOfMember(c *shell.Call) error {
	page := homePage{Frame: c.Frame("")}
	page.Active, page.ShowQuickExit = ui.NavHome, true
	mine, err := p.Spaces.Mine(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	keeps, err := p.Threads.KeepsPositions(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	page.Mine, page.Forgets = mine, !keeps
	for _, m := range mine[:min(len(mine), maxLive)] {
		page.Live = append(page.Live, spaceTopic(m.ID))
	}
	followed := thread.FollowedNew
	if page.Forgets {
		followed = thread.Followed
	}
	for _, part := range []struct {
		rows  *[]ui.ThreadItem
		limit int
		thread.Filter
	}{
		{&page.Waiting, homeWaiting, thread.Filter{Order: thread.Unanswered, Spaces: idsOf(mine, "")}},
		{&page.New, homeNew, thread.Filter{Order: followed}},
		{&page.News, homeAnnounced, thread.Filter{Order: thread.Announced, Spaces: idsOf(mine, policy.Channel)}},
	} {
		part.Page.Limit = part.limit
		if *part.rows, err = p.someRows(c, part.Filter); err != nil {
			return err
		}
	}
	return c.Show(showHome(page))
}

func (p *Pages) someRows(c *shell.Call, f thread.Filter) ([]ui.ThreadItem, error) {
	list, err := p.Threads.List(c.Ctx(), c.Actor, f)
	if err != nil {
		return nil, err
	}
	return p.rows(c, space.Space{}, list.Items)
}
