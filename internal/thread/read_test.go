package thread_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

// long makes a thread of n comments in which every third answers an earlier one, the newest branches first and last alike.
func (h *house) long(n int) (thread.Thread, []thread.Comment) {
	h.Helper()
	q := h.ask(h.ada, "A long one?")
	var all []thread.Comment
	for i := range n {
		parent := core.ID(0)
		if i%3 == 2 {
			parent = all[(i*7)%len(all)].ID
		}
		author := h.ada
		if i%2 == 0 {
			author = h.bo
		}
		all = append(all, h.answer(author, q, parent, fmt.Sprint("comment ", i)))
	}
	return q, all
}

// pages reads a thread from the beginning to the end.
func (h *house) pages(a core.Actor, id core.ID) (out [][]thread.Comment) {
	h.Helper()
	for after := (core.Cursor{}); ; {
		v, err := h.threads.Read(ctx(), a, id, after)
		h.must(err)
		out = append(out, v.Comments)
		if v.Next.IsZero() {
			return out
		}
		after = v.Next
	}
}

func TestALongThreadLeadsBackTheWayItWasRead(t *testing.T) {
	each(t, func(h *house) {
		q, _ := h.long(170)
		var way []core.Cursor
		for after := (core.Cursor{}); ; {
			way = append(way, after)
			v, err := h.threads.Read(ctx(), h.steward, q.ID, after)
			h.must(err)
			if v.Next.IsZero() {
				break
			}
			after = v.Next
		}
		if len(way) != 4 {
			t.Fatalf("170 comments make %d pages", len(way))
		}
		for i, after := range way {
			v, err := h.threads.Read(ctx(), h.steward, q.ID, after)
			h.must(err)
			if want := way[max(i-1, 0)]; v.Previous != want {
				t.Errorf("page %d leads back to %v, want %v", i+1, v.Previous, want)
			}
		}
	})
}

func TestALongThreadShowsEachCommentOnceAndFindsEach(t *testing.T) {
	each(t, func(h *house) {
		q, all := h.long(120)
		seen := map[core.ID]int{}
		pages := h.pages(h.steward, q.ID)
		for n, page := range pages {
			for _, c := range page {
				if _, twice := seen[c.ID]; twice {
					t.Errorf("%s stands twice", c.ID)
				}
				seen[c.ID] = n
			}
		}
		if len(seen) != 120 || len(pages) != 3 {
			t.Fatalf("%d comments on %d pages", len(seen), len(pages))
		}
		for _, c := range all {
			id, after, err := h.threads.FindComment(ctx(), h.bo, c.ID)
			h.must(err)
			v, err := h.threads.Read(ctx(), h.bo, id, after)
			h.must(err)
			if !slices.ContainsFunc(v.Comments, func(x thread.Comment) bool { return x.ID == c.ID }) {
				t.Errorf("%s is not on the page that it was found on", c.ID)
			}
			for _, x := range v.Comments {
				onPage := x.Parent == 0 || slices.ContainsFunc(v.Comments, func(y thread.Comment) bool { return y.ID == x.Parent })
				if _, known := v.Answered[x.Parent]; !onPage && !known {
					t.Errorf("nobody knows what %s answers", x.ID)
				}
			}
		}
		_, _, err := h.threads.FindComment(ctx(), core.Visitor, all[0].ID)
		h.refused(err, core.NotFound, "")
		_, _, err = h.threads.FindComment(ctx(), h.bo, q.ID)
		h.refused(err, core.NotFound, "")
	})
}

func TestReadingMarksWhatWasSeenAndNothingElse(t *testing.T) {
	each(t, func(h *house) {
		q, all := h.long(70)
		h.must(h.threads.Follow(ctx(), h.steward, q.ID, thread.Following))
		unread := func() int {
			list, err := h.threads.List(ctx(), h.steward, thread.Filter{Order: thread.FollowedNew})
			h.must(err)
			if len(list.Items) == 0 {
				return 0
			}
			return list.Items[0].New
		}
		if got := unread(); got != 70 {
			t.Errorf("%d are new before reading", got)
		}
		first := h.read(h.steward, q.ID)
		v, err := h.threads.Read(ctx(), h.steward, q.ID, first.Next)
		h.must(err)
		for _, c := range v.Comments {
			if c.Place <= v.ReadTo {
				t.Errorf("%q on the second page counts as read after the first", c.Body)
			}
		}
		if got := unread(); got != 0 {
			t.Errorf("%d are new after the last page", got)
		}
		h.must(h.threads.FlushPositions(ctx()))
		if again := h.read(h.steward, q.ID); again.ReadTo != all[69].Place {
			t.Errorf("read to %d, want %d", again.ReadTo, all[69].Place)
		}
		latest := h.answer(h.bo, q, 0, "Something new.")
		h.answer(h.steward, q, 0, "My own words are not new to me.")
		after, found, err := h.threads.FirstNew(ctx(), h.steward, q.ID)
		h.must(err)
		v, err = h.threads.Read(ctx(), h.steward, q.ID, after)
		h.must(err)
		if !found || !slices.ContainsFunc(v.Comments, func(c thread.Comment) bool { return c.ID == latest.ID }) {
			t.Error("the new comment is not on the page that it is told to be on")
		}
		if _, found, _ = h.threads.FirstNew(ctx(), h.steward, q.ID); found {
			t.Error("something is new after all was read")
		}
	})
}

