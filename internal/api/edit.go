package api

import (
	"strconv"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

// Guarded is a change that has to know what it changes.
type Guarded struct {
	IfMatch string `header:"If-Match" doc:"The ETag of the read that the change is made from. Without it the answer is 428; where somebody changed the post meanwhile, 412, and nothing is lost." example:"\"3.VnPp1tWkQ0u9yXQ6mJ7c1A\""`
}

// from is the version that a change was made from: the number in front of the ETag.
func (g Guarded) from() (int64, error) {
	if g.IfMatch == "" {
		return 0, core.E(core.Invalid, httpx.StatusUnguarded)
	}
	number, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(g.IfMatch), `"`), ".")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil || version < 1 || strings.HasPrefix(g.IfMatch, "W/") {
		return 0, core.E(core.Conflict, httpx.StatusStale) // no tag of ours is like that: it cannot match
	}
	return version, nil
}

// Wording is what an edit puts in place of a post's words.
type Wording struct {
	Body    string `json:"body" doc:"The words, as Markdown, at most 16 KB."`
	Warning string `json:"warning,omitempty" doc:"A content warning, at most 60 characters; absent: none."`
	ForWhom string `json:"for_whom,omitempty" doc:"Whom it is written for; absent: nobody in particular."`
}

type threadEdit struct {
	AtThread
	Guarded
	Body struct {
		Title string   `json:"title" doc:"3 to 140 characters."`
		Tags  []string `json:"tags,omitempty" doc:"At most 6; absent: none."`
		Wording
	}
}

type commentEdit struct {
	Comment ref `path:"comment" doc:"The comment." example:"217834971234304001"`
	Guarded
	Body Wording
}

var editRefusals = []int{412, 428}

func (a *API) edits() {
	add(a, Op{ID: "edit-thread", Method: "PUT", Path: "/threads/{thread}", Door: policy.ForMember, Tag: "threads", Summary: "Change a thread's opening post",
		Description: "Puts other words in place of title, text, tags and warning; the earlier ones are kept as a version. For its author.",
		Does:        []string{"POST /t/{id}/edit"}, Refusals: editRefusals},
		func(c Call, in *threadEdit) (*none, error) {
			b := in.Body
			return nil, a.edit(c, in.Guarded, true, thread.Change{Post: in.Thread.ID, Title: b.Title, Tags: tagsOf(b.Tags), Body: text(b.Body), Warning: b.Warning, ForWhom: b.ForWhom})
		})
	add(a, Op{ID: "edit-comment", Method: "PUT", Path: "/comments/{comment}", Door: policy.ForMember, Tag: "comments", Summary: "Change a comment",
		Description: "Puts other words in its place; the earlier ones are kept as a version. For its author.",
		Does:        []string{"POST /c/{id}/edit"}, Refusals: editRefusals},
		func(c Call, in *commentEdit) (*none, error) {
			b := in.Body
			return nil, a.edit(c, in.Guarded, false, thread.Change{Post: in.Comment.ID, Body: text(b.Body), Warning: b.Warning, ForWhom: b.ForWhom})
		})
}

// edit changes a post from the version that the caller knows.
func (a *API) edit(c Call, g Guarded, opening bool, change thread.Change) (err error) {
	if change.Version, err = g.from(); err != nil {
		return err
	}
	post, err := a.Threads.Find(c.Ctx(), c.Actor, change.Post)
	if err == nil && (post.Comment == nil) != opening {
		err = core.Missing("post of this kind")
	}
	if err == nil {
		_, err = a.Threads.Edit(c.Ctx(), c.Actor, change)
	}
	if core.CodeOf(err) == core.Conflict {
		return core.E(core.Conflict, httpx.StatusStale).Because(err)
	}
	return err
}
