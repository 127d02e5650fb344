package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// SpaceWriting is what those who look after a space decide about it.
type SpaceWriting struct {
	Name       string            `json:"name" doc:"Its name." example:"Heart to heart"`
	Purpose    string            `json:"purpose" doc:"What it is for, in a sentence or two."`
	Rules      string            `json:"rules,omitempty" doc:"The rules, as Markdown. Where they change, everybody accepts them anew."`
	Visibility policy.Visibility `json:"visibility" enum:"public,members,invited" doc:"Who may read it."`
	Joining    policy.Joining    `json:"joining" enum:"open,request,invitation" doc:"How one becomes a member of it."`
	Tags       []string          `json:"tags,omitempty" doc:"Tags that it suggests."`
}

func (w SpaceWriting) input() space.Input {
	return space.Input{Name: line(w.Name), Description: line(w.Purpose), Rules: text(w.Rules), Visibility: w.Visibility, Joining: w.Joining, Tags: tagsOf(w.Tags)}
}

type newSpace struct {
	Body struct {
		Slug         string           `json:"slug" doc:"Its name in addresses; it stays." example:"heart-to-heart"`
		Kind         policy.SpaceKind `json:"kind" enum:"community,rounds,channel" doc:"What it is for; it stays."`
		Organisation core.ID          `json:"organisation,omitzero" doc:"Who owns it, where it is a channel."`
		SpaceWriting
	}
}

type spaceChange struct {
	AtSpace
	Body SpaceWriting
}

type archiving struct {
	AtSpace
	Body struct {
		Archived bool `json:"archived" doc:"Whether it can only be read."`
	}
}

func (a *API) spaceKeeping() {
	add(a, Op{ID: "create-space", Method: "POST", Path: "/spaces", Door: policy.ForAdmin, Tag: "spaces", Status: 201, Once: true, Summary: "Open a space",
		Description: "It begins without stewards: appointing one is the next step.", Does: []string{"GET /spaces/new", "POST /spaces/new"}}, a.createSpace)
	add(a, Op{ID: "change-space", Method: "PUT", Path: "/spaces/{slug}", Door: policy.ForSteward, Tag: "spaces", Summary: "Change a space",
		Description: "Its kind, its owner and its name in addresses stay.", Does: []string{"GET /s/{slug}/settings", "POST /s/{slug}/settings"}},
		func(c Call, in *spaceChange) (*none, error) {
			_, err := a.Spaces.Change(c.Ctx(), c.Actor, in.Slug, in.Body.input())
			return nil, err
		})
	add(a, Op{ID: "archive-space", Method: "PUT", Path: "/spaces/{slug}/archived", Door: policy.ForAdmin, Tag: "spaces", Summary: "Archive a space, or open it again",
		Description: "What was said stays readable for those who could read it.", Does: []string{"POST /s/{slug}/settings/archive"}}, a.archive)
	add(a, Op{ID: "list-all-spaces", Method: "GET", Path: "/admin/spaces", Door: policy.ForAdmin, Tag: "spaces", Summary: "Every space by name",
		Description: "Also those that the admin does not see into, to appoint stewards and to archive.", Does: []string{"GET /admin/spaces"}},
		func(c Call, _ *struct{}) (*given[listOf[SpaceEntry]], error) {
			rows, err := a.Spaces.All(c.Ctx(), c.Actor)
			return whole(rows, func(s space.Space) SpaceEntry { return SpaceEntry{nameOf(s), s.Kind, s.Visibility, s.ArchivedAt} }, err)
		})
	a.stewards()
	a.people()
}

// SpaceEntry is a space in the list of all.
type SpaceEntry struct {
	SpaceName
	Kind       policy.SpaceKind  `json:"kind" enum:"community,rounds,channel" doc:"What it is for."`
	Visibility policy.Visibility `json:"visibility" enum:"public,members,invited" doc:"Who may read it."`
	Archived   time.Time         `json:"archived,omitzero" doc:"When it was closed for good."`
}

func (a *API) createSpace(c Call, in *newSpace) (*given[Made], error) {
	b := in.Body.input()
	b.Slug, b.Kind, b.Organisation = in.Body.Slug, in.Body.Kind, in.Body.Organisation
	s, err := a.Spaces.Create(c.Ctx(), c.Actor, b)
	return give(Made{ID: s.ID, Page: s.Path()}, err)
}

func (a *API) archive(c Call, in *archiving) (*none, error) {
	if in.Body.Archived {
		return nil, a.Spaces.Archive(c.Ctx(), c.Actor, in.Slug)
	}
	return nil, a.Spaces.Reopen(c.Ctx(), c.Actor, in.Slug)
}

// Named is a member by id and handle.
type Named struct {
	ID     core.ID `json:"id" doc:"The member."`
	Handle string  `json:"handle" doc:"The name that others see." example:"old_oak"`
}

type handleInput struct {
	AtSpace
	Body struct {
		Handle string `json:"handle" doc:"Whom." example:"maria_hl"`
	}
}

type stewardship struct {
	AtSpace
	Member    ref    `path:"member" doc:"The steward."`
	Successor string `query:"successor" doc:"The handle of who follows; needed where this is the last steward."`
}

