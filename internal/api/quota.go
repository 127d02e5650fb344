package api

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"dayroom/internal/core"
)

// changesShare is the part of the calls that may change something: people are on the other side of every change.
const changesShare = 10

// maxCounted bounds the table. When it is full of windows that still run, the oldest knowledge is given up: somebody may then call
// a little more often, and nobody can fill our memory.
const maxCounted = 20_000

// quota counts calls in windows of fixed length, for each token or address, in this process: on several servers each counts by
// itself.
type quota struct {
	calls  int // in a window; zero: not counted
	window time.Duration

	mu    sync.Mutex
	spent map[string]*spending
}

type spending struct {
	ends           time.Time
	calls, changes int
}

func newQuota(calls int, window time.Duration) *quota {
	return &quota{calls: calls, window: window, spent: map[string]*spending{}}
}

func (q *quota) changes() int { return max(q.calls/changesShare, 1) }

// take counts a call and says in the headers what is left (draft-ietf-httpapi-ratelimit-headers-10); it refuses what is too much.
func (q *quota) take(h http.Header, who string, change bool, now time.Time) error {
	if q.calls == 0 {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.of(who, now)
	over := s.calls >= q.calls || change && s.changes >= q.changes()
	if !over {
		s.calls++
		if change {
			s.changes++
		}
	}
	left := s.ends.Sub(now)
	seconds, window := int((left+time.Second-1)/time.Second), int(q.window/time.Second)
	h.Set("RateLimit-Policy", fmt.Sprintf(`"calls";q=%d;w=%d, "changes";q=%d;w=%d`, q.calls, window, q.changes(), window))
	h.Set("RateLimit", fmt.Sprintf(`"calls";r=%d;t=%d, "changes";r=%d;t=%d`, q.calls-s.calls, seconds, q.changes()-s.changes, seconds))
	if over {
		return core.Wait(left, "api.too_many")
	}
	return nil
}

func (q *quota) of(who string, now time.Time) *spending {
	s := q.spent[who]
	if s != nil && now.Before(s.ends) {
		return s
	}
	if len(q.spent) >= maxCounted {
		q.forget(now)
	}
	s = &spending{ends: now.Add(q.window)}
	q.spent[who] = s
	return s
}

func (q *quota) forget(now time.Time) {
	for who, s := range q.spent {
		if !now.Before(s.ends) {
			delete(q.spent, who)
		}
	}
	if len(q.spent) >= maxCounted {
		clear(q.spent)
	}
}
