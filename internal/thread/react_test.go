package thread_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

func TestReactionsAreCountedOnceHoweverOftenTheyArePressed(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if _, err := h.threads.React(ctx(), h.bo, q.ID, thread.SameHere, true); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if v := h.read(h.bo, q.ID); v.Thread.Reactions.Same != 1 || len(v.Mine[q.ID]) != 1 {
			t.Errorf("counted %+v, mine %v", v.Thread.Reactions, v.Mine)
		}
		for range 2 {
			_, err := h.threads.React(ctx(), h.bo, q.ID, thread.SameHere, false)
			h.must(err)
		}
		if v := h.read(h.bo, q.ID); v.Thread.Reactions.Same != 0 {
			t.Errorf("taken back, and counted %d", v.Thread.Reactions.Same)
		}
		if n := len(h.events(thread.PostReacted)); n != 1 {
			t.Errorf("told %d times", n)
		}
		_, err := h.threads.React(ctx(), h.ada, q.ID, thread.ThankYou, true)
		h.refused(err, core.Forbidden, "thread.react.own")
		_, err = h.threads.React(ctx(), h.bo, q.ID, "like", true)
		h.refused(err, core.NotFound, "")
		_, err = h.threads.React(ctx(), core.Visitor, q.ID, thread.ThankYou, true)
		h.refused(err, core.NotFound, "")
	})
}

func TestTheAskerSaysWhatHelped(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		good, other, own := h.answer(h.bo, q, 0, "Raise the bed."), h.answer(h.steward, q, 0, "Tea."), h.answer(h.ada, q, 0, "I tried a fan.")
		_, err := h.threads.MarkHelped(ctx(), h.bo, other.ID, true)
		h.refused(err, core.Forbidden, "policy.author_only")
		_, err = h.threads.MarkHelped(ctx(), h.ada, own.ID, true)
		h.refused(err, core.Forbidden, "thread.react.own")
		_, err = h.threads.React(ctx(), h.bo, other.ID, thread.HelpedThis, true)
		h.must(err)
		for range 2 {
			_, err = h.threads.React(ctx(), h.ada, good.ID, thread.HelpedThis, true) // the asker's reaction is the asker's mark
			h.must(err)
		}
		v := h.read(h.bo, q.ID)
		if len(v.Helped) != 2 || v.Helped[0].ID != good.ID || !v.Helped[0].AuthorHelped || v.Helped[0].Reactions.Helped != 1 || v.Thread.Helped != 2 {
			t.Errorf("what helped is %+v", v.Helped)
		}
		if n, m := len(h.events(thread.PostHelped)), len(h.events(thread.PostReacted)); n != 1 || m != 1 {
			t.Errorf("told %d marks and %d reactions", n, m)
		}
		_, err = h.threads.MarkHelped(ctx(), h.ada, good.ID, false)
		h.must(err)
		if v := h.read(h.bo, q.ID); len(v.Helped) != 1 || v.Helped[0].ID != other.ID {
			t.Errorf("after taking back: %+v", v.Helped)
		}
	})
}

func TestAPollCountsEachPersonOnce(t *testing.T) {
	each(t, func(h *house) {
		q, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Discussion, Title: "When do you take it?", Body: "Tell me.",
			Poll: &thread.PollInput{Question: "When?", Options: []string{"Morning", " Evening ", ""}, Days: 2}})
		h.must(err)
		for _, choice := range []int{0, 1, 1} {
			h.must(h.threads.Vote(ctx(), h.bo, q.ID, choice))
		}
		h.must(h.threads.Vote(ctx(), h.ada, q.ID, 0))
		p := h.read(h.bo, q.ID).Poll
		if p.Total != 2 || p.Votes[0] != 1 || p.Votes[1] != 1 || p.Mine != 1 || p.Options[1] != "Evening" {
			t.Errorf("the poll is %+v", p)
		}
		if p := h.read(h.steward, q.ID).Poll; p.Mine != -1 {
			t.Errorf("who did not vote chose %d", p.Mine)
		}
		for _, choice := range []int{-1, 2} {
			h.refused(h.threads.Vote(ctx(), h.bo, q.ID, choice), core.Invalid, "thread.poll.choice")
		}
		h.clock.Advance(48 * time.Hour)
		h.refused(h.threads.Vote(ctx(), h.bo, q.ID, 0), core.Forbidden, "thread.poll.closed")
		h.refused(h.threads.Vote(ctx(), h.bo, h.ask(h.ada, "No poll here").ID, 0), core.NotFound, "")
	})
}

