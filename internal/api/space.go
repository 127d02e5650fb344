package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Space is a place to talk, as the reader sees it.
type Space struct {
	ID          core.ID           `json:"id" doc:"The space."`
	Slug        string            `json:"slug" doc:"Its name in addresses." example:"heart-to-heart"`
	Kind        policy.SpaceKind  `json:"kind" enum:"community,rounds,channel" doc:"What it is for."`
	Name        string            `json:"name" example:"Heart to heart" doc:"Its name."`
	Purpose     string            `json:"purpose" doc:"What it is for, in a sentence or two."`
	Visibility  policy.Visibility `json:"visibility" enum:"public,members,invited" doc:"Who may read it."`
	Joining     policy.Joining    `json:"joining" enum:"open,request,invitation" doc:"How one becomes a member of it."`
	Owner       string            `json:"owner,omitempty" doc:"The organisation that owns the channel."`
	Tags        []string          `json:"tags" doc:"Tags that it suggests."`
	MoreThanTen bool              `json:"more_than_ten" doc:"Whether more than ten people are in it. No exact figure is told."`
	Created     time.Time         `json:"created" doc:"When it was opened."`
	Archived    time.Time         `json:"archived,omitzero" doc:"When it was closed for good; it can only be read."`
	Newest      time.Time         `json:"newest,omitzero" doc:"The newest activity."`
	Mine        Ties              `json:"mine" doc:"What the reader is in it."`
}

// Ties are what the reader is in a space.
type Ties struct {
	Joined   bool `json:"joined" doc:"A member of it."`
	Asked    bool `json:"asked" doc:"A request to join waits."`
	Invited  bool `json:"invited" doc:"An invitation waits."`
	Steward  bool `json:"steward" doc:"One of those who look after it."`
	Greeter  bool `json:"greeter" doc:"Willing to read newcomers' first posts."`
	Newcomer bool `json:"newcomer" doc:"There for under 7 days, or with fewer than 5 posts that stand."`
	Rules    bool `json:"rules" doc:"Has accepted its rules."`
	Staff    bool `json:"staff" doc:"Of the organisation that owns it."`
}

// SpaceAbout is a space with its rules and what the reader may do.
type SpaceAbout struct {
	Space
	Rules     string   `json:"rules" doc:"The rules, as Markdown."`
	RulesHTML string   `json:"rules_html" doc:"The rules, as HTML that is safe to show."`
	RulesMark string   `json:"rules_mark" doc:"Names the wording: joining and accepting want it back."`
	Stewards  []string `json:"stewards" doc:"The handles of those who look after it."`
	Requests  int      `json:"requests" doc:"How many wait to be let in, for those who decide."`
	UsedTags  []string `json:"used_tags" doc:"The tags used most, the most used first."`
	May       SpaceMay `json:"may" doc:"What the reader may do here."`
}

// SpaceMay is what the reader may do in a space.
type SpaceMay struct {
	Join   bool `json:"join" doc:"Join, ask to join, or accept an invitation."`
	Leave  bool `json:"leave" doc:"Leave it."`
	Greet  bool `json:"greet" doc:"Offer to read newcomers' first posts."`
	Manage bool `json:"manage" doc:"Change its settings."`

	Begin []policy.ThreadKind `json:"begin" enum:"discussion,question,experience,case,announcement,live" doc:"The kinds of threads that the reader may begin here."`
	Why   string              `json:"begin_why,omitempty" doc:"The key of the reason, where begin is empty."`
	Speak bool                `json:"speak_as_organisation" doc:"Write in the name of the organisation."`
}

// maxTags is how many of the tags that are used most a space tells.
const maxTags = 12

func showSpace(c space.Card) Space {
	t := c.Ties
	return Space{
		ID: c.ID, Slug: c.Slug, Kind: c.Kind, Name: c.Name, Purpose: c.Description, Visibility: c.Visibility, Joining: c.Joining, Owner: c.Owner,
		Tags: list(c.Tags), MoreThanTen: c.MoreThanTen, Created: c.CreatedAt, Archived: c.ArchivedAt, Newest: c.NewestAt,
		Mine: Ties{t.Joined, t.Asked, t.Invited, t.Steward, t.Greeter, t.Newcomer, t.Rules, t.Staff},
	}
}

// each shows every one of some rows.
func each[T, J any](rows []T, show func(T) J) []J {
	out := make([]J, 0, len(rows))
	for _, r := range rows {
		out = append(out, show(r))
	}
	return out
}

// list is a list that is never null.
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

func showAbout(c Call, about space.About) SpaceAbout {
	start := thread.MayStart(c.Actor, about.Space, about.Ties)
	out := SpaceAbout{
		Requests: about.Requests,
		Space:    showSpace(about.Card), Rules: about.Rules, RulesHTML: about.RulesHTML, RulesMark: about.RulesMark(), Stewards: []string{},
		May: SpaceMay{Join: about.MayJoin, Leave: about.MayLeave, Greet: about.MayGreet, Manage: about.MayManage,
			Begin: list(start.Kinds), Why: start.Why, Speak: start.ForOrganisation},
	}
	for _, s := range about.Stewards {
		out.Stewards = append(out.Stewards, s.Handle)
	}
	return out
}

