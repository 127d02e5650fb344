package core_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
)

func TestIdsNeverGoBackWhenTheClockDoes(t *testing.T) {
	clock := core.NewManualClock(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	ids, err := core.NewIDMaker(clock, 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	last := ids.Next()
	for i := range 20_000 {
		if i == 5000 {
			clock.Advance(-time.Hour)
		}
		next := ids.Next()
		if next <= last {
			t.Fatalf("%d came after %d", next, last)
		}
		last = next
	}
}

func TestIdsOfTwoProcessesNeverMeet(t *testing.T) {
	clock := core.NewManualClock(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	seen := map[core.ID]bool{}
	for process := range 4 {
		ids, err := core.NewIDMaker(clock, process, 0)
		if err != nil {
			t.Fatal(err)
		}
		for range 5000 {
			id := ids.Next()
			if seen[id] {
				t.Fatalf("%d was made twice", id)
			}
			seen[id] = true
		}
	}
}

func TestAnIdKnowsWhenItWasMade(t *testing.T) {
	at := time.Date(2031, 2, 3, 4, 5, 6, 7_000_000, time.UTC)
	ids, _ := core.NewIDMaker(core.NewManualClock(at), core.MaxProcess, 0)
	if got := ids.Next().Time(); !got.Equal(at) {
		t.Errorf("got %v, want %v", got, at)
	}
}

func TestIdsAreMadeSafelyAtOnce(t *testing.T) {
	ids, _ := core.NewIDMaker(core.SystemClock{}, 1, 0)
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[core.ID]bool{}
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				id := ids.Next()
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 8000 {
		t.Errorf("%d different ids of 8000", len(seen))
	}
}

func TestAnIdIsAStringInJSON(t *testing.T) {
	text, err := json.Marshal(map[string]core.ID{"id": 9007199254740993})
	if err != nil || string(text) != `{"id":"9007199254740993"}` {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestABrokenIdLeadsNowhere(t *testing.T) {
	for _, s := range []string{"", "0", "-1", "+1", "01", "1e3", "9223372036854775808", "99999999999999999999", "1 ", "१"} {
		if id, err := core.ParseID(s); !core.IsNotFound(err) {
			t.Errorf("ParseID(%q) = %d, %v; want not found", s, id, err)
		}
	}
}

func TestACauseIsForTheLogOnly(t *testing.T) {
	secret := errors.New("dial tcp 10.0.0.7: refused")
	err := fmt.Errorf("wrapped: %w", core.E(core.Unavailable, "error.unavailable").Because(secret))
	if core.CodeOf(err) != core.Unavailable || !errors.Is(err, secret) {
		t.Errorf("the code or the cause was lost: %v", err)
	}
	if core.CodeOf(secret) != core.Internal || core.CodeOf(nil) != "" {
		t.Error("a foreign error is internal, none is none")
	}
}

func TestTheFirstMistakeOfAFieldStays(t *testing.T) {
	f := core.Fields{}
	f.Check(false, "title", "first")
	f.Check(false, "title", "second")
	f.Check(true, "body", "never")
	var e *core.Error
	if !errors.As(f.Err(), &e) || e.Fields["title"] != "first" || len(e.Fields) != 1 {
		t.Errorf("got %v", f.Err())
	}
	if (core.Fields{}).Err() != nil {
		t.Error("nothing wrong is no error")
	}
}

func TestAListEndsWhereNoRowIsLeft(t *testing.T) {
	key := func(n int) core.Cursor { return core.Cursor{Sort: int64(n), ID: 1} }
	if l := core.CutList([]int{1, 2, 3}, 3, key); !l.Next.IsZero() || len(l.Items) != 3 {
		t.Errorf("got %+v", l)
	}
	if l := core.CutList([]int{1, 2, 3, 4}, 3, key); l.Next.Sort != 3 || len(l.Items) != 3 {
		t.Errorf("got %+v", l)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(core.Cursor{Sort: 5, ID: -7}.String())
	f.Add("AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("!!")
	f.Fuzz(func(t *testing.T, token string) {
		c, err := core.ParseCursor(token)
		if err != nil {
			if core.CodeOf(err) != core.Invalid {
				t.Errorf("%q gives %v, want an invalid error", token, err)
			}
			return
		}
		again, err := core.ParseCursor(c.String())
		if err != nil || again != c {
			t.Errorf("%q reads as %v, which reads as %v, %v", token, c, again, err)
		}
	})
}
