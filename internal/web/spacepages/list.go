package spacepages

import (
	"net/url"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// group is the spaces of one kind.
type group struct {
	Kind  policy.SpaceKind
	Cards []space.Card
	More  string // where the list goes on
}

type listPage struct {
	ui.Frame
	Groups  []group
	One     bool // only one kind is shown
	MayMake bool
}

var kinds = []policy.SpaceKind{policy.Community, policy.Channel, policy.Rounds}

func (p *pages) list(c *shell.Call) error {
	after, err := c.Cursor()
	if err != nil {
		return err
	}
	page := listPage{Frame: c.Frame(c.T("spaces.title")), MayMake: policy.MakeSpace(c.Actor).OK()}
	page.Active, page.NoIndex, page.Description = ui.NavSpaces, c.Actor.Member != 0, c.T("spaces.lead")
	for _, kind := range kinds {
		if asked := c.Query("kind"); asked != "" && asked != string(kind) {
			page.One = true
			continue
		}
		list, err := p.spaces.List(c.Ctx(), c.Actor, space.Filter{Kind: kind}, core.Page{After: after, Limit: core.DefaultLimit})
		if err != nil {
			return err
		}
		if len(list.Items) > 0 {
			page.Groups = append(page.Groups, group{kind, list.Items, more(kind, list.Next)})
		}
	}
	return c.Show(showList(page))
}

func more(kind policy.SpaceKind, next core.Cursor) string {
	if next.IsZero() {
		return ""
	}
	return ui.PathSpaces + "?" + url.Values{"kind": {string(kind)}, "after": {next.String()}}.Encode()
}

// all is every space by name, for admins.
func (p *pages) all(c *shell.Call) error {
	spaces, err := p.spaces.All(c.Ctx(), c.Actor)
	if err != nil {
		return err
	}
	f := c.Frame(c.T("spaces.all.title"))
	f.Active = ui.NavAdmin
	return c.Show(showAll(f, spaces))
}

// about is what stands beside a space's threads, as a page of its own.
func (p *pages) about(c *shell.Call) error {
	a, err := p.spaces.About(c.Ctx(), c.Actor, c.Path("slug"))
	if err != nil {
		return err
	}
	f := frame(c, c.T("spaces.about.title", a.Name), a.Space)
	if a.Kind != policy.Rounds && a.Visibility == policy.Public {
		f.NoIndex, f.Description = false, a.Description
	}
	return c.Show(showAbout(f, a))
}
