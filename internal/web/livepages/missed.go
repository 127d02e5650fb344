package livepages

import (
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/platform/live"
)

// recent is how many signals the follower remembers, so that browsers that reconnect ask nothing of the database.
const recent = 4096

// longest is how many events are read for somebody who was away. Whoever missed more asks for everything anew, which misses nothing.
const longest = 2000

// mark is a signal with its position.
type mark struct {
	position int64
	live.Signal
}

// memory holds the newest signals. It is whole after position from.
type memory struct {
	from  int64
	marks []mark
}

func (m *memory) add(position int64, signals []live.Signal) {
	for _, s := range signals {
		m.marks = append(m.marks, mark{position, s})
	}
	if over := len(m.marks) - recent; over > 0 {
		over = max(over, recent/2) // seldom, and then many
		over = min(over, len(m.marks)-1)
		m.from = m.marks[over-1].position
		m.marks = append(m.marks[:0:0], m.marks[over:]...)
	}
}

// past is what the database knows of the time before the follower's memory.
type past struct {
	signals []mark
	all     bool // too much to tell one by one
	anew    bool // longer ago than events are kept, or never
}

// longAgo reads what happened between the earliest position that was asked for and what the follower remembers.
func (p *Pages) longAgo(tx *db.Tx, after map[live.Topic]int64) (out past, err error) {
	from := int64(0)
	for _, at := range after {
		if at > 0 && (from == 0 || at < from) {
			from = at
		}
	}
	if from == 0 || p.remembers(from) {
		return out, nil
	}
	last, err := event.Last(tx)
	if err != nil {
		return out, err
	}
	first, err := db.One(tx, db.Int64, "SELECT COALESCE(MIN(position), $1) FROM event", last+1)
	if err != nil {
		return out, err
	}
	for _, at := range after {
		out.anew = out.anew || at > 0 && (at > last || at < first-1)
	}
	if out.anew {
		return out, nil
	}
	events, err := event.After(tx, from, longest+1)
	if err != nil || len(events) > longest {
		out.all = true
		return out, err
	}
	for _, e := range events {
		signals, err := signalsOf(tx, e)
		if err != nil {
			return out, err
		}
		for _, s := range signals {
			out.signals = append(out.signals, mark{e.Position, s})
		}
	}
	return out, nil
}

// missed makes the first message of a stream: what it has missed, and where it stands.
func (p *Pages) missed(o live.Opening, after map[live.Topic]int64, old past) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old.anew {
		return append([]byte("event: anew\ndata: 1\n\n"), live.Message(p.position.Load(), 0, nil)...)
	}
	var topics []live.Topic
	for _, g := range o.Grants {
		at := after[g.Topic]
		if at > 0 && (old.all || happened(old.signals, g, o.Actor, at) || happened(p.memory.marks, g, o.Actor, at)) {
			topics = append(topics, g.Topic)
		}
	}
	return live.Message(p.position.Load(), 0, topics)
}

func happened(marks []mark, g live.Grant, a core.Actor, after int64) bool {
	for i := len(marks) - 1; i >= 0 && marks[i].position > after; i-- {
		if m := marks[i]; m.Topic == g.Topic && m.For(g, a) {
			return true
		}
	}
	return false
}
