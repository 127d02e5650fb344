package carepages_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/queue"
	"dayroom/internal/thread"
	"dayroom/internal/web/webtest"
)

func TestAReportTravelsFromTheReaderToTheAuthorThroughThePages(t *testing.T) {
	each(t, func(h *house) {
		at := "/report/" + h.post.ID.String()
		page := h.as(h.bob).Get(at).Want(200, "A miracle cure", "ten times", "Dangerous advice", "emergency number").Sound()
		page.Submit(at, form("note", "Ten times!")).Want(422, "Please choose what is wrong", "Ten times!").Sound()
		page.Submit(at, form("reason", "dangerous", "note", "Ten times!")).WantWay(h.post.Path())

		sam := h.as(h.sam)
		list := sam.Get("/queue").Want(200, "Dangerous advice", "A miracle cure", "ada").Sound()
		list.WantNot("Ten times!")
		item := "/queue/" + h.Item(h.sam, h.post.ID).ID.String()
		if !list.HasLink(item) {
			t.Fatalf("no link to %s", item)
		}
		page = sam.Get(item).Want(200, "ten times", "Ten times!", "reported by bob", "Take it down", "Leave it as it is").Sound()
		page.WantNot("Ban the author")
		page.Submit(item, form("act", "hide", "words-hide", "1", "seen", "1")).Want(303, "")
		undo := page.Browser.Get("/queue").Want(200, "Nothing waits").Sound()
		_ = undo
		h.drain()
		mine := h.as(h.ada).Get("/me/decisions").Want(200, "Your post was taken down", "This names a dose").Sound()
		mine.WantNot("sam", "bob", "Ten times!")
		h.as(h.bob).Get("/notices").Want(200, "took it down").Sound()
	})
}

func TestWhoTellsOfAPersonInDangerIsThankedAndToldWhatToDo(t *testing.T) {
	each(t, func(h *house) {
		at := "/report/" + h.post.ID.String()
		bob := h.as(h.bob)
		bob.Get(at).Want(200, "Somebody may harm themselves", "Nobody is punished for this")
		bob.Post(at, form("reason", "crisis")).WantWay(h.post.Path())
		bob.Get("/me/decisions").Want(200, "goes to the top of the list", "emergency number of your country")
		item := "/queue/" + h.Item(h.sam, h.post.ID).ID.String()
		h.as(h.sam).Get(item).Want(200, "A person comes before a rule", "kindly and today").Sound()
	})
}

func TestSomethingElseIsReportedInWords(t *testing.T) {
	each(t, func(h *house) {
		at := "/report/" + h.post.ID.String()
		page := h.as(h.bob).Get(at)
		again := page.Submit(at, form("reason", "other")).Want(422, "Please tell us").Sound()
		if got := again.Form(at).Get("reason"); got != "other" {
			t.Errorf("the reason that was chosen comes back as %q", got)
		}
		again.Submit(at, form("note", "This is my photograph.")).WantWay(h.post.Path())
		h.as(h.sam).Get("/queue/"+h.Item(h.sam, h.post.ID).ID.String()).Want(200, "This is my photograph.")
	})
}

func TestADecisionWithoutAReasonComesBackWithWhatWasTyped(t *testing.T) {
	each(t, func(h *house) {
		h.Report(h.bob, h.post.ID, queue.Spam, "")
		item := "/queue/" + h.Item(h.sam, h.post.ID).ID.String()
		sam := h.as(h.sam)
		sam.Get(item)
		page := sam.Post(item, form("act", "hide", "reason-hide", "no", "seen", "1")).Want(422, "Please give a reason").Sound()
		if len(page.All("textarea", "name", "reason-hide")) != 1 || !strings.Contains(page.Body, ">no</textarea>") {
			t.Error("what was typed is gone")
		}
		sam.Post(item, form("act", "ban", "words-ban", "1", "days-ban", "0")).Want(403)
		sam.Post(item, form("act", "explode")).Want(422)
	})
}

func TestADecisionIsTakenBackFromTheStrip(t *testing.T) {
	each(t, func(h *house) {
		h.Report(h.bob, h.post.ID, queue.Spam, "")
		item := "/queue/" + h.Item(h.sam, h.post.ID).ID.String()
		sam := h.as(h.sam)
		done := sam.Get(item).Submit(item, form("act", "dismiss", "words-dismiss", "1"))
		if done.Status != 303 || !strings.HasPrefix(done.Header.Get("Location"), "/queue?undo=") {
			t.Fatalf("it leads to %q with %d", done.Header.Get("Location"), done.Status)
		}
		after := sam.Get(done.Header.Get("Location")).Want(200, "The post stays as it is", "Undo").Sound()
		after.Submit("/queue/undo", nil).WantWay(item).Want(200, "Taken back", "Decide").Sound()
		h.Clock.Advance(queue.UndoFor)
		sam.Get(done.Header.Get("Location")).WantNot("Undo")
	})
}

