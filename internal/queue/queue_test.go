package queue_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/event"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	. "dayroom/internal/queue/queuetest"
	"dayroom/internal/thread"
)

// room is a community in which Ada wrote something that stands, and Bob can read it.
func room(h *House) (sam, ada, bob core.Actor, q thread.Thread) {
	s := h.Community("asthma")
	sam, ada, bob = h.Steward(s, "sam"), h.Member("ada"), h.Member("bob")
	h.Regulars(s, ada, bob)
	return sam, ada, bob, h.Ask(ada, s, "A miracle cure", "Take ten times the dose.")
}

// hide takes a post down from its page.
func hide(h *House, a core.Actor, post core.ID) queue.Decision {
	h.Helper()
	d, err := h.Queue.HidePost(Ctx(), a, post, "Not according to the rules.")
	h.Must(err)
	return d
}

// second drops the first of two results.
func second[T any](_ T, err error) error { return err }

func TestSeveralReportsOfAPostAreOneItemAsUrgentAsTheWorst(t *testing.T) {
	Each(t, func(h *House) {
		sam, _, bob, q := room(h)
		h.Report(bob, q.ID, queue.Spam, "")
		h.Report(h.Member("cleo"), q.ID, queue.Dangerous, "This could kill somebody.")
		h.Report(bob, q.ID, queue.Misinformation, "On second thought.")
		items := h.Waiting(sam)
		if len(items) != 1 || items[0].Reports != 2 || items[0].Urgency != queue.Dangerous.Urgency() {
			t.Fatalf("waiting are %+v", items)
		}
		if r := items[0].Reasons; len(r) != 2 || r[0] != queue.Dangerous || r[1] != queue.Misinformation {
			t.Errorf("the reasons are %v", r)
		}
	})
}

func TestWhatWasReportedIsKeptAsItWas(t *testing.T) {
	Each(t, func(h *House) {
		sam, ada, bob, q := room(h)
		h.Report(bob, q.ID, queue.Dangerous, "Ten times!")
		_, err := h.Threads.Edit(Ctx(), ada, thread.Change{Post: q.ID, Version: 1, Title: "A cure", Body: "Ask your doctor."})
		h.Must(err)
		h.Report(bob, q.ID, queue.Dangerous, "They changed it.")
		v, err := h.Queue.Open(Ctx(), sam, h.Item(sam, q.ID).ID)
		h.Must(err)
		r := v.Reports[0]
		if r.Title != "A miracle cure" || r.Body != "Take ten times the dose." || r.Version != 1 || !r.Changed || r.Note != "They changed it." {
			t.Errorf("the report is %+v", r)
		}
		if v.Post.Body() != "Ask your doctor." {
			t.Errorf("the post is %q", v.Post.Body())
		}
	})
}

func TestAReplyThatAnswersNobodyIsReadUnderWhatTheThreadBeginsWith(t *testing.T) {
	Each(t, func(h *House) {
		sam, ada, bob, q := room(h)
		k, err := h.Threads.Reply(Ctx(), ada, thread.ReplyInput{Thread: q.ID, Body: "Just try it."})
		h.Must(err)
		h.Report(bob, k.ID, queue.Dangerous, "")
		v, err := h.Queue.Open(Ctx(), sam, h.Item(sam, k.ID).ID)
		h.Must(err)
		if v.Answers != nil || v.Opening == nil || v.Opening.Body != "Take ten times the dose." {
			t.Errorf("it stands under %+v", v.Opening)
		}
		h.Report(bob, q.ID, queue.Dangerous, "")
		v, err = h.Queue.Open(Ctx(), sam, h.Item(sam, q.ID).ID)
		h.Must(err)
		if v.Opening != nil {
			t.Error("an opening post stands under itself")
		}
	})
}

