package api

import (
	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

type replyInput struct {
	AtThread
	Body struct {
		Parent core.ID `json:"parent,omitempty" doc:"The comment that it answers; absent: the opening post."`
		Writing
	}
}

func (a *API) comments() {
	add(a, Op{ID: "create-comment", Method: "POST", Path: "/threads/{thread}/comments", Door: policy.ForMember, Tag: "comments", Status: 201, Once: true,
		Summary: "Reply in a thread", Description: "Answers the opening post, or a comment. Newcomers' first posts wait until somebody has read them: state is held then.",
		Does: []string{"POST /t/{id}/reply"}}, a.createComment)
}

func (a *API) createComment(c Call, in *replyInput) (*given[Made], error) {
	b := in.Body
	k, err := a.Threads.Reply(c.Ctx(), c.Actor, thread.ReplyInput{
		Thread: in.Thread.ID, Parent: b.Parent, Body: text(b.Body), Warning: b.Warning, ForWhom: b.ForWhom, AsOrganisation: b.AsOrganisation,
		Draft: b.Draft,
	})
	return give(Made{ID: k.ID, State: string(k.State), Page: thread.CommentPath(k.ID)}, err)
}
