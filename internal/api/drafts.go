package api

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

// DraftWriting is what somebody has begun to write. Their words are sealed under the member's key.
type DraftWriting struct {
	Space   core.ID           `json:"space,omitzero" doc:"The space that it is for."`
	Thread  core.ID           `json:"thread,omitzero" doc:"The thread that it answers in; absent: a thread to be."`
	Parent  core.ID           `json:"parent,omitzero" doc:"The comment that it answers."`
	Kind    policy.ThreadKind `json:"kind,omitempty" enum:",discussion,question,experience,case,announcement,live" doc:"Of a thread to be."`
	Title   string            `json:"title,omitempty" doc:"Of a thread to be."`
	Body    string            `json:"body,omitempty" doc:"The words so far, as Markdown."`
	Tags    []string          `json:"tags,omitempty" doc:"Of a thread to be."`
	Warning string            `json:"warning,omitempty" doc:"A content warning."`
	ForWhom string            `json:"for_whom,omitempty" doc:"Whom it is written for."`
}

// Draft is one that is kept.
type Draft struct {
	ID      string    `json:"id" doc:"The name that its writer gave it." example:"vD3mKq0eYcWl9hXb2aTr7NfS"`
	Changed time.Time `json:"changed" doc:"When it was changed last."`
	DraftWriting
}

// AtDraft is an address with a draft in it.
type AtDraft struct {
	Draft string `path:"draft" doc:"Its name: 16 to 40 letters, digits, - and _, made by whoever writes." example:"vD3mKq0eYcWl9hXb2aTr7NfS"`
}

type draftInput struct {
	AtDraft
	Body DraftWriting
}

type previewInput struct {
	Body struct {
		Body string `json:"body" doc:"The words, as Markdown."`
	}
}

// Preview is what words would look like.
type Preview struct {
	HTML string `json:"html" doc:"The words, as HTML that is safe to show."`
}

func (a *API) drafts() {
	add(a, Op{ID: "list-drafts", Method: "GET", Path: "/me/drafts", Door: policy.ForMember, Tag: "drafts", Summary: "Drafts",
		Description: "What the member has begun to write, the newest first.", Does: []string{"GET /drafts"}},
		func(c Call, _ *struct{}) (*given[listOf[Draft]], error) {
			rows, err := a.Threads.Drafts(c.Ctx(), c.Actor)
			return whole(rows, showDraft, err)
		})
	add(a, Op{ID: "save-draft", Method: "PUT", Path: "/me/drafts/{draft}", Door: policy.ForMember, Tag: "drafts", Summary: "Keep a draft",
		Description: "Stores it, or changes it. Creating a thread or a comment with the same name as draft spends it.", Does: []string{"POST /drafts"}},
		func(c Call, in *draftInput) (*none, error) {
			b := in.Body
			return nil, a.Threads.SaveDraft(c.Ctx(), c.Actor, thread.Draft{ID: in.Draft, Space: b.Space, Thread: b.Thread, Parent: b.Parent, Kind: b.Kind,
				Title: b.Title, Body: text(b.Body), Tags: tagsOf(b.Tags), Warning: b.Warning, ForWhom: b.ForWhom})
		})
	add(a, Op{ID: "drop-draft", Method: "DELETE", Path: "/me/drafts/{draft}", Door: policy.ForMember, Tag: "drafts", Summary: "Throw a draft away",
		Description: "One that is not there is no error.", Does: []string{"POST /drafts/drop"}},
		func(c Call, in *AtDraft) (*none, error) { return nil, a.Threads.DropDraft(c.Ctx(), c.Actor, in.Draft) })
	add(a, Op{ID: "preview", Method: "POST", Path: "/preview", Door: policy.ForMember, Tag: "drafts", Summary: "Preview words",
		Description: "Renders Markdown as a post would be. Nothing is written.", Does: []string{"POST /preview"}},
		func(c Call, in *previewInput) (*given[Preview], error) {
			html, err := a.Threads.Preview(c.Ctx(), c.Actor, text(in.Body.Body))
			return give(Preview{html}, err)
		})
}

func showDraft(d thread.Draft) Draft {
	return Draft{d.ID, d.UpdatedAt, DraftWriting{Space: d.Space, Thread: d.Thread, Parent: d.Parent, Kind: d.Kind, Title: d.Title, Body: d.Body,
		Tags: d.Tags, Warning: d.Warning, ForWhom: d.ForWhom}}
}