func TestTheAuthorNeverLearnsWhoReported(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, other, bob := h.Steward(s, "sam"), h.Steward(s, "other"), h.Member("bob")
		h.Regulars(s, bob)
		q := h.Ask(sam, s, "A miracle cure", "Take ten times the dose.") // stewards are authors too
		h.Report(bob, q.ID, queue.Dangerous, "This could kill somebody.")
		if items := h.Waiting(sam); len(items) != 0 {
			t.Errorf("a steward sees reports of the own post: %+v", items)
		}
		id := h.Item(other, q.ID).ID
		_, err := h.Queue.Open(Ctx(), sam, id)
		h.Refused(err, core.NotFound, "")
		_, err = h.Queue.Decide(Ctx(), sam, id, queue.Ruling{Act: queue.Dismiss, Reason: "It is fine."})
		h.Refused(err, core.NotFound, "")
		h.Decide(other, q.ID, queue.Hide, "Doses are between you and your doctor.")
		mine, err := h.Queue.LogOfMember(Ctx(), sam, core.Page{})
		h.Must(err)
		if len(mine.Items) != 1 || mine.Items[0].By != "" || mine.Items[0].Moderator != 0 || !strings.Contains(mine.Items[0].Reason, "doctor") {
			t.Errorf("the member reads %+v", mine.Items)
		}
		h.Must(h.DB.View(Ctx(), func(tx *db.Tx) error {
			events, err := event.After(tx, 0, 1000)
			for _, e := range events {
				if e.Kind == queue.EventReported && e.Actor != 0 {
					t.Error("an event tells who reported")
				}
				if strings.Contains(string(e.Data), "kill") || strings.Contains(string(e.Data), "doctor") {
					t.Errorf("event %s holds words: %s", e.Kind, e.Data)
				}
			}
			return err
		}))
	})
}