type spaceFilter struct {
	Paging
	Kind     policy.SpaceKind `query:"kind" enum:"community,rounds,channel" doc:"Only spaces of this kind."`
	Mine     bool             `query:"mine" doc:"Only those that the reader is in, by name, on one page."`
	Archived bool             `query:"archived" doc:"The archived ones instead of the open ones."`
}

// AtSpace is an address with a space in it.
type AtSpace struct {
	Slug string `path:"slug" doc:"The name of the space in addresses." example:"heart-to-heart"`
}

type joining struct {
	AtSpace
	Body struct {
		Rules   string `json:"rules,omitempty" doc:"rules_mark of the rules that were read and are accepted."`
		Message string `json:"message,omitempty" doc:"To the stewards, where joining is on request; at most 500 characters."`
	}
}

// JoinOutcome tells what became of joining.
type JoinOutcome struct {
	Outcome space.Joined `json:"outcome" enum:"joined,asked" doc:"asked: a steward decides."`
}

func (a *API) spaces() {
	add(a, Op{ID: "list-spaces", Method: "GET", Path: "/spaces", Tag: "spaces", Summary: "List spaces",
		Description: "The spaces that the reader may see, in the order in which they were opened.", Does: []string{"GET /spaces", "GET /write"}}, a.listSpaces)
	add(a, Op{ID: "read-space", Method: "GET", Path: "/spaces/{slug}", Tag: "spaces", Summary: "Read a space",
		Description: "What it is for, its rules, who looks after it, and what the reader may do.",
		Does:        []string{"GET /s/{slug}/about", "GET /s/{slug}/rules", "GET /s/{slug}/join", "GET /s/{slug}/leave", "GET /s/{slug}/write"}},
		a.readSpace)
	add(a, Op{ID: "join-space", Method: "POST", Path: "/spaces/{slug}/join", Door: policy.ForMember, Tag: "spaces", Summary: "Join a space",
		Description: "At once where joining is open or an invitation waits, else by asking the stewards. In a channel, joining is following.",
		Does:        []string{"POST /s/{slug}/join"}},
		func(c Call, in *joining) (*given[JoinOutcome], error) {
			out, err := a.Spaces.Join(c.Ctx(), c.Actor, in.Slug, space.JoinInput{Message: in.Body.Message, Rules: in.Body.Rules})
			return give(JoinOutcome{out}, err)
		})
	add(a, Op{ID: "leave-space", Method: "POST", Path: "/spaces/{slug}/leave", Door: policy.ForMember, Tag: "spaces", Summary: "Leave a space",
		Description: "What was written stays. The last steward cannot leave.", Does: []string{"POST /s/{slug}/leave"}},
		func(c Call, in *AtSpace) (*none, error) { return nil, a.Spaces.Leave(c.Ctx(), c.Actor, in.Slug) })
	add(a, Op{ID: "accept-rules", Method: "POST", Path: "/spaces/{slug}/rules", Door: policy.ForMember, Tag: "spaces", Summary: "Accept the rules",
		Description: "Notes that the member has read the rules in the wording that the mark names.", Does: []string{"POST /s/{slug}/rules"}}, a.acceptRules)
	add(a, Op{ID: "offer-greeting", Method: "PUT", Path: "/spaces/{slug}/greeter", Door: policy.ForMember, Tag: "spaces", Summary: "Offer to greet newcomers",
		Description: "Regulars of a community may offer to read newcomers' first posts.", Does: []string{"POST /s/{slug}/greeter"}}, a.offerGreeting)
}

func (a *API) listSpaces(c Call, in *spaceFilter) (*given[listOf[Space]], error) {
	if in.Mine {
		mine, err := a.Spaces.Mine(c.Ctx(), c.Actor)
		return whole(mine, showSpace, err)
	}
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	rows, err := a.Spaces.List(c.Ctx(), c.Actor, space.Filter{Kind: in.Kind, Archived: in.Archived}, page)
	return listed(rows, showSpace, err)
}

func (a *API) readSpace(c Call, in *AtSpace) (*given[SpaceAbout], error) {
	about, err := a.Spaces.About(c.Ctx(), c.Actor, in.Slug)
	if err != nil {
		return nil, err
	}
	out := showAbout(c, about)
	used, err := a.Threads.Tags(c.Ctx(), c.Actor, about.ID, maxTags)
	out.UsedTags = list(used)
	return give(out, err)
}

type rulesInput struct {
	AtSpace
	Body struct {
		Rules string `json:"rules" doc:"rules_mark of the rules that were read and are accepted."`
	}
}

func (a *API) acceptRules(c Call, in *rulesInput) (*none, error) {
	return nil, a.Spaces.AcceptRules(c.Ctx(), c.Actor, in.Slug, in.Body.Rules)
}

type greeterInput struct {
	AtSpace
	Body struct {
		Willing bool `json:"willing" doc:"Whether the member is willing."`
	}
}

func (a *API) offerGreeting(c Call, in *greeterInput) (*none, error) {
	return nil, a.Spaces.SetGreeter(c.Ctx(), c.Actor, in.Slug, in.Body.Willing)
}
