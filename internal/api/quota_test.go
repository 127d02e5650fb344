package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
)

func TestTooManyCallsAreRefusedUntilTheWindowEnds(t *testing.T) {
	q := newQuota(20, time.Minute)
	now := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	h := http.Header{}
	for i := range 20 {
		if err := q.take(h, "token:1", false, now); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	err := q.take(h, "token:1", false, now.Add(20*time.Second))
	if core.CodeOf(err) != core.TooSoon || h.Get("RateLimit") != `"calls";r=0;t=40, "changes";r=2;t=40` {
		t.Errorf("%v, %q", err, h.Get("RateLimit"))
	}
	if !strings.Contains(h.Get("RateLimit-Policy"), `"calls";q=20;w=60`) {
		t.Errorf("the policy is %q", h.Get("RateLimit-Policy"))
	}
	if err := q.take(h, "token:2", false, now); err != nil {
		t.Errorf("another token is refused: %v", err)
	}
	if err := q.take(h, "token:1", false, now.Add(time.Minute)); err != nil {
		t.Errorf("the next window is refused: %v", err)
	}
}

func TestChangesHaveANarrowerBound(t *testing.T) {
	q := newQuota(20, time.Minute)
	now := time.Unix(0, 0)
	h := http.Header{}
	for range 2 {
		if err := q.take(h, "a", true, now); err != nil {
			t.Fatal(err)
		}
	}
	if q.take(h, "a", true, now) == nil {
		t.Error("a third change was let through")
	}
	if err := q.take(h, "a", false, now); err != nil {
		t.Errorf("reading is refused because of changes: %v", err)
	}
}

func TestNobodyFillsTheTableOfCallers(t *testing.T) {
	q := newQuota(20, time.Minute)
	for i := range maxCounted + 100 {
		q.take(http.Header{}, "address:"+time.Duration(i).String(), false, time.Unix(0, 0))
	}
	if len(q.spent) > maxCounted {
		t.Errorf("%d callers are remembered", len(q.spent))
	}
}