func TestTheSecondModeratorReadsWhatTheFirstDecided(t *testing.T) {
	each(t, func(h *house) {
		h.Report(h.bob, h.post.ID, queue.Spam, "")
		item := "/queue/" + h.Item(h.sam, h.post.ID).ID.String()
		first, second := h.as(h.sam).Get(item), h.as(h.Admin).Get(item)
		first.Submit(item, form("act", "hide", "words-hide", "3")).Want(303)
		second.Submit(item, form("act", "dismiss", "words-dismiss", "1")).Want(409, "sam has hidden this already", "This has been decided").Sound()
	})
}

func TestWhoLooksAfterNothingFindsAnEmptyQueueAndNoDoorToOthers(t *testing.T) {
	each(t, func(h *house) {
		h.Report(h.ada, h.Reply(h.bob, h.post, 0, "A secret word.").ID, queue.Spam, "")
		item := "/queue/" + h.Waiting(h.sam)[0].ID.String()
		for _, a := range []core.Actor{h.ada, h.bob, h.Member("nobody")} {
			b := h.as(a)
			b.Get("/queue").Want(200, "Nothing waits").WantNot("A miracle cure")
			b.Get(item).Want(404).WantNot("secret")
			b.Post(item, form("act", "hide", "words-hide", "1")).Want(404)
			b.Get("/log/asthma").Want(403)
		}
		h.site.Visitor().Get("/queue").Want(303)
		h.site.Visitor().Get(item).Want(303)
	})
}

func TestAGreeterLetsAFirstPostThroughWithOneButton(t *testing.T) {
	each(t, func(h *house) {
		h.Must(h.Spaces.SetGreeter(ctx(), h.bob, "asthma", true))
		nia := h.Member("nia")
		h.Join(h.space, nia)
		q := h.Ask(nia, h.space, "Hello", "I am new.")
		bob := h.as(h.bob)
		item := "/queue/" + h.Item(h.bob, q.ID).ID.String()
		page := bob.Get(item).Want(200, "new in this space", "Let it through", "leave it for the stewards").Sound()
		page.WantNot("Take it down", "Leave it as it is")
		page.Submit(item, nil).Want(303)
		if !h.Reads(h.ada, q.ID) {
			t.Error("the post is not let through")
		}
	})
}

func TestALongQueueIsPagedFilteredAndUrgentFirst(t *testing.T) {
	each(t, func(h *house) {
		other := h.Community("lungs")
		h.Regulars(other, h.ada)
		for i := range 40 {
			h.Report(h.Member(fmt.Sprint("reader", i)), h.Reply(h.ada, h.post, 0, fmt.Sprint("Comment ", i)).ID, queue.Spam, "")
			h.Clock.Advance(time.Minute)
		}
		q := h.Ask(h.ada, other, "Goodbye", "I cannot go on.")
		h.Report(h.bob, q.ID, queue.Crisis, "")
		nia := h.Member("nia")
		h.Join(h.space, nia)
		h.Ask(nia, h.space, "Hello everybody", "I am new.")
		admin := h.as(h.Admin)
		page := admin.Get("/queue").Want(200, "Goodbye", "Space lungs", "minutes ago").Sound()
		if strings.Index(page.Text(), "Goodbye") > strings.Index(page.Text(), "A miracle cure") {
			t.Error("the crisis does not come first")
		}
		older := ""
		for _, a := range page.All("a", "rel", "next") {
			older = webtest.Attr(a, "href")
		}
		admin.Get(older).Want(200, "Hello everybody").Sound().WantNot("Goodbye")
		admin.Get("/queue?kind=held").Want(200, "Hello everybody").WantNot("Goodbye", "A miracle cure")
		admin.Get("/queue?space="+other.ID.String()).Want(200, "Goodbye").WantNot("A miracle cure", "Hello everybody")
		admin.Get("/queue?kind=nonsense&space=x&after=%00&undo=77").Want(200, "Goodbye").Sound()
		item := "/queue/" + h.Item(h.Admin, q.ID).ID.String()
		admin.Get(item).Want(200, "A person comes before a rule", "Ban the author").Sound()
	})
}

func TestAModeratorSeesOfRoundsOnlyWhatTheyOpen(t *testing.T) {
	each(t, func(h *house) {
		rounds := h.Space("cardiology", policy.Rounds, 0)
		ana, ben := h.Clinician("ana"), h.Clinician("ben")
		h.Regulars(rounds, ana, ben)
		q := h.Ask(ana, rounds, "Mrs Smith of Ward 3", "Her name should not be here.")
		h.Report(ben, q.ID, queue.Privacy, "")
		mod := h.as(h.Office("mod", core.RoleModerator))
		mod.Get("/queue").Want(200, "A post in rounds").Sound().WantNot("Smith", "ana")
		item := "/queue/" + h.Item(h.Admin, q.ID).ID.String()
		mod.Get(item).Want(200, "Mrs Smith", "That you looked is in the log").Sound()
		mod.Get("/log/cardiology").Want(404)
	})
}

