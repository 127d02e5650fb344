// Package approval decides about new posts: which stand at once, which are held until somebody has read them, and how much
// somebody may write who is new. It is the Gate of package thread.
//
// Somebody's first two posts in a community are held: most of what does harm there comes with a first post, and a first post that
// somebody has read gets a welcome too. What visitors write in channels is always held. Whoever may read what is held is held by
// nobody.
package approval

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/keys"
	"dayroom/internal/site"
	"dayroom/internal/thread"
)

// What somebody may do who is new.
const (
	HeldPosts     = 2 // first posts in a community that wait to be read
	MaxLinks      = 2 // in a newcomer's post: spam is links
	firstDay      = 24 * time.Hour
	maxDayThreads = 3 // on the first day of an account
	maxDayReplies = 10
)

// Service is the gate. Safe for concurrent use.
type Service struct {
	ids   *core.IDMaker
	clock core.Clock
	keys  *keys.Store
	site  *site.Service
}

var _ thread.Gate = (*Service)(nil)

// New makes the service.
func New(ids *core.IDMaker, clock core.Clock, k *keys.Store, s *site.Service) *Service {
	return &Service{ids: ids, clock: clock, keys: k, site: s}
}
