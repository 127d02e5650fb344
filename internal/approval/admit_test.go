package approval_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	. "dayroom/internal/queue/queuetest"
	"dayroom/internal/thread"
)

func TestANewcomersFirstTwoPostsWaitAndTheThirdStands(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, ada, bob := h.Steward(s, "sam"), h.Member("ada"), h.Member("bob")
		h.Join(s, ada, bob)
		first := h.Ask(ada, s, "Night cough", "It keeps me awake.")
		second := h.Ask(ada, s, "Spacer", "Which one helps?")
		if first.State != policy.Held || second.State != policy.Held {
			t.Fatalf("the first posts are %s and %s", first.State, second.State)
		}
		for _, who := range []core.Actor{bob, core.Visitor, h.Member("outsider")} {
			if h.Reads(who, first.ID) {
				t.Errorf("%q reads a held post", who.Handle)
			}
		}
		for _, who := range []core.Actor{ada, sam, h.Admin} {
			if !h.Reads(who, first.ID) {
				t.Errorf("%s cannot read a held post", who.Handle)
			}
		}
		if early := h.Ask(ada, s, "Third", "While both wait."); early.State != policy.Held {
			t.Errorf("a third post while none was read is %s", early.State)
		}
		h.Decide(sam, first.ID, queue.Approve, "")
		h.Decide(sam, second.ID, queue.Approve, "")
		if !h.Reads(bob, first.ID) {
			t.Error("an approved post cannot be read")
		}
		if third := h.Ask(ada, s, "Peak flow", "How often?"); third.State != policy.Open {
			t.Errorf("the post after two approved ones is %s", third.State)
		}
	})
}

func TestAHeldReplyIsCountedAndReadOnlyAfterwards(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, ada, bob := h.Steward(s, "sam"), h.Member("ada"), h.Member("bob")
		h.Regulars(s, bob)
		h.Join(s, ada)
		q := h.Ask(bob, s, "Night cough", "It keeps me awake.")
		c := h.Reply(ada, q, 0, "Me too.")
		replies := func(a core.Actor) int {
			v, err := h.Threads.Read(Ctx(), a, q.ID, core.Cursor{})
			h.Must(err)
			if v.Thread.Replies != len(v.Comments) && a.Member == bob.Member {
				t.Errorf("%d replies are counted and %d shown", v.Thread.Replies, len(v.Comments))
			}
			return len(v.Comments)
		}
		if replies(bob) != 0 || replies(ada) != 1 || replies(sam) != 1 {
			t.Error("a held reply is shown to the wrong people")
		}
		h.Decide(sam, c.ID, queue.Approve, "")
		if replies(bob) != 1 {
			t.Error("an approved reply is not shown")
		}
	})
}

func TestWhoeverReadsHeldPostsIsHeldByNobody(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, mod := h.Steward(s, "sam"), h.Office("mod", core.RoleModerator)
		h.Join(s, mod)
		for _, a := range []core.Actor{sam, mod} {
			if q := h.Ask(a, s, "Welcome", "Good to have you here."); q.State != policy.Open {
				t.Errorf("%s is held", a.Handle)
			}
		}
		staff := h.Member("staff")
		c := h.Channel("trust", staff)
		if q := h.Ask(staff, c, "Opening hours", "See <https://a.example>, <https://b.example> and <https://c.example>."); q.State != policy.Open {
			t.Error("staff are held in their own channel")
		}
		if q := h.Ask(h.Member("eve"), c, "Parking", "Where?"); q.State != policy.Open {
			t.Error("a member is held in a channel")
		}
	})
}

func TestAVisitorsPostIsAlwaysHeldUntilStaffHaveReadIt(t *testing.T) {
	Each(t, func(h *House) {
		staff := h.Member("staff")
		c := h.Channel("trust", staff)
		notice := h.Ask(staff, c, "Opening hours", "Nine to five.")
		q := h.Ask(core.Visitor, c, "Parking", "Where can I park?")
		r := h.Reply(core.Visitor, notice, 0, "And on Sundays?")
		for _, id := range []core.ID{q.ID, r.ID} {
			if h.Reads(core.Visitor, id) || h.Reads(h.Clinician("dr"+id.String()), id) || !h.Reads(staff, id) {
				t.Errorf("post %s is read by the wrong people", id)
			}
			h.Decide(staff, id, queue.Approve, "")
			if !h.Reads(core.Visitor, id) {
				t.Error("an approved post cannot be read by visitors")
			}
		}
	})
}

func TestANewcomerSetsFewLinksAndShowsNoImage(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		ada, bob := h.Member("ada"), h.Member("bob")
		h.Join(s, ada)
		h.Regulars(s, bob)
		links := func(n int) string { return strings.Repeat("<https://a.example> ", n) }
		three := thread.Opening{Space: s.ID, Kind: policy.Question, Title: "Links", Body: links(3)}
		_, err := h.Threads.Create(Ctx(), ada, three)
		h.Refused(err, core.Invalid, "approval.links")
		q := h.Ask(ada, s, "Links", links(2))
		_, err = h.Threads.Edit(Ctx(), ada, thread.Change{Post: q.ID, Version: 1, Title: "Links", Body: links(3)})
		h.Refused(err, core.Invalid, "approval.links")
		if _, err = h.Threads.Create(Ctx(), bob, three); err != nil {
			t.Errorf("a regular cannot set three links: %v", err)
		}
		h.Exec(`INSERT INTO media (id, owner, space, thread, post, name, thumb, type, thumb_type, width, height, bytes, alt, created_at)
			VALUES (77, $1, 0, 0, 0, 'a.jpg', 'b.jpg', 'image/jpeg', 'image/jpeg', 1, 1, 1, 'a chart', 0)`, ada.Member)
		_, err = h.Threads.Create(Ctx(), ada, thread.Opening{Space: s.ID, Kind: policy.Question, Title: "Chart", Body: "![a chart](/media/77/a.jpg)"})
		h.Refused(err, core.Invalid, "approval.images")
	})
}