func TestWhoKeepsNoPositionsIsNotRemembered(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		h.answer(h.ada, q, 0, "Still awake.")
		h.read(h.bo, q.ID)
		h.must(h.threads.FlushPositions(ctx()))
		if n := h.number("SELECT COUNT(*) FROM read_position WHERE member = $1", h.bo.Member); n != 1 {
			t.Fatalf("%d positions", n)
		}
		h.must(h.threads.KeepPositions(ctx(), h.bo, false))
		v := h.read(h.bo, q.ID)
		h.must(h.threads.FlushPositions(ctx()))
		if n := h.number("SELECT COUNT(*) FROM read_position WHERE member = $1", h.bo.Member); n != 0 || v.ReadTo != 0 {
			t.Errorf("%d positions are kept, read to %d", n, v.ReadTo)
		}
		if again := h.read(h.bo, q.ID); again.ReadTo != 0 {
			t.Error("it is remembered in memory")
		}
		keeps, err := h.threads.KeepsPositions(ctx(), h.bo)
		h.must(err)
		if keeps {
			t.Error("the setting is lost")
		}
	})
}

func TestAPositionIsForgottenAfterNinetyDays(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		h.read(h.bo, q.ID)
		h.must(h.threads.FlushPositions(ctx()))
		h.clock.Advance(91 * 24 * time.Hour)
		n, err := h.threads.SweepPositions(ctx())
		h.must(err)
		if n != 1 {
			t.Errorf("swept %d", n)
		}
	})
}

func TestWhatIsHeldIsSeenByItsAuthorAndWhoReadsIt(t *testing.T) {
	each(t, func(h *house) {
		open := h.ask(h.ada, "How do you sleep?")
		h.gate.hold = true
		held := h.ask(h.bo, "My first question")
		comment := h.answer(h.bo, open, 0, "My first comment")
		h.gate.hold = false
		sees := func(a core.Actor) string {
			_, err := h.threads.Find(ctx(), a, held.ID)
			_, _, found := h.threads.FindComment(ctx(), a, comment.ID)
			onPage := len(h.read(a, open.ID).Comments) > 0
			listed := slices.Contains(h.titles(a, thread.Filter{Space: h.asthma.ID, Order: thread.NewestActivity}), held.Title)
			return fmt.Sprint(err == nil, found == nil, onPage, listed)
		}
		if got := sees(h.ada); got != "false false false false" {
			t.Errorf("Ada sees thread, comment, page, list: %s", got)
		}
		if got := sees(h.bo); got != "true true true true" {
			t.Errorf("its author sees %s", got)
		}
		if got := sees(h.steward); got != "true true true false" {
			t.Errorf("the steward sees %s", got)
		}
		if v := h.read(h.ada, open.ID); v.Thread.Replies != 0 {
			t.Error("a held comment is counted")
		}
		h.must(h.threads.Follow(ctx(), h.ada, open.ID, thread.Following))
		if got := h.titles(h.ada, thread.Filter{Order: thread.FollowedNew}); len(got) != 0 {
			t.Errorf("a held comment makes %q new", got)
		}
		h.approve(comment.ID)
		if v := h.read(h.ada, open.ID); v.Thread.Replies != 1 || len(v.Comments) != 1 {
			t.Error("an approved comment does not stand")
		}
	})
}

func (h *house) approve(post core.ID) {
	h.Helper()
	h.must(h.db.Update(ctx(), func(tx *db.Tx) error {
		p, err := h.threads.Peek(tx, h.steward, post)
		if err == nil {
			_, err = h.threads.SetState(tx, h.steward.Member, p, policy.Open, h.clock.Now())
		}
		return err
	}))
}

func TestAHiddenCommentIsATombstoneWhereOthersAnswered(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		bad := h.answer(h.bo, q, 0, "Throw your inhaler away.")
		h.answer(h.ada, q, bad.ID, "Please do not.")
		h.must(h.db.Update(ctx(), func(tx *db.Tx) error {
			p, err := h.threads.Peek(tx, h.steward, bad.ID)
			if err == nil {
				_, err = h.threads.SetState(tx, h.steward.Member, p, policy.HiddenP, h.clock.Now())
			}
			return err
		}))
		others, mine := h.read(h.ada, q.ID), h.read(h.bo, q.ID)
		if len(others.Comments) != 2 || others.Comments[0].Body != "" || others.Comments[0].State != policy.HiddenP {
			t.Errorf("others read %+v", others.Comments[0])
		}
		if mine.Comments[0].Body == "" {
			t.Error("its author does not see what was hidden")
		}
		if others.Thread.Replies != 1 {
			t.Errorf("%d replies are counted", others.Thread.Replies)
		}
	})
}