func TestFollowingMutingAndKeepingConcernNobodyElse(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		h.must(h.threads.Follow(ctx(), h.bo, q.ID, thread.Following))
		h.must(h.threads.Follow(ctx(), h.bo, q.ID, thread.Muted))
		h.answer(h.bo, q, 0, "Writing does not unmute.")
		if v := h.read(h.bo, q.ID); v.Level != thread.Muted {
			t.Errorf("the level is %q", v.Level)
		}
		h.must(h.threads.Follow(ctx(), h.bo, q.ID, thread.NotFollowing))
		h.refused(h.threads.Follow(ctx(), h.bo, q.ID, "stalk"), core.Invalid, "")
		h.refused(h.threads.Follow(ctx(), core.Visitor, q.ID, thread.Following), core.Unauthenticated, "")

		for range 2 {
			h.must(h.threads.Bookmark(ctx(), h.bo, q.ID, true))
		}
		list, err := h.threads.Bookmarks(ctx(), h.bo)
		h.must(err)
		if len(list) != 1 || list[0].ID() != q.ID {
			t.Errorf("kept are %v", list)
		}
		_, err = h.threads.Delete(ctx(), h.ada, q.ID)
		h.must(err)
		if list, _ := h.threads.Bookmarks(ctx(), h.bo); len(list) != 0 {
			t.Error("what is deleted is still kept")
		}
	})
}

func TestAMoveNeverWidensWhoMayRead(t *testing.T) {
	each(t, func(h *house) {
		steward := func(sp space.Space) { h.must(h.spaces.AppointSteward(ctx(), h.admin, sp.Slug, "sten")) }
		open := h.open(policy.Community, "open-air", func(in *space.Input) { in.Visibility = policy.Public })
		closed := h.open(policy.Community, "closed", func(in *space.Input) { in.Visibility = policy.Invited })
		twin := h.open(policy.Community, "twin", nil)
		for _, sp := range []space.Space{open, closed, twin, h.channel} {
			steward(sp)
		}
		alien := h.open(policy.Community, "alien", nil)
		q := h.ask(h.ada, "How do you sleep?")
		_, targets, err := h.threads.Targets(ctx(), h.steward, q.ID)
		h.must(err)
		var names []string
		for _, sp := range targets {
			names = append(names, sp.Slug)
		}
		if fmt.Sprint(names) != "[closed twin]" {
			t.Errorf("may go to %v", names)
		}
		h.refused(h.threads.Move(ctx(), h.steward, q.ID, open.ID), core.Invalid, "thread.move.not_there")
		h.refused(h.threads.Move(ctx(), h.steward, q.ID, h.channel.ID), core.Invalid, "thread.move.not_there")
		h.refused(h.threads.Move(ctx(), h.steward, q.ID, h.asthma.ID), core.Invalid, "thread.move.not_there")
		h.refused(h.threads.Move(ctx(), h.steward, q.ID, alien.ID), core.Forbidden, "policy.steward_only")
		h.refused(h.threads.Move(ctx(), h.ada, q.ID, twin.ID), core.Forbidden, "policy.steward_only")
		h.must(h.threads.Pin(ctx(), h.steward, q.ID, true))
		h.must(h.threads.Move(ctx(), h.steward, q.ID, closed.ID))
		_, err = h.threads.Read(ctx(), h.ada, q.ID, core.Cursor{})
		h.refused(err, core.NotFound, "") // its author is not in there: the stewards know that
		if v := h.read(h.steward, q.ID); v.Space.ID != closed.ID || !v.Thread.PinnedAt.IsZero() {
			t.Errorf("moved to %s", v.Space.Slug)
		}
		news, err := h.threads.Create(ctx(), h.staff, thread.Opening{Space: h.channel.ID, Kind: policy.Announcement, Title: "News", Body: "News."})
		h.must(err)
		h.refused(h.threads.Move(ctx(), h.steward, news.ID, twin.ID), core.Invalid, "thread.move.not_there")
	})
}

func TestAQuestionIsClosedByItsAskerAndADiscussionByAStewardOnly(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		talk, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Discussion, Title: "Talk", Body: "Talk."})
		h.must(err)
		h.must(h.threads.Close(ctx(), h.ada, q.ID, true))
		h.refused(h.threads.Close(ctx(), h.ada, talk.ID, true), core.Forbidden, "policy.steward_only")
		_, err = h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: q.ID, Body: "Late."})
		h.refused(err, core.Forbidden, "policy.thread_closed")
		h.answer(h.steward, q, 0, "A last word.")
		h.must(h.threads.Close(ctx(), h.ada, q.ID, false))
		h.answer(h.bo, q, 0, "Open again.")
	})
}
