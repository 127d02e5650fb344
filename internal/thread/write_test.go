package thread_test

import (
	"strings"
	"sync"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

func TestAThreadStandsWithWhatItsAuthorGave(t *testing.T) {
	each(t, func(h *house) {
		made, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "  How do\tyou sleep? ",
			Body: "He coughs **hard**.", Tags: []string{"nights"}, Warning: "hard nights", ForWhom: "her father"})
		h.must(err)
		v := h.read(h.bo, made.ID)
		if v.Thread.Title != "How do you sleep?" || !strings.Contains(v.Thread.HTML, "<strong>hard</strong>") || v.Thread.Excerpt != "He coughs hard." {
			t.Errorf("stored as %+v", v.Thread)
		}
		if v.Thread.Tags[0] != "nights" || v.Thread.Warning != "hard nights" || v.Thread.ForWhom != "her father" || v.Thread.State != policy.Open {
			t.Errorf("stored as %+v", v.Thread)
		}
		if mine := h.read(h.ada, made.ID); mine.Level != thread.Following {
			t.Error("who writes does not follow")
		}
		created := h.events(thread.ThreadCreated)
		if len(created) != 1 || strings.Contains(string(created[0].Data), "coughs") {
			t.Errorf("told as %v", created)
		}
	})
}

func TestWhatIsWrongWithAThreadIsSaidFieldByField(t *testing.T) {
	each(t, func(h *house) {
		good := thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "Why?", Body: "Because."}
		for field, spoil := range map[string]func(*thread.Opening){
			"thread.title.length":    func(in *thread.Opening) { in.Title = "  a " },
			"markup.empty":           func(in *thread.Opening) { in.Body = " " },
			"markup.too_long":        func(in *thread.Opening) { in.Body = strings.Repeat("long ", 5000) },
			"thread.warning.length":  func(in *thread.Opening) { in.Warning = strings.Repeat("a", 61) },
			"thread.for_whom.length": func(in *thread.Opening) { in.ForWhom = strings.Repeat("a", 41) },
			"thread.tags.many":       func(in *thread.Opening) { in.Tags = strings.Split("a b c d e f g", " ") },
			"thread.poll.options":    func(in *thread.Opening) { in.Poll = &thread.PollInput{Question: "Who?", Options: []string{"me", " "}} },
		} {
			in := good
			spoil(&in)
			_, err := h.threads.Create(ctx(), h.ada, in)
			h.refused(err, core.Invalid, field)
		}
		if n := h.number("SELECT COUNT(*) FROM thread"); n != 0 {
			t.Errorf("%d threads were half made", n)
		}
	})
}

func TestWhoMayWriteWhere(t *testing.T) {
	each(t, func(h *house) {
		outsider := h.member("olga")
		ask := func(a core.Actor, sp core.ID, kind policy.ThreadKind) error {
			_, err := h.threads.Create(ctx(), a, thread.Opening{Space: sp, Kind: kind, Title: "Title", Body: "Words", VisitorName: "Vi"})
			return err
		}
		h.refused(ask(outsider, h.asthma.ID, policy.Question), core.Forbidden, "policy.join_first")
		h.refused(ask(core.Visitor, h.asthma.ID, policy.Question), core.NotFound, "")
		h.refused(ask(h.ada, h.asthma.ID, policy.Announcement), core.Forbidden, "policy.staff_only")
		h.refused(ask(h.ada, h.channel.ID, policy.Announcement), core.Forbidden, "policy.staff_only")
		h.refused(ask(h.ada, h.channel.ID, policy.Discussion), core.Forbidden, "policy.channel_questions")
		h.refused(ask(core.Visitor, h.channel.ID, policy.Discussion), core.Forbidden, "policy.channel_questions")
		h.refused(ask(h.ada, h.asthma.ID, "rant"), core.Forbidden, "policy.kind_not_here")
		h.must(ask(h.ada, h.channel.ID, policy.Question))
		h.must(ask(core.Visitor, h.channel.ID, policy.Question))
		h.must(ask(h.staff, h.channel.ID, policy.Announcement))
		if n := h.number("SELECT COUNT(*) FROM thread WHERE kind = 'announcement' AND organisation = 900"); n != 1 {
			t.Error("an announcement is not in the organisation's name")
		}
		if n := h.number("SELECT COUNT(*) FROM thread WHERE author = 0 AND state = 'held' AND visitor_name = 'Vi'"); n != 1 {
			t.Error("what a visitor wrote is not held")
		}
		h.ada.Standing = core.Restricted
		h.refused(ask(h.ada, h.asthma.ID, policy.Question), core.Forbidden, "policy.restricted")
	})
}

