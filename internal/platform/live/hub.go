package live

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"dayroom/internal/core"
)

// Limits bound the streams. Zero is without a bound.
type Limits struct{ Total, Address, Member int }

// DefaultLimits: a stream is small, so many may be open; an address may be a whole hospital; a member has a few browsers.
var DefaultLimits = Limits{Total: 20_000, Address: 400, Member: 12}

// Reasons why a stream is not opened.
var (
	ErrMany    = errors.New("too many streams")
	ErrStopped = errors.New("the server stops")
)

// Hub has all streams of this process. Safe for concurrent use.
type Hub struct {
	limits Limits

	mu      sync.Mutex
	streams map[*Stream]struct{}
	groups  map[Topic][]entry
	members map[owner][]*Stream
	from    map[string]int
	turn    uint32
	stopped bool
	born    uint64

	open    atomic.Int64
	dropped atomic.Int64
}

// owner is whose streams are counted together: a member's browsers, and apart from them the member's programs, which do not push them out.
type owner struct {
	member  core.ID
	program bool
}

func ownerOf(a core.Actor) owner { return owner{a.Member, a.Token != 0} }

// NewHub makes a hub without streams.
func NewHub(l Limits) *Hub {
	return &Hub{limits: l, streams: map[*Stream]struct{}{}, groups: map[Topic][]entry{}, members: map[owner][]*Stream{}, from: map[string]int{}}
}

// Open is how many streams there are.
func (h *Hub) Open() int { return int(h.open.Load()) }

// Dropped is how many were ended because they did not keep up.
func (h *Hub) Dropped() int { return int(h.dropped.Load()) }

// Room tells whether one more stream may be opened from an address. Where a member has too many, the oldest makes room.
func (h *Hub) Room(address string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.room(address)
}

func (h *Hub) room(address string) error {
	switch {
	case h.stopped:
		return ErrStopped
	case h.limits.Total > 0 && len(h.streams) >= h.limits.Total,
		h.limits.Address > 0 && address != "" && h.from[address] >= h.limits.Address:
		return ErrMany
	}
	return nil
}

// add takes a stream in, and sends it what it has missed. missed is called while no signal can pass, so that nothing falls between.
func (h *Hub) add(s *Stream, grants []Grant, missed func() []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.room(s.Address); err != nil {
		return err
	}
	if m := ownerOf(s.Actor); m.member != 0 {
		if mine := h.members[m]; h.limits.Member > 0 && len(mine) >= h.limits.Member {
			h.remove(mine[0])
		}
		h.members[m] = append(h.members[m], s)
	}
	h.turn++
	s.turn = h.turn
	h.born++
	s.born = h.born
	h.streams[s] = struct{}{}
	h.open.Add(1)
	if s.Address != "" {
		h.from[s.Address]++
	}
	s.held = make([]held, 0, len(grants))
	for _, g := range grants {
		h.attach(s, g)
	}
	h.send(s, missed())
	return nil
}

func (h *Hub) attach(s *Stream, g Grant) {
	group := h.groups[g.Topic]
	s.held = append(s.held, held{g, len(group)})
	h.groups[g.Topic] = append(group, entry{s, len(s.held) - 1})
}

// detach takes the topic in a slot away from a stream. The last of each list fills the gap.
func (h *Hub) detach(s *Stream, slot int) {
	gone := s.held[slot]
	group := h.groups[gone.Topic]
	last := len(group) - 1
	group[gone.index] = group[last]
	group[gone.index].s.held[group[gone.index].slot].index = gone.index
	group[last] = entry{}
	if last == 0 {
		delete(h.groups, gone.Topic)
	} else {
		h.groups[gone.Topic] = group[:last]
	}
	end := len(s.held) - 1
	if slot != end {
		s.held[slot] = s.held[end]
		h.groups[s.held[slot].Topic][s.held[slot].index].slot = slot
	}
	s.held = s.held[:end]
}

// remove ends a stream.
func (h *Hub) remove(s *Stream) {
	if s.dead {
		return
	}
	s.dead = true
	for len(s.held) > 0 {
		h.detach(s, len(s.held)-1)
	}
	delete(h.streams, s)
	h.open.Add(-1)
	if m := ownerOf(s.Actor); m.member != 0 {
		mine := h.members[m]
		for i, o := range mine {
			if o == s {
				mine = append(mine[:i:i], mine[i+1:]...)
				break
			}
		}
		if h.members[m] = mine; len(mine) == 0 {
			delete(h.members, m)
		}
	}
	if s.Address != "" {
		if h.from[s.Address]--; h.from[s.Address] <= 0 {
			delete(h.from, s.Address)
		}
	}
	s.out.close()
}

func (h *Hub) send(s *Stream, message []byte) {
	if len(message) == 0 || s.dead {
		return
	}
	if s.out.send(message) != nil {
		h.dropped.Add(1)
		h.remove(s)
	}
}

// Born is the number of the newest stream.
func (h *Hub) Born() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.born
}

// Drop ends streams.
func (h *Hub) Drop(streams ...*Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range streams {
		h.remove(s)
	}
}

// Each calls visit with every stream. visit must not wait.
func (h *Hub) Each(visit func(*Stream)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.streams {
		visit(s)
	}
}

// Still calls visit while nothing about the streams changes. visit must not wait.
func (h *Hub) Still(visit func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	visit()
}

// Allow sets who listens and what they may hear of from now on, among what they heard of. A topic that they lose is told as gone.
func (h *Hub) Allow(s *Stream, a core.Actor, grants []Grant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.dead {
		return
	}
	s.Actor = a
	may := map[Topic]Grant{}
	for _, g := range grants {
		may[g.Topic] = g
	}
	var gone []Topic
	for i := len(s.held) - 1; i >= 0; i-- {
		g, ok := may[s.held[i].Topic]
		if ok {
			s.held[i].Grant = g
			continue
		}
		gone = append(gone, s.held[i].Topic)
		h.detach(s, i)
	}
	h.send(s, Gone(gone))
}

// Gone tells that topics are not to be heard of any more.
func Gone(topics []Topic) []byte {
	if len(topics) == 0 {
		return nil
	}
	b := []byte("event: gone\ndata:")
	for _, t := range topics {
		b = t.append(append(b, ' '))
	}
	return append(b, "\n\n"...)
}

// stopSpread is within which time browsers come back to another server when one stops, so that they do not come all at once.
const stopSpread = 8 * time.Second

// Stop tells every stream to come back later, and ends it. No stream is opened after it.
func (h *Hub) Stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
	for s := range h.streams {
		wait := time.Second + rand.N(stopSpread)
		h.send(s, strconv.AppendInt([]byte("retry: "), wait.Milliseconds(), 10))
		h.send(s, []byte("\n\n"))
		h.remove(s)
	}
}