func TestOfTwoModeratorsWhoDecideAtOnceOneIsToldWhatTheOtherDid(t *testing.T) {
	Each(t, func(h *House) {
		sam, _, bob, q := room(h)
		h.Report(bob, q.ID, queue.Spam, "")
		id := h.Item(sam, q.ID).ID
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, act := range []queue.Act{queue.Hide, queue.Dismiss} {
			wg.Go(func() {
				_, errs[i] = h.Queue.Decide(Ctx(), []core.Actor{sam, h.Admin}[i], id, queue.Ruling{Act: act, Reason: "Because of the rules."})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both ended alike: %v, %v", errs[0], errs[1])
		}
		if errs[0] != nil {
			h.Refused(errs[0], core.Conflict, "queue.conflict.dismiss")
		} else {
			h.Refused(errs[1], core.Conflict, "queue.conflict.hide")
		}
		if n := h.Count("SELECT COUNT(*) FROM decision"); n != 1 {
			t.Errorf("%d decisions are in the log", n)
		}
		if h.Reads(bob, q.ID) != (errs[0] != nil) {
			t.Error("the post does not stand as decided")
		}
	})
}

func TestNobodyDecidesAboutReportsThatTheyHaveNotSeen(t *testing.T) {
	Each(t, func(h *House) {
		sam, _, bob, q := room(h)
		h.Report(bob, q.ID, queue.Spam, "")
		id := h.Item(sam, q.ID).ID
		h.Report(h.Member("cleo"), q.ID, queue.Crisis, "She says goodbye.")
		_, err := h.Queue.Decide(Ctx(), sam, id, queue.Ruling{Act: queue.Dismiss, Reason: "No spam.", Seen: 1})
		h.Refused(err, core.Conflict, "queue.conflict.reports")
		_, err = h.Queue.Decide(Ctx(), sam, id, queue.Ruling{Act: queue.Dismiss, Reason: "We talked.", Seen: 2})
		h.Must(err)
	})
}

func TestADecisionNeedsAReasonThatTheMemberReads(t *testing.T) {
	Each(t, func(h *House) {
		sam, _, bob, q := room(h)
		h.Report(bob, q.ID, queue.Spam, "")
		id := h.Item(sam, q.ID).ID
		for _, reason := range []string{"", "  \n ", "no"} {
			_, err := h.Queue.Decide(Ctx(), sam, id, queue.Ruling{Act: queue.Hide, Reason: reason})
			h.Refused(err, core.Invalid, "queue.reason.needed")
		}
		_, err := h.Queue.Decide(Ctx(), sam, id, queue.Ruling{Act: queue.Hide, Reason: strings.Repeat("x", 1001)})
		h.Refused(err, core.Invalid, "queue.reason.long")
		if len(h.Waiting(sam)) != 1 || !h.Reads(bob, q.ID) {
			t.Error("a refused decision left something behind")
		}
	})
}

func TestASlipIsTakenBackWithinTenMinutes(t *testing.T) {
	Each(t, func(h *House) {
		sam, ada, bob, q := room(h)
		h.Report(bob, q.ID, queue.Spam, "")
		d := h.Decide(sam, q.ID, queue.Hide, "Spam.")
		_, err := h.Queue.Undo(Ctx(), h.Admin, d.ID)
		h.Refused(err, core.NotFound, "") // somebody else's
		if _, err = h.Queue.Undo(Ctx(), sam, d.ID); err != nil || !h.Reads(bob, q.ID) || len(h.Waiting(sam)) != 1 {
			t.Fatalf("hiding is not taken back: %v", err)
		}
		_, err = h.Queue.Undo(Ctx(), sam, d.ID)
		h.Refused(err, core.Conflict, "queue.undo.late")
		mine, err := h.Queue.LogOfMember(Ctx(), ada, core.Page{})
		h.Must(err)
		if len(mine.Items) != 0 {
			t.Errorf("the author reads of a slip: %+v", mine.Items)
		}
		d = h.Decide(sam, q.ID, queue.Dismiss, "It is fine.")
		h.Clock.Advance(queue.UndoFor)
		_, err = h.Queue.Undo(Ctx(), sam, d.ID)
		h.Refused(err, core.Conflict, "queue.undo.late")
		d = hide(h, sam, q.ID)
		h.Must(second(h.Queue.RestorePost(Ctx(), h.Admin, q.ID, "On second thought.")))
		_, err = h.Queue.Undo(Ctx(), sam, d.ID)
		h.Refused(err, core.Conflict, "queue.conflict.moved")
	})
}

func TestTakingAnApprovalBackHoldsThePostAgain(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, ada, bob := h.Steward(s, "sam"), h.Member("ada"), h.Member("bob")
		h.Join(s, ada, bob)
		q := h.Ask(ada, s, "Night cough", "It keeps me awake.")
		d := h.Decide(sam, q.ID, queue.Approve, "")
		h.Must(second(h.Queue.Undo(Ctx(), sam, d.ID)))
		if h.Reads(bob, q.ID) || len(h.Waiting(sam)) != 1 {
			t.Error("the post is not held again")
		}
		if n := h.Count("SELECT approved FROM membership WHERE member = $1", ada.Member); n != 0 {
			t.Errorf("%d approved posts are counted", n)
		}
		refused := h.Decide(sam, q.ID, queue.Hide, "Not here.")
		h.Must(second(h.Queue.Undo(Ctx(), sam, refused.ID)))
		if h.Reads(bob, q.ID) || len(h.Waiting(sam)) != 1 {
			t.Error("a refused post is not held again")
		}
	})
}

func TestNobodyReportsWithoutEndNorTheirOwnNorWhatTheyCannotRead(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		ada, bob := h.Member("ada"), h.Member("bob")
		h.Regulars(s, ada, bob)
		q := h.Ask(ada, s, "Night cough", "It keeps me awake.")
		report := func(a core.Actor, post core.ID, reason queue.Reason, note string) error {
			_, err := h.Queue.Report(Ctx(), a, post, reason, note)
			return err
		}
		h.Refused(report(ada, q.ID, queue.Spam, ""), core.Forbidden, "queue.report.own")
		h.Refused(report(core.Visitor, q.ID, queue.Spam, ""), core.NotFound, "")
		h.Refused(report(bob, q.ID, "boring", ""), core.Invalid, "queue.report.reason")
		h.Refused(report(bob, q.ID, queue.Spam, strings.Repeat("x", 601)), core.Invalid, "queue.report.note")
		held := h.Ask(newcomer(h, "nia"), s, "Hello", "I am new.")
		h.Refused(report(bob, held.ID, queue.Spam, ""), core.NotFound, "")
		for range 20 {
			h.Report(bob, h.Reply(ada, q, 0, "Something else.").ID, queue.Other, "A riddle.")
		}
		h.Refused(report(bob, q.ID, queue.Spam, ""), core.TooSoon, "queue.report.many")
		h.Clock.Advance(24 * time.Hour)
		h.Report(bob, q.ID, queue.Spam, "")
		bob.Standing = core.Restricted
		h.Report(bob, q.ID, queue.Crisis, "") // help stays in reach
	})
}