func TestRepliesLieUnderWhatTheyAnswer(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		parent := core.ID(0)
		var last thread.Comment
		for i := range thread.MaxDepth + 3 {
			last = h.answer(h.bo, q, parent, "deeper")
			if want := min(i, thread.MaxDepth); last.Depth != want {
				t.Errorf("reply %d is set in %d deep, want %d", i, last.Depth, want)
			}
			parent = last.ID
		}
		other := h.ask(h.bo, "Something else?")
		_, err := h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: other.ID, Parent: last.ID, Body: "elsewhere"})
		h.refused(err, core.NotFound, "")
		if v := h.read(h.ada, q.ID); len(v.Comments) != thread.MaxDepth+3 || v.Thread.Replies != thread.MaxDepth+3 {
			t.Errorf("%d comments, %d counted", len(v.Comments), v.Thread.Replies)
		}
	})
}

func TestAnEditKeepsTheEarlierText(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		c := h.answer(h.bo, q, 0, "Raise the bed.")
		path, err := h.threads.Edit(ctx(), h.bo, thread.Change{Post: c.ID, Version: 1, Body: "Raise the head of the bed."})
		h.must(err)
		if path != "/c/"+c.ID.String() {
			t.Errorf("leads to %s", path)
		}
		p, versions, err := h.threads.History(ctx(), h.ada, c.ID)
		h.must(err)
		if len(versions) != 1 || !strings.Contains(versions[0].HTML, "Raise the bed.") || p.Version() != 2 || p.Comment.EditedAt.IsZero() {
			t.Errorf("history is %+v of %+v", versions, p)
		}
		_, err = h.threads.Edit(ctx(), h.ada, thread.Change{Post: c.ID, Version: 2, Body: "Hijacked."})
		h.refused(err, core.Forbidden, "policy.author_only")

		h.refused(h.threads.Redact(ctx(), h.bo, c.ID, 1, nil), core.Forbidden, "policy.steward_only")
		h.must(h.threads.Redact(ctx(), h.steward, c.ID, 1, nil))
		_, versions, err = h.threads.History(ctx(), h.ada, c.ID)
		h.must(err)
		if !versions[0].Redacted || versions[0].HTML != "" {
			t.Errorf("after redacting: %+v", versions[0])
		}
	})
}

func TestSavingTheSameWordsMakesNoVersion(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		v := h.read(h.ada, q.ID).Thread
		_, err := h.threads.Edit(ctx(), h.ada, thread.Change{Post: q.ID, Version: 1, Title: v.Title, Body: v.Body, Tags: v.Tags})
		h.must(err)
		if p, versions, err := h.threads.History(ctx(), h.ada, q.ID); err != nil || len(versions) != 0 || p.Version() != 1 {
			t.Errorf("%d versions, %v", len(versions), err)
		}
	})
}

func TestOtherWordsAreNotWhatHelped(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		c := h.answer(h.bo, q, 0, "Raise the head end.")
		_, err := h.threads.MarkHelped(ctx(), h.ada, c.ID, true)
		h.must(err)
		_, err = h.threads.React(ctx(), h.ada, c.ID, thread.ThankYou, true)
		h.must(err)
		_, err = h.threads.Edit(ctx(), h.bo, thread.Change{Post: c.ID, Version: 1, Body: "Buy my drops."})
		h.must(err)
		v := h.read(h.ada, q.ID)
		if len(v.Helped) != 0 || v.Thread.Helped != 0 || v.Comments[0].Reactions.Helped != 0 || v.Comments[0].Reactions.Thanks != 1 {
			t.Errorf("what helped is %+v", v.Helped)
		}
	})
}

func TestAPictureThatOnlyRedactedWordsShowedIsGoneFromTheDisk(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		upload := func() thread.Image {
			img, err := h.threads.AddImage(ctx(), h.ada, picture(t), "a letter with a name")
			h.must(err)
			return img
		}
		kept, slip := upload(), upload()
		show := func(images ...thread.Image) (body string) {
			for _, i := range images {
				body += "![x](" + i.Path() + ")\n\n"
			}
			return body + "See."
		}
		edit := func(version int64, body string) {
			t.Helper()
			_, err := h.threads.Edit(ctx(), h.ada, thread.Change{Post: q.ID, Version: version, Title: "How do you sleep?", Body: body})
			h.must(err)
		}
		edit(1, show(kept, slip))
		edit(2, show(kept))
		h.must(h.threads.Redact(ctx(), h.steward, q.ID, 2, nil))
		for _, name := range []string{slip.Name, slip.Thumb} {
			if h.shelf.files[name] != nil {
				t.Errorf("the file %s is still there", name)
			}
		}
		if h.shelf.files[kept.Name] == nil {
			t.Error("the picture that the post shows is gone")
		}
		_, err := h.threads.SeeImage(ctx(), h.bo, slip.ID, slip.Name)
		h.refused(err, core.NotFound, "")
	})
}

