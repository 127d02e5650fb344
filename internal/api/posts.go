package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// AtPost is an address with a post in it: a thread's opening post, whose id is the thread's, or a comment.
type AtPost struct {
	Post ref `path:"post" doc:"The post: a thread's id means its opening post, else a comment." example:"217834971234304001"`
}

// OnePost is a post by itself.
type OnePost struct {
	Thread  ThreadSummary `json:"thread" doc:"The thread that it is in."`
	Opening *Post         `json:"opening,omitempty" doc:"The post, where it opens the thread."`
	Comment *Comment      `json:"comment,omitempty" doc:"The post, where it is a comment."`
	Page    string        `json:"page,omitempty" doc:"The cursor that the page of the thread with this comment begins after; absent: the first page."`
}

// Bookmark is a post that the reader keeps.
type Bookmark struct {
	Post    core.ID `json:"post" doc:"The post."`
	Thread  core.ID `json:"thread" doc:"The thread that it is in."`
	Space   string  `json:"space" doc:"The space's name in addresses."`
	Title   string  `json:"title" doc:"The thread's title."`
	Author  Person  `json:"author" doc:"Who wrote it."`
	Body    string  `json:"body" doc:"The words, as Markdown."`
	Warning string  `json:"warning,omitempty" doc:"A content warning."`
}

// Version is an earlier text of a post.
type Version struct {
	Number   int64     `json:"number" doc:"Counts from 1."`
	Title    string    `json:"title,omitempty" doc:"The title then, of an opening post."`
	HTML     string    `json:"html,omitempty" doc:"The words then; absent where they were taken out."`
	At       time.Time `json:"at" doc:"Until when it stood."`
	Redacted bool      `json:"redacted" doc:"Its words were taken out for good."`
}

func (a *API) posts() {
	add(a, Op{ID: "read-post", Method: "GET", Path: "/posts/{post}", Tag: "posts", Summary: "Read one post",
		Description: "An opening post or a comment by itself, with the page of its thread that has it. Its ETag is what an edit wants.",
		Does:        []string{"GET /c/{id}", "GET /t/{id}/edit", "GET /c/{id}/edit", "GET /t/{id}/delete", "GET /c/{id}/delete"}}, a.readPost)
	add(a, Op{ID: "delete-post", Method: "DELETE", Path: "/posts/{post}", Door: policy.ForMember, Tag: "posts", Summary: "Delete a post",
		Description: "For good: its words, their earlier versions and its pictures. Where others answered, an empty place stays. For its author.",
		Does:        []string{"POST /t/{id}/delete", "POST /c/{id}/delete"}},
		func(c Call, in *AtPost) (*none, error) {
			_, err := a.Threads.Delete(c.Ctx(), c.Actor, in.Post.ID)
			return nil, err
		})
	add(a, Op{ID: "list-versions", Method: "GET", Path: "/posts/{post}/versions", Tag: "posts", Summary: "Earlier texts of a post",
		Description: "What stood before each edit, the oldest first.", Does: []string{"GET /t/{id}/history", "GET /c/{id}/history"}},
		func(c Call, in *AtPost) (*given[listOf[Version]], error) {
			_, rows, err := a.Threads.History(c.Ctx(), c.Actor, in.Post.ID)
			return whole(rows, func(v thread.Version) Version { return Version(v) }, err)
		})
	add(a, Op{ID: "redact-version", Method: "DELETE", Path: "/posts/{post}/versions/{version}", Door: policy.ForSteward, Tag: "posts",
		Summary: "Take the words out of an earlier text", Description: "For what was written by mistake. It cannot be undone. The author reads the reason.",
		Does: []string{"POST /t/{id}/redact", "POST /c/{id}/redact"}},
		func(c Call, in *atVersion) (*none, error) {
			return nil, a.Queue.Redact(c.Ctx(), c.Actor, in.Post.ID, in.Version, text(in.Reason))
		})
	a.responses()
}

type atVersion struct {
	AtPost
	Version int64  `path:"version" doc:"Its number." example:"1"`
	Reason  string `query:"reason" doc:"What the author reads, 3 to 1000 characters." example:"This named somebody."`
}