func TestAGreeterLetsThroughAndRefusesNothing(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		gina, nia, bob := h.Member("gina"), h.Member("nia"), h.Member("bob")
		h.Regulars(s, gina, bob)
		h.Must(h.Spaces.SetGreeter(Ctx(), gina, s.Slug, true))
		h.Join(s, nia)
		q := h.Ask(nia, s, "Hello", "I am new.")
		v, err := h.Queue.Open(Ctx(), gina, h.Item(gina, q.ID).ID)
		h.Must(err)
		if len(v.Acts) != 1 || v.Acts[0] != queue.Approve || v.History != nil {
			t.Errorf("a greeter may %v and reads %v", v.Acts, v.History)
		}
		_, err = h.Queue.Decide(Ctx(), gina, v.ID, queue.Ruling{Act: queue.Hide, Reason: "I do not like it."})
		h.Refused(err, core.Forbidden, "queue.act.not_here")
		h.Decide(gina, q.ID, queue.Approve, "")
		h.Report(bob, q.ID, queue.Spam, "")
		if items := h.Waiting(gina); len(items) != 0 {
			t.Errorf("a greeter sees reports: %+v", items)
		}
	})
}

func TestStaffRefuseWhatVisitorsSendToTheirChannel(t *testing.T) {
	Each(t, func(h *House) {
		staff := h.Member("staff")
		c := h.Channel("trust", staff)
		q := h.Ask(core.Visitor, c, "Cheap pills", "Call us.")
		h.Decide(staff, q.ID, queue.Hide, "We do not show advertisements.")
		if h.Reads(core.Visitor, q.ID) || len(h.Waiting(staff)) != 0 {
			t.Error("a refused post is still there")
		}
		elsewhere := h.Channel("clinic")
		h.Ask(core.Visitor, elsewhere, "Parking", "Where?")
		if items := h.Waiting(staff); len(items) != 0 {
			t.Errorf("staff see what waits in another channel: %+v", items)
		}
	})
}

func TestAModeratorsLookIntoRoundsIsConcealedUntilOpenedAndThenLogged(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Space("cardiology", policy.Rounds, 0)
		ana, ben := h.Clinician("ana"), h.Clinician("ben")
		h.Regulars(s, ana, ben)
		q := h.Ask(ana, s, "Mrs Smith of Ward 3", "Her name should not be here.")
		h.Report(ben, q.ID, queue.Privacy, "A patient can be recognised.")
		mod := h.Office("mod", core.RoleModerator)
		row := h.Item(mod, q.ID)
		if !row.Concealed || row.Title != "" || row.Author != "" {
			t.Errorf("the list says %+v", row)
		}
		if h.Count("SELECT COUNT(*) FROM decision") != 0 {
			t.Error("looking at the list is logged as a look at a post")
		}
		v, err := h.Queue.Open(Ctx(), mod, row.ID)
		h.Must(err)
		if v.Post.Thread.Title != q.Title || h.Count("SELECT COUNT(*) FROM decision WHERE act = 'looked' AND moderator = $1", mod.Member) != 1 {
			t.Error("the look is not logged")
		}
		if h.Reads(mod, q.ID) {
			t.Error("a report opens rounds to moderators")
		}
		h.Decide(mod, q.ID, queue.Hide, "Please leave out what tells who the patient is.")
		if h.Reads(ben, q.ID) {
			t.Error("the post still stands")
		}
		if _, _, err = h.Queue.Log(Ctx(), mod, s.Slug, core.Page{}); !core.IsNotFound(err) {
			t.Errorf("the log of rounds gave %v", err)
		}
	})
}