func TestOfTwoEditsAtOnceOneWinsAndTheOtherIsTold(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		results := make([]error, 2)
		var wait sync.WaitGroup
		for i, body := range []string{"One text.", "Another text."} {
			wait.Go(func() {
				_, results[i] = h.threads.Edit(ctx(), h.ada, thread.Change{Post: q.ID, Version: 1, Title: "How do you sleep?", Body: body})
			})
		}
		wait.Wait()
		lost := results[0]
		if lost == nil {
			lost = results[1]
		} else if results[1] != nil {
			t.Fatalf("both failed: %v", results)
		}
		h.refused(lost, core.Conflict, "thread.edit.conflict")
		if v := h.read(h.ada, q.ID); v.Thread.Version != 2 {
			t.Errorf("the version is %d", v.Thread.Version)
		}
	})
}

func TestADraftSentTwiceBecomesOnePost(t *testing.T) {
	each(t, func(h *house) {
		const key = "draft-of-ada-0001"
		h.must(h.threads.SaveDraft(ctx(), h.ada, thread.Draft{ID: key, Space: h.asthma.ID, Title: "How", Body: "My words"}))
		h.must(h.threads.SaveDraft(ctx(), h.ada, thread.Draft{ID: key, Space: h.asthma.ID, Title: "How do you sleep?", Body: "My words"}))
		if h.number("SELECT COUNT(*) FROM draft WHERE sealed IS NOT NULL") != 1 {
			t.Fatal("a draft is not changed in place")
		}
		ids := make([]core.ID, 6)
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() {
				made, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "How do you sleep?", Body: "My words", Draft: key})
				if err != nil {
					t.Error(err)
				}
				ids[i] = made.ID
			})
		}
		wait.Wait()
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				t.Errorf("sent once more it is %s, not %s", id, ids[0])
			}
		}
		if n := h.number("SELECT COUNT(*) FROM thread"); n != 1 {
			t.Errorf("%d threads", n)
		}
		if n := len(h.events(thread.ThreadCreated)); n != 1 {
			t.Errorf("told %d times", n)
		}
		list, err := h.threads.Drafts(ctx(), h.ada)
		h.must(err)
		if len(list) != 0 || h.number("SELECT COUNT(*) FROM draft WHERE sealed IS NOT NULL") != 0 {
			t.Error("the draft's words are still there")
		}
		h.must(h.threads.SaveDraft(ctx(), h.ada, thread.Draft{ID: key, Body: "late saving by the browser"}))
		if list, _ := h.threads.Drafts(ctx(), h.ada); len(list) != 0 {
			t.Error("a late saving brings the draft back")
		}
	})
}

func TestADraftIsReadByItsOwnerAlone(t *testing.T) {
	each(t, func(h *house) {
		h.must(h.threads.SaveDraft(ctx(), h.ada, thread.Draft{ID: "draft-of-ada-0001", Space: h.asthma.ID, Body: "secret words"}))
		if list, err := h.threads.Drafts(ctx(), h.bo); err != nil || len(list) != 0 {
			t.Errorf("Bo reads %v, %v", list, err)
		}
		h.must(h.threads.DropDraft(ctx(), h.bo, "draft-of-ada-0001"))
		d, err := h.threads.DraftIn(ctx(), h.ada, h.asthma.ID, 0)
		h.must(err)
		if d.Body != "secret words" {
			t.Errorf("Ada reads %+v", d)
		}
		if n := h.number("SELECT COUNT(*) FROM draft WHERE CAST(sealed AS TEXT) LIKE '%secret%'"); n != 0 {
			t.Error("the words lie open in the database")
		}
		h.refused(h.threads.SaveDraft(ctx(), h.ada, thread.Draft{ID: "short"}), core.Invalid, "error.bad_form")
		h.refused(h.threads.SaveDraft(ctx(), h.ada, thread.Draft{ID: "draft-of-ada-0002", Body: strings.Repeat("a", 40<<10)}), core.Invalid, "markup.too_long")
		h.clock.Advance(91 * 24 * 3600 * 1e9)
		n, err := h.threads.SweepDrafts(ctx())
		h.must(err)
		if n != 1 {
			t.Errorf("swept %d", n)
		}
	})
}
