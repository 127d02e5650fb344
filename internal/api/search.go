package api

import (
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
)

// Hit is a post that was found.
type Hit struct {
	Post    core.ID           `json:"post" doc:"The post: a comment, or a thread's opening, whose id is the thread's."`
	Thread  core.ID           `json:"thread" doc:"The thread that it stands in."`
	Space   string            `json:"space" doc:"The space's name in addresses." example:"heart-to-heart"`
	Kind    policy.ThreadKind `json:"kind" enum:"discussion,question,experience,case,announcement,live" doc:"The kind of the thread."`
	Title   string            `json:"title" doc:"The thread's title; empty where its opening was deleted."`
	Excerpt []Piece           `json:"excerpt" doc:"The words around what was looked for; none where the post has a content warning."`
	Warning string            `json:"warning,omitempty" doc:"Its content warning."`
	Author  Person            `json:"author" doc:"Who wrote it."`
	At      time.Time         `json:"at" doc:"When it was written."`
	Replies int               `json:"replies" doc:"Comments in the thread."`
	Page    string            `json:"page" doc:"Where people read it, within the site."`
}

// Piece is a part of an excerpt.
type Piece struct {
	Text string `json:"text" doc:"A part of the text."`
	Mark bool   `json:"mark,omitempty" doc:"Whether it is what was looked for."`
}

// SearchAnswer is a page of what was found.
type SearchAnswer struct {
	Items     []Hit        `json:"items" doc:"In the order that was asked for."`
	Next      string       `json:"next,omitempty" doc:"The cursor of the next page; absent on the last."`
	Corrected []Correction `json:"corrected,omitempty" doc:"Words for which nothing was found, with those that were looked for instead."`
	Some      bool         `json:"some,omitempty" doc:"No post has all of the words; these have most of them."`
	Filling   bool         `json:"filling,omitempty" doc:"The index is still being made: some posts cannot be found yet."`
	Notes     []string     `json:"notes,omitempty" doc:"What was not understood as it was meant, in the language that was asked for."`
}

func (s SearchAnswer) nextCursor() string { return s.Next }

// Correction is a word that was taken for a slip of typing.
type Correction struct {
	Word string   `json:"word" doc:"As it was typed."`
	To   []string `json:"to" doc:"What was looked for instead."`
}

// Suggestion is something that a text may mean.
type Suggestion struct {
	Kind string `json:"kind" enum:"space,member,tag,thread" doc:"What it is."`
	Text string `json:"text" doc:"Its name or title."`
	Page string `json:"page,omitempty" doc:"Where people find it, within the site; absent for a tag."`
}

type searchInput struct {
	Paging
	Text  string `query:"q" required:"true" doc:"Words, \"phrases\", -exclusions, begin*, and the filters in: kind: tag: from: before: after: is:unanswered. What is not understood is looked for as words." example:"\"side effects\" in:asthma -flu"`
	Order string `query:"order" enum:"newest,best" default:"newest" doc:"newest: newest first. best: the best of the newest 1,000."`
}

func (a *API) finding() {
	add(a, Op{ID: "search", Method: "GET", Path: "/search", Tag: "search", Summary: "Search posts", Does: []string{"GET /search"},
		Description: "Threads and comments that the reader may read, by their words. One slip of typing in a word is forgiven, and said."}, a.search)
	add(a, Op{ID: "suggest", Method: "GET", Path: "/search/suggestions", Tag: "search", Summary: "Suggest while typing", Does: []string{"GET /search/suggest"},
		Description: "Spaces, members, tags and threads that a text may mean. Members are found by members only, from two letters of the handle on."},
		func(c Call, in *struct {
			Text string `query:"q" required:"true" doc:"What was typed so far."`
		}) (*given[listOf[Suggestion]], error) {
			rows, err := a.Finder.Suggest(c.Ctx(), c.Actor, in.Text)
			return whole(rows, func(s search.Suggestion) Suggestion { return Suggestion{s.Kind, s.Text, s.Path} }, err)
		})
	add(a, Op{ID: "similar-threads", Method: "GET", Path: "/search/similar", Door: policy.ForMember, Tag: "search", Summary: "Threads like a title",
		Description: "Threads that may answer what somebody is about to ask, best first.", Does: []string{"GET /search/similar"}},
		func(c Call, in *struct {
			Title string `query:"title" required:"true" doc:"The title of the thread that is about to be written."`
		}) (*given[listOf[Hit]], error) {
			hits, err := a.Finder.Similar(c.Ctx(), c.Actor, in.Title)
			if err != nil {
				return nil, err
			}
			shown, err := a.showHits(c, hits)
			return whole(shown, func(h Hit) Hit { return h }, err)
		})
}

func (a *API) search(c Call, in *searchInput) (*given[SearchAnswer], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	found, err := a.Finder.Search(c.Ctx(), c.Actor, search.Request{Text: in.Text, Order: search.Order(in.Order), Page: page})
	if err != nil {
		return nil, err
	}
	out := SearchAnswer{Some: found.Some, Filling: found.Filling}
	for _, k := range found.Corrected {
		out.Corrected = append(out.Corrected, Correction{k.Word, k.To})
	}
	for _, n := range found.Query.Notes {
		out.Notes = append(out.Notes, c.T(n.Key, n.Arg))
	}
	out.Next = found.Hits.Next.String()
	out.Items, err = a.showHits(c, found.Hits.Items)
	return give(out, err)
}

func (a *API) showHits(c Call, hits []search.Hit) ([]Hit, error) {
	writers := make([]writer, 0, len(hits))
	for _, h := range hits {
		writers = append(writers, writer{h.Author, h.Organisation, h.VisitorName, h.ForWhom})
	}
	people, err := a.castOf(c, space.Space{}, writers)
	if err != nil {
		return nil, err
	}
	out := make([]Hit, 0, len(hits))
	for i, h := range hits {
		who := people.person(writers[i])
		who.Conditions = nil // a list is for finding; the thread tells more
		hit := Hit{Post: h.Post, Thread: h.Thread, Space: h.Space.Slug, Kind: h.Kind, Title: flat(h.Title), Excerpt: []Piece{}, Warning: h.Warning,
			Author: who, At: h.At, Replies: h.Replies, Page: h.Path()}
		for _, p := range h.Excerpt {
			hit.Excerpt = append(hit.Excerpt, Piece(p))
		}
		out = append(out, hit)
	}
	return out, nil
}

func flat(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}
