package thread_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

func TestEveryListShowsOnlyWhatTheActorMayRead(t *testing.T) {
	each(t, func(h *house) {
		clinician := h.member("dora")
		clinician.Verified = true
		h.exec(`INSERT INTO credential (id, member, profession, specialty, country, expires_at, granted_by, granted_at) VALUES (1, $1, 'physician', '', 'PT', $2, 0, 0)`,
			clinician.Member, h.clock.Now().AddDate(1, 0, 0).UnixMilli())
		rounds := h.open(policy.Rounds, "rounds", func(in *space.Input) { in.Joining = policy.JoinOpen })
		closed := h.open(policy.Community, "closed", func(in *space.Input) { in.Visibility = policy.Invited })
		for i, sp := range []space.Space{h.asthma, h.channel, rounds, closed} {
			id := core.ID(7000 + i)
			h.exec(`INSERT INTO thread (id, no, space, kind, author, title, body, html, excerpt, state, created_at, active_at)
				VALUES ($1, $1, $2, 'question', 0, $3, 'b', 'b', 'b', 'open', 1, 1)`, id, sp.ID, sp.Slug)
			h.exec("INSERT INTO follow (member, thread, level, at) VALUES ($1, $2, 'follow', 0)", h.ada.Member, id)
			h.exec("INSERT INTO thread_tag (tag, thread) VALUES ('x', $1)", id)
		}
		everything := []core.ID{h.asthma.ID, h.channel.ID, rounds.ID, closed.ID}
		for _, f := range []thread.Filter{
			{Order: thread.NewestActivity}, {Order: thread.Unanswered}, {Order: thread.NewestActivity, Tag: "x"},
			{Order: thread.Unanswered, Spaces: everything}, {Order: thread.NewestActivity, Kind: policy.Question},
		} {
			for who, want := range map[*core.Actor]string{
				{}: "[harbour]", &h.ada: "[asthma harbour]", &clinician: "[asthma harbour rounds]", &h.admin: "[asthma closed harbour]",
			} {
				got := h.titles(*who, f)
				slices.Sort(got)
				if fmt.Sprint(got) != want {
					t.Errorf("%+v shows %s to %q, want %s", f, fmt.Sprint(got), who.Handle, want)
				}
			}
		}
		got := h.titles(h.ada, thread.Filter{Order: thread.Followed})
		slices.Sort(got)
		if fmt.Sprint(got) != "[asthma harbour]" {
			t.Errorf("followed, and shown %v", got)
		}
		if got := h.titles(h.ada, thread.Filter{Order: thread.NewestActivity, Spaces: []core.ID{}}); len(got) != 0 {
			t.Errorf("no space at all shows %v", got)
		}
		if got := h.titles(h.ada, thread.Filter{Order: thread.NewestActivity, Space: rounds.ID}); len(got) != 0 {
			t.Errorf("asked for by its id, rounds show %v", got)
		}
		_, err := h.threads.Tags(ctx(), h.ada, rounds.ID, 5)
		h.refused(err, core.NotFound, "")
	})
}

