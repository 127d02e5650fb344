package search

import (
	"context"
	"time"
)

// OnWait has a test do something instead of waiting.
func (s *Service) OnWait(f func()) {
	s.wait = func(context.Context, time.Duration) error { f(); return nil }
}