func TestAStewardLearnsOfAnAuthorWhatHappenedInTheOwnSpaceOnly(t *testing.T) {
	Each(t, func(h *House) {
		asthma, other := h.Community("asthma"), h.Community("depression")
		sam, ada, bob := h.Steward(asthma, "sam"), h.Member("ada"), h.Member("bob")
		h.Regulars(asthma, ada, bob)
		h.Regulars(other, ada)
		for _, s := range []core.ID{other.ID, asthma.ID} {
			q, err := h.Threads.Create(Ctx(), ada, thread.Opening{Space: s, Kind: policy.Question, Title: "Old", Body: "Old."})
			h.Must(err)
			hide(h, h.Admin, q.ID)
		}
		q := h.Ask(ada, asthma, "New", "New.")
		h.Report(bob, q.ID, queue.Spam, "")
		id := h.Item(sam, q.ID).ID
		for who, want := range map[*core.Actor]int{&sam: 1, &h.Admin: 2} {
			v, err := h.Queue.Open(Ctx(), *who, id)
			h.Must(err)
			if len(v.History) != want {
				t.Errorf("%s reads %d earlier decisions, want %d", who.Handle, len(v.History), want)
			}
		}
	})
}

func TestABanTakesThePostDownAndEndsTheSignInsAtOnce(t *testing.T) {
	Each(t, func(h *House) {
		sam, ada, bob, q := room(h)
		h.Exec(`INSERT INTO sign_in (id, member, token_hash, device, created_at, confirmed_at, seen_at, expires_at) VALUES (1, $1, $2, '', 0, 0, 0, $3)`,
			ada.Member, []byte("x"), db.Millis(h.Clock.Now().Add(time.Hour)))
		h.Report(bob, q.ID, queue.Selling, "")
		id := h.Item(sam, q.ID).ID
		ban := queue.Ruling{Act: queue.Ban, Reason: "Selling after two warnings."}
		_, err := h.Queue.Decide(Ctx(), sam, id, ban)
		h.Refused(err, core.Forbidden, "queue.act.not_here") // a steward answers for the space, not for the site
		_, err = h.Queue.Decide(Ctx(), h.Admin, id, ban)
		h.Must(err)
		if h.Reads(bob, q.ID) || h.Count("SELECT COUNT(*) FROM sign_in") != 0 || h.Count("SELECT COUNT(*) FROM member WHERE standing = 'banned'") != 1 {
			t.Error("the ban does not hold")
		}
		_, err = h.Queue.Discipline(Ctx(), h.Admin, ada.Member, queue.Ruling{Act: queue.Lift, Reason: "You asked, and we talked."})
		h.Must(err)
		_, err = h.Queue.Discipline(Ctx(), h.Admin, ada.Member, queue.Ruling{Act: queue.Restrict, Reason: "Take a rest."})
		h.Refused(err, core.Invalid, "queue.until.needed")
		_, err = h.Queue.Discipline(Ctx(), sam, ada.Member, queue.Ruling{Act: queue.Restrict, Reason: "Take a rest.", Until: h.Clock.Now().Add(time.Hour)})
		h.Refused(err, core.Forbidden, "policy.moderator_only")
		mod := h.Office("mod", core.RoleModerator)
		_, err = h.Queue.Discipline(Ctx(), mod, h.Admin.Member, queue.Ruling{Act: queue.Ban, Reason: "A coup."})
		h.Refused(err, core.Forbidden, "policy.rank")
	})
}

func TestAStewardActsFromAPostsPageToo(t *testing.T) {
	Each(t, func(h *House) {
		sam, ada, bob, q := room(h)
		h.Report(bob, q.ID, queue.Dangerous, "")
		_, err := h.Queue.HidePost(Ctx(), bob, q.ID, "I do not like it.")
		h.Refused(err, core.Forbidden, "policy.steward_only")
		d := hide(h, sam, q.ID)
		if h.Reads(bob, q.ID) || len(h.Waiting(sam)) != 0 {
			t.Error("a post that was hidden on its page still waits")
		}
		h.Must(second(h.Queue.Undo(Ctx(), sam, d.ID)))
		if !h.Reads(bob, q.ID) || len(h.Waiting(sam)) != 1 {
			t.Error("taking it back does not bring the report back")
		}
		hide(h, sam, q.ID)
		_, err = h.Queue.RestorePost(Ctx(), ada, q.ID, "It is mine.")
		h.Refused(err, core.Forbidden, "policy.steward_only")
		h.Must(second(h.Queue.RestorePost(Ctx(), sam, q.ID, "You have changed it, thank you.")))
		h.Must(second(h.Queue.WarnAuthor(Ctx(), sam, q.ID, "Please do not name doses.")))
		_, log, err := h.Queue.Log(Ctx(), sam, "asthma", core.Page{})
		h.Must(err)
		if len(log.Items) != 5 || log.Items[0].Act != queue.Warn || log.Items[0].By != "sam" || log.Items[0].MemberName != "ada" {
			t.Errorf("the log is %+v", log.Items)
		}
		_, _, err = h.Queue.Log(Ctx(), bob, "asthma", core.Page{})
		h.Refused(err, core.Forbidden, "policy.steward_only")
		own := h.Reply(sam, q, 0, "My own words.")
		h.Refused(second(h.Queue.HidePost(Ctx(), sam, own.ID, "Judging myself.")), core.Forbidden, "policy.not_yourself")
	})
}

