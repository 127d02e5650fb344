package thread

import (
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// tagsLease is how long a space's tags may be told from memory: the bound that holds for every cache here.
const tagsLease = time.Second

// usedTags keeps which tags the spaces use. Everybody who may see a space sees the same ones; whether somebody may is asked before, each
// time. Safe for concurrent use.
type usedTags struct {
	db *db.DB

	mu   sync.Mutex
	kept map[core.ID]usedIn
}

type usedIn struct {
	tags    []string
	at      time.Time
	changes uint64 // what this process had written by then
}

// of gives a space's tags, at most a second old and never older than the last write of this process.
func (u *usedTags) of(tx *db.Tx, now time.Time, id core.ID) ([]string, error) {
	changes := u.db.Changes()
	u.mu.Lock()
	k, ok := u.kept[id]
	u.mu.Unlock()
	if age := now.Sub(k.at); ok && k.changes == changes && age >= 0 && age < tagsLease {
		return k.tags, nil
	}
	tags, err := readTags(tx, id)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.kept[id] = usedIn{tags, now, changes}
	return tags, nil
}