func TestTheFirstDayHasThreeThreadsAndTenReplies(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		ada := h.Member("ada")
		h.Exec("UPDATE member SET created_at = $1 WHERE id = $2", db.Millis(h.Clock.Now().Add(-time.Hour)), ada.Member)
		h.Join(s, ada)
		var q thread.Thread
		for range 3 {
			q = h.Ask(ada, s, "Night cough", "It keeps me awake.")
		}
		_, err := h.Threads.Delete(Ctx(), ada, q.ID) // makes no room
		h.Must(err)
		fourth := thread.Opening{Space: s.ID, Kind: policy.Question, Title: "Fourth", Body: "More."}
		_, err = h.Threads.Create(Ctx(), ada, fourth)
		h.Refused(err, core.TooSoon, "approval.first_day.threads")
		q = h.Ask(h.Steward(s, "sam"), s, "Welcome", "Say hello.")
		for range 10 {
			h.Reply(ada, q, 0, "Hello.")
		}
		_, err = h.Threads.Reply(Ctx(), ada, thread.ReplyInput{Thread: q.ID, Body: "Hello again."})
		h.Refused(err, core.TooSoon, "approval.first_day.replies")
		h.Clock.Advance(23*time.Hour + time.Second)
		if _, err = h.Threads.Create(Ctx(), ada, fourth); err != nil {
			t.Errorf("the second day does not begin: %v", err)
		}
	})
}

func TestManyPostsAtOnceDoNotPassTheFirstDaysLimit(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		ada := h.Member("ada")
		h.Exec("UPDATE member SET created_at = $1 WHERE id = $2", db.Millis(h.Clock.Now()), ada.Member)
		h.Join(s, ada)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				h.Threads.Create(Ctx(), ada, thread.Opening{Space: s.ID, Kind: policy.Question, Title: "Night cough", Body: "It keeps me awake."})
			})
		}
		wg.Wait()
		if n := h.Count("SELECT COUNT(*) FROM thread"); n != 3 {
			t.Errorf("%d threads were started", n)
		}
	})
}

func TestDeletingAHeldPostTakesItOutOfTheQueue(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, ada := h.Steward(s, "sam"), h.Member("ada")
		h.Join(s, ada)
		q := h.Ask(ada, s, "Night cough", "It keeps me awake.")
		item := h.Item(sam, q.ID)
		_, err := h.Threads.Delete(Ctx(), ada, q.ID)
		h.Must(err)
		if left := h.Waiting(sam); len(left) != 0 {
			t.Errorf("%d items wait", len(left))
		}
		_, err = h.Queue.Decide(Ctx(), sam, item.ID, queue.Ruling{Act: queue.Approve})
		h.Refused(err, core.Conflict, "queue.conflict.settled")
	})
}

func TestWhoeverAnswersForASpaceCanAnswerOnTheFirstDayOfASite(t *testing.T) {
	Each(t, func(h *House) {
		staff := h.Member("staff")
		c := h.Channel("trust", staff)
		s := h.Community("asthma")
		sam := h.Steward(s, "sam")
		h.Exec("UPDATE member SET created_at = $1", db.Millis(h.Clock.Now().Add(-time.Hour)))
		for range 5 {
			h.Ask(staff, c, "What we know now", "The road is closed.")
		}
		q := h.Ask(sam, s, "Welcome", "Say hello.")
		for range 12 {
			h.Reply(sam, q, 0, "Hello.")
		}
	})
}

func TestANewcomersApprovedPostIsReadAgainWhenItsWordsChange(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, ada, bob := h.Steward(s, "sam"), h.Member("ada"), h.Member("bob")
		h.Join(s, ada)
		h.Regulars(s, bob)
		q := h.Ask(bob, s, "Night cough", "It keeps me awake.")
		c := h.Reply(ada, q, 0, "Me too.")
		h.Decide(sam, c.ID, queue.Approve, "")
		edit := func(version int64, body string) {
			t.Helper()
			_, err := h.Threads.Edit(Ctx(), ada, thread.Change{Post: c.ID, Version: version, Body: body})
			h.Must(err)
		}
		edit(1, "Me too.")
		if !h.Reads(bob, c.ID) {
			t.Error("saving the same words again hides the post")
		}
		edit(1, "Buy my drops.")
		if h.Reads(bob, c.ID) || !h.Reads(sam, c.ID) || !h.Reads(ada, c.ID) {
			t.Error("other words stand without having been read")
		}
		h.Decide(sam, c.ID, queue.Approve, "")
		if !h.Reads(bob, c.ID) {
			t.Error("the approved words cannot be read")
		}
		if second := h.Reply(ada, q, 0, "And at noon."); second.State != policy.Held {
			t.Error("one post that was read twice counts as two")
		} else {
			h.Decide(sam, second.ID, queue.Approve, "")
		}
		edit(2, "Me too, since May.")
		if !h.Reads(bob, c.ID) {
			t.Error("after two approved posts an edit still waits")
		}
	})
}
