package api

import (
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

type threadFilter struct {
	Paging
	Order  thread.Order      `query:"order" enum:"active,unanswered,new,following,announced" default:"active" doc:"active: newest activity first. unanswered: what nobody answered yet. new: followed, with something new. following: all followed. announced: announcements."`
	Space  string            `query:"space" doc:"Only in the space with this name in addresses. Pinned threads come first then." example:"heart-to-heart"`
	Tag    string            `query:"tag" doc:"Only with this tag."`
	Kind   policy.ThreadKind `query:"kind" enum:"discussion,question,experience,case,announcement,live" doc:"Only of this kind."`
	Author ref               `query:"author" doc:"Only by this member."`
	Mine   bool              `query:"mine" doc:"Only in spaces that the reader is in; announcements: only of channels that they follow."`
}

// AtThread is an address with a thread in it.
type AtThread struct {
	Thread ref `path:"thread" doc:"The thread." example:"217834971234304000"`
}

type threadReading struct {
	AtThread
	After string `query:"after" doc:"The cursor that the page before gave as next; empty for the first page."`
	New   bool   `query:"new" doc:"Begin with the page that has the first comment that the member has not read, where there is one."`
}

// Writing is what every post is written with.
type Writing struct {
	Body           string `json:"body" doc:"The words, as Markdown, at most 16 KB." example:"It took three weeks until the coughing stopped."`
	Warning        string `json:"warning,omitempty" doc:"A content warning, at most 60 characters."`
	ForWhom        string `json:"for_whom,omitempty" doc:"Whom it is written for, at most 40 characters."`
	AsOrganisation bool   `json:"as_organisation,omitempty" doc:"In the name of the organisation that owns the channel; for its staff."`
	Draft          string `json:"draft,omitempty" doc:"The draft that it comes from, which is spent. Sending the same draft again gives what it became."`
}

// text is what a field of several lines says, normalised as the pages' forms do.
func text(s string) string { return strings.TrimSpace(markup.Normalize(s)) }

// line is what a field of one line says.
func line(s string) string { return markup.Line(s) }

type threadInput struct {
	Body struct {
		Space string            `json:"space" doc:"The space's name in addresses." example:"heart-to-heart"`
		Kind  policy.ThreadKind `json:"kind" enum:"discussion,question,experience,case,announcement,live" doc:"What kind of conversation it is."`
		Title string            `json:"title" doc:"3 to 140 characters." example:"How long did the cough stay with you?"`
		Tags  []string          `json:"tags,omitempty" doc:"At most 6, of at most 40 characters each."`
		Poll  *PollWriting      `json:"poll,omitempty" doc:"A poll under the opening post."`
		Writing
	}
}

// PollWriting is a poll as its author writes it.
type PollWriting struct {
	Question string   `json:"question" doc:"3 to 140 characters."`
	Options  []string `json:"options" doc:"2 to 8 choices of at most 80 characters."`
	Days     int      `json:"days,omitempty" doc:"Open for so many days, 90 at most; 0 is without end."`
}

func (a *API) threads() {
	add(a, Op{ID: "list-threads", Method: "GET", Path: "/threads", Tag: "threads", Summary: "List threads",
		Description: "Threads that the reader may read, with the filters of the pages.",
		Does:        []string{"GET /{$}", "GET /unanswered", "GET /following", "GET /announcements", "GET /s/{slug}"}}, a.listThreads)
	add(a, Op{ID: "read-thread", Method: "GET", Path: "/threads/{thread}", Tag: "threads", Summary: "Read a thread",
		Description: "The opening post and a page of 50 comments. Reading notes how far the member has read.",
		Does:        []string{"GET /t/{id}", "GET /t/{id}/new"}}, a.readThread)
	add(a, Op{ID: "create-thread", Method: "POST", Path: "/threads", Door: policy.ForMember, Tag: "threads", Status: 201, Once: true,
		Summary: "Begin a thread", Description: "A thread of any kind that the member may begin in the space, with a poll where one is wanted. Newcomers' first posts wait until somebody has read them: state is held then.",
		Does: []string{"POST /s/{slug}/write"}}, a.createThread)
}

func (a *API) listThreads(c Call, in *threadFilter) (*given[listOf[ThreadSummary]], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	f := thread.Filter{Order: in.Order, Tag: strings.ToLower(markup.Line(in.Tag)), Kind: in.Kind, Author: in.Author.ID, Page: page}
	if c.Actor.Member == 0 && (in.Order == thread.Followed || in.Order == thread.FollowedNew) {
		return nil, core.E(core.Unauthenticated, policy.SignInFirst)
	}
	if err := a.narrow(c, in, &f); err != nil {
		return nil, err
	}
	rows, err := a.Threads.List(c.Ctx(), c.Actor, f)
	if err != nil {
		return nil, err
	}
	return a.summaries(c, rows)
}

// narrow says in which spaces to look.
func (a *API) narrow(c Call, in *threadFilter, f *thread.Filter) (err error) {
	if in.Space != "" {
		about, err := a.Spaces.About(c.Ctx(), c.Actor, in.Space)
		f.Space = about.ID
		return err
	}
	if in.Mine {
		f.Spaces, err = a.mySpaces(c, in.Order)
	}
	return err
}

// mySpaces gives the spaces that the reader is in, of announcements the channels. It is never nil: nil would mean every space.
func (a *API) mySpaces(c Call, order thread.Order) ([]core.ID, error) {
	mine, err := a.Spaces.Mine(c.Ctx(), c.Actor)
	ids := []core.ID{}
	for _, s := range mine {
		if order != thread.Announced || s.Kind == policy.Channel {
			ids = append(ids, s.ID)
		}
	}
	return ids, err
}

// summaries shows threads of a list with who began them.
func (a *API) summaries(c Call, rows core.List[thread.Item]) (*given[listOf[ThreadSummary]], error) {
	out := listOf[ThreadSummary]{Items: make([]ThreadSummary, 0, len(rows.Items)), Next: rows.Next.String()}
	var writers []writer
	for _, i := range rows.Items {
		writers = append(writers, opener(i.Thread))
	}
	people, err := a.castOf(c, space.Space{}, writers)
	if err != nil {
		return nil, err
	}
	for _, i := range rows.Items {
		people.kind = i.Space.Kind
		out.Items = append(out.Items, summary(i.Thread, i.Space.Slug, people.person(opener(i.Thread)), i.New))
	}
	return &given[listOf[ThreadSummary]]{out}, nil
}

func (a *API) readThread(c Call, in *threadReading) (*given[ThreadPage], error) {
	after, err := core.ParseCursor(in.After)
	if err != nil {
		return nil, err
	}
	if in.New && after.IsZero() {
		if after, _, err = a.Threads.FirstNew(c.Ctx(), c.Actor, in.Thread.ID); err != nil {
			return nil, err
		}
	}
	v, err := a.Threads.Read(c.Ctx(), c.Actor, in.Thread.ID, after)
	if err != nil {
		return nil, err
	}
	if err := a.Notices.Seen(c.Ctx(), c.Actor, in.Thread.ID); err != nil {
		return nil, err
	}
	c.x.version = v.Thread.Version
	return give(a.showPage(c, v))
}

func (a *API) createThread(c Call, in *threadInput) (*given[Made], error) {
	b := in.Body
	about, err := a.Spaces.About(c.Ctx(), c.Actor, b.Space)
	if err != nil {
		return nil, err
	}
	o := thread.Opening{
		Space: about.ID, Kind: b.Kind, Title: b.Title, Body: text(b.Body), Tags: tagsOf(b.Tags), Warning: b.Warning, ForWhom: b.ForWhom,
		AsOrganisation: b.AsOrganisation, Draft: b.Draft,
	}
	if b.Poll != nil {
		o.Poll = &thread.PollInput{Question: b.Poll.Question, Options: b.Poll.Options, Days: b.Poll.Days}
	}
	t, err := a.Threads.Create(c.Ctx(), c.Actor, o)
	return give(Made{ID: t.ID, State: string(t.State), Page: t.Path()}, err)
}

// tagsOf brings tags into the form in which they are kept.
func tagsOf(in []string) (out []string) {
	seen := map[string]bool{}
	for _, t := range in {
		if t = strings.ToLower(markup.Line(t)); t != "" && !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}