func TestPinnedThreadsStandOnTopOnceAndPagingShowsTheRest(t *testing.T) {
	each(t, func(h *house) {
		var made []thread.Thread
		for i := range 25 {
			h.clock.Advance(time.Minute)
			made = append(made, h.ask(h.ada, fmt.Sprintf("Question %02d", i)))
		}
		for _, i := range []int{3, 20} {
			h.must(h.threads.Pin(ctx(), h.steward, made[i].ID, true))
		}
		var titles []string
		for after := (core.Cursor{}); ; {
			list, err := h.threads.List(ctx(), h.ada, thread.Filter{Space: h.asthma.ID, Order: thread.NewestActivity, Page: core.Page{After: after, Limit: 10}})
			h.must(err)
			for _, i := range list.Items {
				titles = append(titles, i.Title)
			}
			if list.Next.IsZero() {
				break
			}
			after = list.Next
		}
		if len(titles) != 25 || titles[2] != "Question 24" || !strings.HasPrefix(strings.Join(titles[:2], " "), "Question") {
			t.Errorf("listed as %q", titles)
		}
		top := titles[:2]
		slices.Sort(top)
		if fmt.Sprint(top) != "[Question 03 Question 20]" {
			t.Errorf("on top are %q", top)
		}
		slices.Sort(titles)
		if len(slices.Compact(titles)) != 25 {
			t.Error("something stands twice")
		}
		for _, i := range []int{5, 6, 7} {
			h.must(h.threads.Pin(ctx(), h.steward, made[i].ID, true))
		}
		h.refused(h.threads.Pin(ctx(), h.steward, made[8].ID, true), core.Forbidden, "thread.pin.many")
		h.must(h.threads.Pin(ctx(), h.steward, made[5].ID, true)) // it is pinned already
		h.refused(h.threads.Pin(ctx(), h.ada, made[8].ID, true), core.Forbidden, "policy.steward_only")
	})
}

func TestWaitingForAnAnswerIsWhereTheActorCouldHelp(t *testing.T) {
	each(t, func(h *house) {
		mine, open := h.ask(h.ada, "Mine"), h.ask(h.bo, "Open")
		answered, closed := h.ask(h.bo, "Answered"), h.ask(h.bo, "Closed")
		h.answer(h.steward, answered, 0, "An answer.")
		h.must(h.threads.Close(ctx(), h.bo, closed.ID, true))
		if got := h.titles(h.ada, thread.Filter{Order: thread.Unanswered, Spaces: []core.ID{h.asthma.ID}}); fmt.Sprint(got) != "[Open]" {
			t.Errorf("Ada could help with %q", got)
		}
		if got := h.titles(h.ada, thread.Filter{Order: thread.Unanswered, Space: h.asthma.ID}); fmt.Sprint(got) != "[Open Mine]" {
			t.Errorf("unanswered in the space are %q", got)
		}
		_, _ = mine, open
	})
}

func TestAThreadIsNewOnlyForWhoHasBeenThere(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		h.read(h.bo, q.ID)
		h.must(h.threads.FlushPositions(ctx()))
		h.answer(h.ada, q, 0, "Still awake.")
		h.answer(h.bo, q, 0, "Me too.")
		news := func(a core.Actor) int {
			list, err := h.threads.List(ctx(), a, thread.Filter{Space: h.asthma.ID, Order: thread.NewestActivity})
			h.must(err)
			return list.Items[0].New
		}
		if bo, steward, visitor := news(h.bo), news(h.steward), 0; bo != 1 || steward != 0 || visitor != 0 {
			t.Errorf("new for Bo %d, for the steward %d", bo, steward)
		}
		h.read(h.bo, q.ID) // not written down yet
		if n := news(h.bo); n != 0 {
			t.Errorf("%d are new right after reading", n)
		}
	})
}

func TestTagsFindThreads(t *testing.T) {
	each(t, func(h *house) {
		for i, tags := range [][]string{{"nights", "cough"}, {"nights"}, {"work"}} {
			_, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: fmt.Sprint("Question ", i), Body: "b", Tags: tags})
			h.must(err)
		}
		tags, err := h.threads.Tags(ctx(), h.ada, h.asthma.ID, 2)
		h.must(err)
		if fmt.Sprint(tags) != "[nights cough]" {
			t.Errorf("used most are %v", tags)
		}
		if got := h.titles(h.ada, thread.Filter{Space: h.asthma.ID, Tag: "nights"}); len(got) != 2 {
			t.Errorf("tagged are %q", got)
		}
		if got := h.titles(h.ada, thread.Filter{Space: h.asthma.ID, Tag: "' OR 1=1 --"}); len(got) != 0 {
			t.Errorf("an odd tag finds %q", got)
		}
	})
}
