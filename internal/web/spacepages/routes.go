// Package spacepages is the pages of spaces: where to find them, what they are for, joining and leaving, and what those who look
// after a space do. The threads of a space are another package's; it embeds Header and About.
package spacepages

import (
	"context"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/web/shell"
	"dayroom/internal/web/ui"
)

// Owner is an organisation that may own a channel.
type Owner struct {
	ID   core.ID
	Name string
}

// Owners lists the organisations for the form of a channel.
type Owners func(ctx context.Context, a core.Actor) ([]Owner, error)

type pages struct {
	spaces *space.Service
	owners Owners
}

// Routes lists the pages. GET /s/{slug} itself is not among them.
func Routes(spaces *space.Service, owners Owners) []shell.Route {
	p := &pages{spaces, owners}
	return []shell.Route{
		{Method: "GET", Path: "/spaces", Access: policy.ForPublic, Shared: true, Handle: p.list},
		{Method: "GET", Path: "/spaces/new", Access: policy.ForAdmin, Handle: p.newForm},
		{Method: "POST", Path: "/spaces/new", Access: policy.ForAdmin, Handle: p.create},
		{Method: "GET", Path: "/admin/spaces", Access: policy.ForAdmin, Handle: p.all},
		{Method: "GET", Path: "/s/{slug}/about", Access: policy.ForPublic, Shared: true, Handle: p.about},
		{Method: "GET", Path: "/s/{slug}/rules", Access: policy.ForPublic, Handle: p.rules},
		{Method: "POST", Path: "/s/{slug}/rules", Access: policy.ForMember, Handle: p.acceptRules},
		{Method: "GET", Path: "/s/{slug}/join", Access: policy.ForMember, Handle: p.joinForm},
		{Method: "POST", Path: "/s/{slug}/join", Access: policy.ForMember, Handle: p.join},
		{Method: "GET", Path: "/s/{slug}/leave", Access: policy.ForMember, Handle: p.leaveForm},
		{Method: "POST", Path: "/s/{slug}/leave", Access: policy.ForMember, Handle: p.leave},
		{Method: "POST", Path: "/s/{slug}/greeter", Access: policy.ForMember, Handle: p.greeter},
		{Method: "GET", Path: "/s/{slug}/members", Access: policy.ForSteward, Handle: p.members},
		{Method: "POST", Path: "/s/{slug}/members", Access: policy.ForSteward, Handle: p.decide},
		{Method: "GET", Path: "/s/{slug}/invite", Access: policy.ForSteward, Handle: p.inviteForm},
		{Method: "POST", Path: "/s/{slug}/invite", Access: policy.ForSteward, Handle: p.invite},
		{Method: "GET", Path: "/s/{slug}/settings", Access: policy.ForSteward, Handle: p.settingsForm},
		{Method: "POST", Path: "/s/{slug}/settings", Access: policy.ForSteward, Handle: p.change},
		{Method: "POST", Path: "/s/{slug}/settings/archive", Access: policy.ForAdmin, Handle: p.archive},
		{Method: "GET", Path: "/s/{slug}/settings/stewards", Access: policy.ForAdmin, Handle: p.stewards},
		{Method: "POST", Path: "/s/{slug}/settings/stewards", Access: policy.ForAdmin, Handle: p.appoint},
		{Method: "POST", Path: "/s/{slug}/settings/stewards/{member}", Access: policy.ForSteward, Handle: p.dismiss},
	}
}

// frame is the frame of a page of a space. Quick exit is within reach in communities; what everybody may read may be found.
func frame(c *shell.Call, title string, s space.Space) ui.Frame {
	f := c.Frame(title)
	f.Active, f.ShowQuickExit = ui.NavSpaces, true
	for i := range f.Spaces {
		f.Spaces[i].Current = f.Spaces[i].Slug == s.Slug
	}
	return f
}

// next is where a form was to lead afterwards, or the space.
func next(given string, s space.Space) string {
	if given == "" {
		return s.Path()
	}
	return shell.Local(given)
}

// Surround gives the viewer's spaces for the rail.
func Surround(spaces *space.Service, tx *db.Tx, a core.Actor) ([]ui.RailSpace, error) {
	mine, err := spaces.MineIn(tx, a)
	var rail []ui.RailSpace
	for _, c := range mine {
		rail = append(rail, ui.RailSpace{Name: c.Name, Slug: c.Slug, Kind: string(c.Kind)})
	}
	return rail, err
}