func (a *API) stewards() {
	add(a, Op{ID: "list-stewards", Method: "GET", Path: "/spaces/{slug}/stewards", Door: policy.ForAdmin, Tag: "spaces", Summary: "Stewards of a space",
		Description: "Also where the admin does not see what is said in it.", Does: []string{"GET /s/{slug}/settings/stewards"}},
		func(c Call, in *AtSpace) (*given[listOf[Named]], error) {
			_, rows, err := a.Spaces.Stewards(c.Ctx(), c.Actor, in.Slug)
			return whole(rows, func(s space.Steward) Named { return Named{s.Member, s.Handle} }, err)
		})
	add(a, Op{ID: "list-asking", Method: "GET", Path: "/spaces/{slug}/asking", Door: policy.ForAdmin, Tag: "spaces", Summary: "Who asks to join a space without stewards",
		Description: "At most 50, the latest first; empty where there is a steward, who answers them.", Does: []string{"GET /s/{slug}/settings/stewards"}},
		func(c Call, in *AtSpace) (*given[listOf[Named]], error) {
			rows, err := a.Spaces.Asking(c.Ctx(), c.Actor, in.Slug)
			return whole(rows, func(p space.Person) Named { return Named{p.Member, p.Handle} }, err)
		})
	add(a, Op{ID: "appoint-steward", Method: "POST", Path: "/spaces/{slug}/stewards", Door: policy.ForAdmin, Tag: "spaces", Summary: "Appoint a steward",
		Description: "Makes a member a steward, and a member of the space where they are none.", Does: []string{"POST /s/{slug}/settings/stewards"}},
		func(c Call, in *handleInput) (*none, error) {
			return nil, a.Spaces.AppointSteward(c.Ctx(), c.Actor, in.Slug, in.Body.Handle)
		})
	add(a, Op{ID: "dismiss-steward", Method: "DELETE", Path: "/spaces/{slug}/stewards/{member}", Door: policy.ForSteward, Tag: "spaces", Summary: "End a stewardship",
		Description: "For admins, and for the steward themselves. They stay in the space.", Does: []string{"POST /s/{slug}/settings/stewards/{member}"}},
		func(c Call, in *stewardship) (*none, error) {
			return nil, a.Spaces.DismissSteward(c.Ctx(), c.Actor, in.Slug, in.Member.ID, in.Successor)
		})
}

// SpaceMember is somebody in a space, as those who look after it see them.
type SpaceMember struct {
	Named
	Since    time.Time `json:"since" doc:"Since when they are in, have asked, were invited or were taken out."`
	Steward  bool      `json:"steward" doc:"Looks after the space."`
	Greeter  bool      `json:"greeter" doc:"Is willing to read newcomers' first posts."`
	Newcomer bool      `json:"newcomer" doc:"Is new here."`
	Message  string    `json:"message,omitempty" doc:"What came with a request to join."`
}

type peopleFilter struct {
	AtSpace
	Paging
	Group space.Group `query:"group" enum:"joined,asked,invited,removed" default:"joined" doc:"Who is meant."`
}

// AtPerson is an address with somebody of a space in it.
type AtPerson struct {
	AtSpace
	Member ref `path:"member" doc:"The member."`
}

type joinDecision struct {
	AtPerson
	Body struct {
		Accept bool `json:"accept" doc:"Whether they are let in."`
	}
}

func (a *API) people() {
	add(a, Op{ID: "list-space-members", Method: "GET", Path: "/spaces/{slug}/members", Door: policy.ForSteward, Tag: "spaces", Summary: "People of a space",
		Description: "For those who look after it, the latest first.", Does: []string{"GET /s/{slug}/members"}},
		func(c Call, in *peopleFilter) (*given[listOf[SpaceMember]], error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			rows, err := a.Spaces.Members(c.Ctx(), c.Actor, in.Slug, in.Group, page)
			return listed(rows, func(p space.Person) SpaceMember {
				return SpaceMember{Named{p.Member, p.Handle}, p.Since, p.Steward, p.Greeter, p.Newcomer, p.Message}
			}, err)
		})
	add(a, Op{ID: "decide-request", Method: "PUT", Path: "/spaces/{slug}/members/{member}", Door: policy.ForSteward, Tag: "spaces", Summary: "Decide a request to join",
		Description: "Lets somebody in who asked, or declines. Whoever decides second gets a conflict.", Does: []string{"POST /s/{slug}/members"}},
		func(c Call, in *joinDecision) (*none, error) {
			return nil, a.Spaces.Decide(c.Ctx(), c.Actor, in.Slug, in.Member.ID, in.Body.Accept)
		})
	add(a, Op{ID: "remove-from-space", Method: "DELETE", Path: "/spaces/{slug}/members/{member}", Door: policy.ForSteward, Tag: "spaces", Summary: "Take somebody out of a space",
		Description: "Only an invitation brings them back. An invitation that waits is withdrawn.", Does: []string{"POST /s/{slug}/members"}},
		func(c Call, in *AtPerson) (*none, error) {
			return nil, a.Spaces.Remove(c.Ctx(), c.Actor, in.Slug, in.Member.ID)
		})
	add(a, Op{ID: "invite-to-space", Method: "POST", Path: "/spaces/{slug}/invitations", Door: policy.ForSteward, Tag: "spaces", Summary: "Invite somebody into a space",
		Description: "By handle. Somebody who had asked to join is in at once.", Does: []string{"GET /s/{slug}/invite", "POST /s/{slug}/invite"}},
		func(c Call, in *handleInput) (*none, error) {
			return nil, a.Spaces.Invite(c.Ctx(), c.Actor, in.Slug, in.Body.Handle)
		})
}
