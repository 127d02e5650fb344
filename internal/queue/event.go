package queue

import (
	"dayroom/internal/core"
)

// Kinds of events that this package writes. Subject is the post, or the member where there is none.
const (
	EventReported = "queue.reported" // no actor: who reported is nobody's business but the moderators'
	EventDecided  = "queue.decided"
	EventUndone   = "queue.undone"
	EventWarned   = "member.warned"
)

// ReportedData is the data of EventReported.
type ReportedData struct {
	Item    core.ID `json:"item"`
	Author  core.ID `json:"author"`
	Reason  Reason  `json:"reason"`
	Urgency int     `json:"urgency"`
}

// DecidedData is the data of EventDecided, EventUndone and EventWarned.
type DecidedData struct {
	Decision  core.ID   `json:"decision"`
	Item      core.ID   `json:"item,omitempty"`
	Act       Act       `json:"act"`
	Member    core.ID   `json:"member"` // whom it is about
	Reporters []core.ID `json:"reporters,omitempty"`
}
