package live

import (
	"dayroom/internal/core"
)

// Stream is an open stream of one browser.
type Stream struct {
	Actor   core.Actor // who listens; changed by the hub's owner alone
	Address string     // from where, for the bound; empty is not counted

	out  outlet
	held []held // what it listens to
	turn uint32 // when the wheel comes by
	dead bool
	born uint64
}

// Grant is a topic that the listener may hear of.
type Grant struct {
	Topic
	Place  core.ID // what the topic lies in, such as a thread's space; a change of it asks again
	Inside bool    // also of what only some may know, such as a post that waits
}

type held struct {
	Grant
	index int // where it stands in the topic's group
}

// entry is a stream within a topic's group; slot is the topic's place among those of the stream.
type entry struct {
	s    *Stream
	slot int
}

// Born counts the streams of the hub: a later one has a greater number.
func (s *Stream) Born() uint64 { return s.born }

// Grants lists what the stream listens to.
func (s *Stream) Grants() []Grant {
	out := make([]Grant, len(s.held))
	for i, h := range s.held {
		out[i] = h.Grant
	}
	return out
}

// outlet is how bytes leave. send never waits: what cannot leave at once is an error, and the stream is dropped.
type outlet interface {
	send([]byte) error
	alive() bool
	close()
}

// Signal tells that something happened to a topic.
type Signal struct {
	Topic
	Inside bool    // only for those with a grant of what is inside, and By
	By     core.ID // who did it
}

// For tells whether a signal is for a listener who has a grant of its topic.
func (s Signal) For(g Grant, a core.Actor) bool {
	return !s.Inside || g.Inside || s.By != 0 && a.Member == s.By
}
