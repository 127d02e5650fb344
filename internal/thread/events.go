package thread

import (
	"dayroom/internal/core"
	"dayroom/internal/policy"
)

// Kinds of events that this package writes. Subject is the post.
const (
	ThreadCreated  = "thread.created"
	CommentCreated = "comment.created"
	PostEdited     = "post.edited"
	PostDeleted    = "post.deleted"
	PostStateSet   = "post.state_set"
	PostReacted    = "post.reacted"
	PostUnreacted  = "post.unreacted"
	PostHelped     = "post.helped"
	PostRedacted   = "post.redacted"
	ThreadChanged  = "thread.changed" // closed, opened, pinned, unpinned, moved
	PollVoted      = "poll.voted"
)

// Created is the data of ThreadCreated and CommentCreated.
type Created struct {
	State        policy.PostState  `json:"state"`
	Kind         policy.ThreadKind `json:"kind,omitempty"`
	Mentions     []core.ID         `json:"mentions,omitempty"`
	ParentAuthor core.ID           `json:"parent_author,omitempty"` // of the comment or thread that is answered
	ThreadAuthor core.ID           `json:"thread_author,omitempty"`
}

// Removed is the data of PostDeleted: where the post stood, so that whoever was never told of it need not be told that it went.
type Removed struct {
	From policy.PostState `json:"from"`
}

// StateSet is the data of PostStateSet. First tells that the post became readable for the first time.
type StateSet struct {
	From     policy.PostState `json:"from"`
	To       policy.PostState `json:"to"`
	Author   core.ID          `json:"author"`
	Mentions []core.ID        `json:"mentions,omitempty"`
}

// Reacted is the data of PostReacted and PostUnreacted.
type Reacted struct {
	Kind   Reaction `json:"kind"`
	Author core.ID  `json:"author"`
}

// Changed is the data of ThreadChanged.
type Changed struct {
	What   string  `json:"what"`
	From   core.ID `json:"from,omitempty"` // the space it was moved from
	Author core.ID `json:"author"`
}