func TestTheWordsOfAReportGoAfterNinetyDaysAndWithTheirAuthor(t *testing.T) {
	Each(t, func(h *House) {
		sam, ada, bob, q := room(h)
		h.Report(bob, q.ID, queue.Dangerous, "Ten times!")
		h.Decide(sam, q.ID, queue.Dismiss, "It is a quotation.")
		words := func() int64 {
			return h.Count("SELECT COUNT(*) FROM report WHERE body <> '' OR note <> '' OR title <> ''")
		}
		h.Clock.Advance(89 * 24 * time.Hour)
		h.Must(second(h.Queue.Prune(Ctx())))
		if words() != 1 {
			t.Error("the words went too early")
		}
		h.Must(h.DB.Update(Ctx(), func(tx *db.Tx) error { return db.EraseMember(tx, queue.Tables, int64(ada.Member)) }))
		if n := h.Count("SELECT COUNT(*) FROM report WHERE body <> '' OR title <> ''"); n != 0 {
			t.Error("the words of an erased author stay in a report")
		}
		h.Clock.Advance(2 * 24 * time.Hour)
		h.Must(second(h.Queue.Prune(Ctx())))
		if words() != 0 || h.Count("SELECT COUNT(*) FROM report") != 1 {
			t.Error("the words stay, or the report is gone")
		}
	})
}

func TestAThreadThatMovedIsHandledByThoseOfItsNewSpace(t *testing.T) {
	Each(t, func(h *House) {
		sam, _, bob, q := room(h)
		to := h.Community("lungs")
		lea := h.Steward(to, "lea")
		h.Report(bob, q.ID, queue.Spam, "")
		h.Must(h.Threads.Move(Ctx(), h.Admin, q.ID, to.ID))
		if len(h.Waiting(sam)) != 0 || len(h.Waiting(lea)) != 1 {
			t.Error("the item stayed behind")
		}
	})
}

func TestWhatHasWaitedLongestComesFirstWhicheverWasWrittenFirst(t *testing.T) {
	Each(t, func(h *House) {
		s := h.Community("asthma")
		sam, ada, bob := h.Steward(s, "sam"), h.Member("ada"), h.Member("bob")
		h.Regulars(s, ada, bob)
		q := h.Ask(ada, s, "A question", "What helps?")
		first, second, third := h.Reply(ada, q, 0, "One."), h.Reply(ada, q, 0, "Two."), h.Reply(ada, q, 0, "Three.")
		for i, post := range []core.ID{third.ID, first.ID, second.ID} {
			h.Report(bob, post, queue.Spam, "")
			// The row that was made last has waited longest.
			h.Exec("UPDATE queue_item SET opened_at = opened_at - $1 WHERE post = $2", i*60_000, post)
		}
		var got []core.ID
		page := core.Page{Limit: 1}
		for {
			list, err := h.Queue.List(Ctx(), sam, queue.Filter{}, page)
			h.Must(err)
			for _, row := range list.Items {
				got = append(got, row.Post)
			}
			if list.Next.IsZero() {
				break
			}
			page.After = list.Next
		}
		if want := []core.ID{second.ID, first.ID, third.ID}; !slices.Equal(got, want) {
			t.Errorf("the order is %v and not %v", got, want)
		}
	})
}
