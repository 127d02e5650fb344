package api

import (
	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// SpaceName is a space by its names.
type SpaceName struct {
	ID   core.ID `json:"id" doc:"The space."`
	Slug string  `json:"slug" doc:"Its name in addresses." example:"heart-to-heart"`
	Name string  `json:"name" doc:"Its name." example:"Heart to heart"`
}

type followInput struct {
	AtThread
	Body struct {
		Level thread.Level `json:"level" enum:",follow,mute" doc:"follow: be told of what is new. mute: be told of nothing, not even a mention. Empty: neither."`
	}
}

type voteInput struct {
	AtThread
	Body struct {
		Choice int `json:"choice" doc:"Which of the options, counted from 0."`
	}
}

type closeInput struct {
	AtThread
	Body struct {
		Closed bool `json:"closed" doc:"Whether nobody can reply any more."`
	}
}

type pinInput struct {
	AtThread
	Body struct {
		Pinned bool `json:"pinned" doc:"Whether it stands on top of its space."`
	}
}

type moveInput struct {
	AtThread
	Body struct {
		Space core.ID `json:"space" doc:"Where to: one of the thread's destinations."`
	}
}

func (a *API) arrangements() {
	add(a, Op{ID: "follow-thread", Method: "PUT", Path: "/threads/{thread}/follow", Door: policy.ForMember, Tag: "threads", Summary: "Follow or mute a thread",
		Description: "Sets how closely the member follows it.", Does: []string{"POST /t/{id}/follow"}},
		func(c Call, in *followInput) (*none, error) {
			return nil, a.Threads.Follow(c.Ctx(), c.Actor, in.Thread.ID, in.Body.Level)
		})
	add(a, Op{ID: "vote", Method: "PUT", Path: "/threads/{thread}/vote", Door: policy.ForMember, Tag: "threads", Summary: "Choose in a poll",
		Description: "Chooses, or changes the choice, while the poll is open.", Does: []string{"POST /t/{id}/vote"}},
		func(c Call, in *voteInput) (*none, error) {
			return nil, a.Threads.Vote(c.Ctx(), c.Actor, in.Thread.ID, in.Body.Choice)
		})
	add(a, Op{ID: "close-thread", Method: "PUT", Path: "/threads/{thread}/closed", Door: policy.ForMember, Tag: "threads", Summary: "Close a thread, or open it again",
		Description: "For those who look after the space, and for whoever asked a question.", Does: []string{"POST /t/{id}/close"}},
		func(c Call, in *closeInput) (*none, error) {
			return nil, a.Threads.Close(c.Ctx(), c.Actor, in.Thread.ID, in.Body.Closed)
		})
	add(a, Op{ID: "pin-thread", Method: "PUT", Path: "/threads/{thread}/pinned", Door: policy.ForSteward, Tag: "threads", Summary: "Pin a thread",
		Description: "Puts it on top of its space's list, or lets it go.", Does: []string{"POST /t/{id}/pin"}},
		func(c Call, in *pinInput) (*none, error) {
			return nil, a.Threads.Pin(c.Ctx(), c.Actor, in.Thread.ID, in.Body.Pinned)
		})
	add(a, Op{ID: "list-destinations", Method: "GET", Path: "/threads/{thread}/destinations", Door: policy.ForSteward, Tag: "threads",
		Summary: "Where a thread can be moved", Description: "Spaces that the caller looks after too, and where no more people may read it.", Does: []string{"GET /t/{id}/move"}},
		func(c Call, in *AtThread) (*given[listOf[SpaceName]], error) {
			_, rows, err := a.Threads.Targets(c.Ctx(), c.Actor, in.Thread.ID)
			return whole(rows, nameOf, err)
		})
	add(a, Op{ID: "move-thread", Method: "POST", Path: "/threads/{thread}/move", Door: policy.ForSteward, Tag: "threads", Summary: "Move a thread",
		Description: "Brings it to another space. A move never widens who may read.", Does: []string{"POST /t/{id}/move"}},
		func(c Call, in *moveInput) (*none, error) {
			return nil, a.Threads.Move(c.Ctx(), c.Actor, in.Thread.ID, in.Body.Space)
		})
}

func nameOf(s space.Space) SpaceName { return SpaceName{s.ID, s.Slug, s.Name} }