func TestAStewardActsOnAPostFromItsOwnPage(t *testing.T) {
	each(t, func(h *house) {
		at := "/report/" + h.post.ID.String()
		h.as(h.bob).Get(at + "?act=hide").Want(403)
		h.as(h.bob).Post(at, form("act", "hide", "words-hide", "1")).Want(403)
		sam := h.as(h.sam)
		page := sam.Get(at+"?act=hide").Want(200, "Take this post down").Sound()
		page.Submit(at, form("words-hide", "", "reason-hide", "")).Want(422, "Please give a reason").Sound()
		page.Submit(at, form("reason-hide", "Please <b>no</b> doses.")).WantWay(h.post.Path())
		if h.Reads(h.bob, h.post.ID) {
			t.Error("the post still stands")
		}
		log := sam.Get("/log/asthma").Want(200, "Taken down", "by sam", "about ada", "Please <b>no</b> doses.").Sound()
		log.WantNot("<b>no</b> doses.</p><script")
		sam.Get(at+"?act=restore").Want(200).Submit(at, form("words-restore", "2")).WantWay(h.post.Path())
		sam.Get(at+"?act=warn").Want(200).Submit(at, form("words-warn", "2")).WantWay(h.post.Path())
		h.as(h.ada).Get("/me/decisions").Want(200, "You were written to", "stands again", "taken down").Sound()
	})
}

func TestAModeratorRestrictsAndLiftsFromAMembersPage(t *testing.T) {
	each(t, func(h *house) {
		at := "/m/ada/standing"
		h.as(h.sam).Get(at).Want(403)
		admin := h.as(h.Admin)
		page := admin.Get(at).Want(200, "May read and write", "Restrict this member").Sound()
		page.Submit(at, form("act", "restrict", "words-restrict", "1", "days-restrict", "0")).Want(422, "Please choose a day").Sound()
		admin.Post(at, form("act", "restrict", "words-restrict", "1", "days-restrict", "7")).WantWay(at).Want(200, "May read and not write, until", "The member can read and not write").Sound()
		h.as(h.ada).Get("/me/decisions").Want(200, "You can read and not write until").Sound()
		admin.Post(at, form("act", "lift", "words-lift", "1")).WantWay(at).Want(200, "May read and write").Sound()
		admin.Get("/m/keeper/standing").Want(200, "You cannot change").Sound()
		admin.Get("/m/nobody/standing").Want(404)
	})
}

func TestTheLogOfTheSiteHasBansAndTellsNothingOfRoundsToWhoMayNotReadThem(t *testing.T) {
	each(t, func(h *house) {
		moderator := h.Office("mona", core.RoleModerator)
		_, err := h.Queue.HidePost(ctx(), h.sam, h.post.ID, "This names a dose that harms.")
		h.Must(err)
		_, err = h.Queue.Discipline(ctx(), moderator, h.ada.Member, queue.Ruling{Act: queue.Ban, Reason: "You sold pills to people here."})
		h.Must(err)
		log := h.as(moderator).Get("/log").Want(200, "Taken down", "names a dose", "asthma", "Author banned", "You sold pills", "ada").Sound()
		if log.HasLink("") {
			t.Error("an empty link")
		}
		h.as(h.sam).Get("/log").Want(403)
		h.as(h.bob).Get("/log").Want(403)
		h.as(h.sam).Get("/log/asthma").Want(200, "names a dose").WantNot("You sold pills").Sound()

		h.site.Exec("UPDATE space SET kind = 'rounds', visibility = 'members'")
		h.as(moderator).Get("/log").Want(200, "Taken down", "Author banned", "You sold pills").WantNot("names a dose", "asthma").Sound()
	})
}

func TestWordsThatWereRemovedStandInTheLogAndTheAuthorReadsWhy(t *testing.T) {
	each(t, func(h *house) {
		const why = "This named your neighbour."
		_, err := h.Threads.Edit(ctx(), h.ada, thread.Change{Post: h.post.ID, Version: 1, Title: "A miracle cure", Body: "Take what your doctor says."})
		h.Must(err)
		h.Must(h.Queue.Redact(ctx(), h.sam, h.post.ID, 1, why))
		h.drain()
		h.as(h.sam).Get("/log/asthma").Want(200, "Words of an earlier version removed", why, "by sam", "about ada").Sound()
		h.as(h.ada).Get("/me/decisions").Want(200, "Words of an earlier version of your post were removed", why).WantNot("sam").Sound()
		h.as(h.ada).Get("/notices").Want(200, "Words of an earlier version of a post of yours were removed").Sound()
	})
}