// responses are what readers do with a post.
func (a *API) responses() {
	add(a, Op{ID: "react", Method: "PUT", Path: "/posts/{post}/reactions/{kind}", Door: policy.ForMember, Tag: "posts", Summary: "React to a post",
		Description: "same: same here. thanks: thank you. helped: this helped. Nobody reacts to their own post. Twice is once.",
		Does:        []string{"POST /t/{id}/react", "POST /c/{id}/react"}}, a.react(true))
	add(a, Op{ID: "unreact", Method: "DELETE", Path: "/posts/{post}/reactions/{kind}", Door: policy.ForMember, Tag: "posts", Summary: "Take a reaction back",
		Description: "One that is not there is no error."}, a.react(false))
	add(a, Op{ID: "mark-helped", Method: "PUT", Path: "/posts/{post}/helped", Door: policy.ForMember, Tag: "posts", Summary: "Say that a comment helped",
		Description: "For whoever began the thread: which comments helped.", Does: []string{"POST /c/{id}/helped"}},
		func(c Call, in *helpedInput) (*none, error) {
			_, err := a.Threads.MarkHelped(c.Ctx(), c.Actor, in.Post.ID, in.Body.Helped)
			return nil, err
		})
	add(a, Op{ID: "bookmark-post", Method: "PUT", Path: "/posts/{post}/bookmark", Door: policy.ForMember, Tag: "posts", Summary: "Bookmark a post",
		Description: "Keeps it for the member alone, or lets it go.", Does: []string{"POST /t/{id}/bookmark", "POST /c/{id}/bookmark"}},
		func(c Call, in *bookmarkInput) (*none, error) {
			return nil, a.Threads.Bookmark(c.Ctx(), c.Actor, in.Post.ID, in.Body.Bookmarked)
		})
	add(a, Op{ID: "list-bookmarks", Method: "GET", Path: "/me/bookmarks", Door: policy.ForMember, Tag: "posts", Summary: "Bookmarked posts",
		Description: "Those that can still be read, the newest first.", Does: []string{"GET /bookmarks"}}, a.listBookmarks)
}

func (a *API) readPost(c Call, in *AtPost) (*given[OnePost], error) {
	v, after, err := a.Threads.ReadOne(c.Ctx(), c.Actor, in.Post.ID)
	if err != nil {
		return nil, err
	}
	writers := []writer{opener(v.Thread)}
	for _, k := range v.Comments {
		writers = append(writers, commenter(k))
	}
	people, err := a.castOf(c, v.Space, writers)
	if err != nil {
		return nil, err
	}
	out := OnePost{Thread: summary(v.Thread, v.Space.Slug, people.person(writers[0]), 0), Page: after.String()}
	c.x.version = v.Thread.Version
	if len(v.Comments) == 0 {
		p := showOpening(c, v, people)
		out.Opening = &p
	} else {
		k := showComment(c, v, people, v.Comments[0])
		out.Comment, c.x.version = &k, k.Version
	}
	return give(out, nil)
}

type reactionInput struct {
	AtPost
	Kind thread.Reaction `path:"kind" enum:"same,thanks,helped" doc:"What it says." example:"thanks"`
}

func (a *API) react(on bool) func(Call, *reactionInput) (*none, error) {
	return func(c Call, in *reactionInput) (*none, error) {
		_, err := a.Threads.React(c.Ctx(), c.Actor, in.Post.ID, in.Kind, on)
		return nil, err
	}
}

type helpedInput struct {
	AtPost
	Body struct {
		Helped bool `json:"helped" doc:"Whether it helped."`
	}
}

type bookmarkInput struct {
	AtPost
	Body struct {
		Bookmarked bool `json:"bookmarked" doc:"Whether it is kept."`
	}
}

// writerOfPost is who wrote either.
func writerOfPost(p thread.Post) writer {
	if p.Comment != nil {
		return commenter(*p.Comment)
	}
	return opener(p.Thread)
}

func (a *API) listBookmarks(c Call, _ *struct{}) (*given[listOf[Bookmark]], error) {
	posts, err := a.Threads.Bookmarks(c.Ctx(), c.Actor)
	if err != nil {
		return nil, err
	}
	var writers []writer
	for _, p := range posts {
		writers = append(writers, writerOfPost(p))
	}
	people, err := a.castOf(c, space.Space{}, writers)
	return whole(posts, func(p thread.Post) Bookmark {
		people.kind = p.Space.Kind
		out := Bookmark{Post: p.ID(), Thread: p.Thread.ID, Space: p.Space.Slug, Title: p.Thread.Title, Body: p.Body(), Warning: p.Thread.Warning,
			Author: people.person(writerOfPost(p))}
		if p.Comment != nil {
			out.Warning = p.Comment.Warning
		}
		return out
	}, err)
}
