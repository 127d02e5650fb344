package live

import (
	"slices"
	"strconv"
)

// Fetching anew costs the server some work, more for a member than for a visitor, whose pages are shared. So those who hear of the same
// thing are asked to spread over a time that grows with their number.
const (
	spreadMember  = 2000 // microseconds
	spreadVisitor = 200
	spreadMost    = 30_000 // milliseconds
)

// Message is what a stream is told: within how many milliseconds to ask, and about which topics.
func Message(position int64, spread int, topics []Topic) []byte {
	b := strconv.AppendInt([]byte("id: "), position, 10)
	b = strconv.AppendInt(append(b, "\ndata: "...), int64(spread), 10)
	for _, t := range topics {
		b = t.append(append(b, ' '))
	}
	return append(b, "\n\n"...)
}

// Tell sends signals that lie at or before a position. A stream gets one message for all of them, so that its Last-Event-ID never
// stands after something that it was not told.
func (h *Hub) Tell(position int64, signals []Signal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	hit := map[*Stream][]Topic{}
	cost := 0
	for _, sig := range signals {
		for _, e := range h.groups[sig.Topic] {
			if !sig.For(e.s.held[e.slot].Grant, e.s.Actor) {
				continue
			}
			topics := hit[e.s]
			if slices.Contains(topics, sig.Topic) {
				continue
			}
			if topics == nil {
				if cost += spreadVisitor; e.s.Actor.Member != 0 {
					cost += spreadMember - spreadVisitor
				}
			}
			hit[e.s] = append(topics, sig.Topic)
		}
	}
	spread := min(cost/1000, spreadMost)
	made := map[Topic][]byte{} // most streams hear of one topic: the same bytes serve them all
	for s, topics := range hit {
		if len(topics) > 1 {
			h.send(s, Message(position, spread, topics))
			continue
		}
		m, ok := made[topics[0]]
		if !ok {
			m = Message(position, spread, topics)
			made[topics[0]] = m
		}
		h.send(s, m)
	}
}

// The wheel: how many beats of a second until a stream is told that the line is open, and until it is asked whether somebody is there.
const (
	heartbeat = 30
	glance    = 5
)

// Beat has to be called every second. It tells a part of the streams the position, by which broken lines are found, and ends those
// whose browser has gone.
func (h *Hub) Beat(position int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turn++
	m := Message(position, 0, nil)
	for s := range h.streams {
		at := h.turn + s.turn
		if at%glance == 0 && !s.out.alive() {
			h.remove(s)
			continue
		}
		if at%heartbeat == 0 {
			h.send(s, m)
		}
	}
}
