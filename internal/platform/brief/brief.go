// Package brief tells again, for at most a second, what was read from the database a moment ago: rows that many readers see in the
// same second, such as the comments of a thread that is talked about and the names of those who write there.
//
// What it keeps is what the rows say, never what somebody may see of them: that is decided anew for each reader, from rows that are no
// older than the last write. Three things end what is kept, whichever comes first: a commit of this process, an event written by another
// server of the site (on PostgreSQL, where there can be several), and a second, which is the bound that holds for every cache here
// (docs/adr/0021). So whoever wrote something reads it, whichever server answers, and nothing has to tell this package what it touched.
package brief

import (
	"sync"
	"time"

	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
)

// KeptFor is how long something is told again.
const KeptFor = time.Second

// Memory keeps values by key. Values are shared: whoever gets one must not change it. Safe for concurrent use.
type Memory[K comparable, V any] struct {
	max int

	mu   sync.Mutex
	kept map[K]entry[V]
}

type entry[V any] struct {
	value V
	at    time.Time
	stamp stamp
}

// stamp is how far the database was when something was read.
type stamp struct {
	changes uint64 // commits of this process
	event   int64  // the newest event, where other servers may write
}

// New makes a memory for at most max values.
func New[K comparable, V any](max int) *Memory[K, V] {
	return &Memory[K, V]{max: max, kept: map[K]entry[V]{}}
}

// Get gives the value of a key, from memory or by reading it. A transaction that writes reads for itself: it sees what is not yet
// committed.
func (m *Memory[K, V]) Get(tx *db.Tx, now time.Time, key K, read func() (V, error)) (V, error) {
	all, err := m.All(tx, now, []K{key}, func([]K) (map[K]V, error) {
		v, err := read()
		return map[K]V{key: v}, err
	})
	return all[key], err
}

// All gives the values of keys; read is asked once, for those that are not in memory. A key that read does not know has no value, and
// is asked for again the next time.
func (m *Memory[K, V]) All(tx *db.Tx, now time.Time, keys []K, read func([]K) (map[K]V, error)) (map[K]V, error) {
	if tx.Writable() {
		return read(keys)
	}
	s, err := stampOf(tx)
	if err != nil {
		return nil, err
	}
	out, missing := m.recall(s, now, keys)
	if len(missing) == 0 {
		return out, nil
	}
	fresh, err := read(missing)
	if err != nil {
		return nil, err
	}
	m.keep(s, now, fresh)
	for k, v := range fresh {
		out[k] = v
	}
	return out, nil
}

func (m *Memory[K, V]) recall(s stamp, now time.Time, keys []K) (out map[K]V, missing []K) {
	out = make(map[K]V, len(keys))
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range keys {
		e, ok := m.kept[k]
		if age := now.Sub(e.at); ok && e.stamp == s && age >= 0 && age < KeptFor {
			out[k] = e.value
		} else {
			missing = append(missing, k)
		}
	}
	return out, missing
}

func (m *Memory[K, V]) keep(s stamp, now time.Time, fresh map[K]V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept)+len(fresh) > m.max { // they are read again soon enough
		clear(m.kept)
	}
	for k, v := range fresh {
		m.kept[k] = entry[V]{v, now, s}
	}
}

type stampKey struct{}

// stampOf tells how far the database is in this transaction, and asks it once.
func stampOf(tx *db.Tx) (stamp, error) {
	if s, ok := tx.Value(stampKey{}).(stamp); ok {
		return s, nil
	}
	s := stamp{changes: tx.Begun()}
	if tx.Shared() {
		last, err := event.Last(tx)
		if err != nil {
			return s, err
		}
		s.event = last
	}
	tx.SetValue(stampKey{}, s)
	return s, nil
}
