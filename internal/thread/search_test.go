package thread_test

import (
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/thread"
)

// finds tells how many posts somebody finds.
func (h *house) finds(a core.Actor, text string) int {
	h.Helper()
	f, err := search.New(h.db, h.clock, h.ids).Search(ctx(), a, search.Request{Text: text})
	h.must(err)
	if f.Some || len(f.Corrected) > 0 {
		return 0
	}
	return len(f.Hits.Items)
}

func (h *house) wantFinds(a core.Actor, text string, want int) {
	h.Helper()
	if got := h.finds(a, text); got != want {
		h.Errorf("%s is found %d times, want %d", text, got, want)
	}
}

// rows tells what the index still holds.
func (h *house) rows(query string) int64 {
	h.Helper()
	var n int64
	h.must(h.db.View(ctx(), func(tx *db.Tx) (err error) {
		n, err = db.One(tx, db.Int64, query)
		return err
	}))
	return n
}

func TestWhatIsWrittenIsFoundAtOnceAndWhatIsTakenBackIsNot(t *testing.T) {
	each(t, func(h *house) {
		th, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "About zebras", Body: "Stripes.", Tags: []string{"striped"}})
		h.must(err)
		c, err := h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: th.ID, Body: "Giraffes are taller."})
		h.must(err)
		h.wantFinds(h.bo, "zebras stripes", 1)
		h.wantFinds(h.ada, "giraffes", 1)
		_, err = h.threads.Edit(ctx(), h.bo, thread.Change{Post: c.ID, Version: 1, Body: "Elephants are heavier."})
		h.must(err)
		h.wantFinds(h.ada, "giraffes", 0)
		h.wantFinds(h.ada, "elephants", 1)
		_, err = h.threads.Edit(ctx(), h.ada, thread.Change{Post: th.ID, Version: 1, Title: "About okapis", Body: "Stripes.", Tags: []string{"legs"}})
		h.must(err)
		h.wantFinds(h.bo, "zebras", 0)
		h.wantFinds(h.bo, "okapis", 1)
		h.wantFinds(h.bo, "stripes tag:striped", 0)
		h.wantFinds(h.bo, "stripes tag:legs", 1)
		_, err = h.threads.Delete(ctx(), h.bo, c.ID)
		h.must(err)
		h.wantFinds(h.ada, "elephants", 0)
		_, err = h.threads.Delete(ctx(), h.ada, th.ID)
		h.must(err)
		h.wantFinds(h.bo, "okapis", 0)
		if n := h.rows("SELECT (SELECT COUNT(*) FROM search_doc) + (SELECT COUNT(*) FROM search_term) + (SELECT COUNT(*) FROM search_tag)"); n != 0 {
			t.Errorf("%d rows of what was deleted are left", n)
		}
	})
}

func (h *house) setState(post core.ID, to policy.PostState) {
	h.Helper()
	h.must(h.db.Update(ctx(), func(tx *db.Tx) error {
		p, err := h.threads.Peek(tx, core.SystemActor, post)
		if err != nil {
			return err
		}
		_, err = h.threads.SetState(tx, h.steward.Member, p, to, h.clock.Now())
		return err
	}))
}

func TestAHiddenThreadTakesItsRepliesAlongAndBringsThemBack(t *testing.T) {
	each(t, func(h *house) {
		th, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "About zebras", Body: "Stripes."})
		h.must(err)
		_, err = h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: th.ID, Body: "Giraffes are taller."})
		h.must(err)
		other, err := h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: th.ID, Body: "Okapis are shy."})
		h.must(err)
		h.setState(other.ID, policy.HiddenP)
		h.wantFinds(h.ada, "okapis", 0)
		h.setState(th.ID, policy.HiddenP)
		for _, a := range []core.Actor{h.ada, h.bo, h.steward} { // nobody finds what is hidden, whoever may read it
			h.wantFinds(a, "zebras", 0)
			h.wantFinds(a, "giraffes", 0)
		}
		h.setState(th.ID, policy.Open)
		h.wantFinds(h.ada, "zebras", 1)
		h.wantFinds(h.ada, "giraffes", 1)
		h.wantFinds(h.ada, "okapis", 0)
		h.setState(other.ID, policy.Open)
		h.wantFinds(h.ada, "okapis", 1)
		h.setState(th.ID, policy.HiddenP)
		_, err = h.threads.Delete(ctx(), h.ada, th.ID) // the tombstone stands open, and so do the replies
		h.must(err)
		h.wantFinds(h.bo, "giraffes", 1)
		h.wantFinds(h.bo, "zebras", 0)
	})
}

func TestAHeldPostIsFoundWhenItStands(t *testing.T) {
	each(t, func(h *house) {
		h.gate.hold = true
		th, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "About zebras", Body: "Stripes."})
		h.must(err)
		h.wantFinds(h.bo, "zebras", 0)
		h.wantFinds(h.ada, "zebras", 0)
		h.setState(th.ID, policy.Open)
		h.wantFinds(h.bo, "zebras", 1)
	})
}

func TestAMovedThreadIsFoundWhereItIs(t *testing.T) {
	each(t, func(h *house) {
		other := h.open(policy.Community, "lungs", nil)
		h.must(h.spaces.AppointSteward(ctx(), h.admin, "lungs", "sten"))
		th, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "About zebras", Body: "Stripes."})
		h.must(err)
		_, err = h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: th.ID, Body: "My zebras."})
		h.must(err)
		h.must(h.threads.Move(ctx(), h.admin, th.ID, other.ID))
		h.wantFinds(h.ada, "zebras in:asthma", 0)
		h.wantFinds(h.ada, "zebras in:lungs", 2)
	})
}

func TestAnErasedMembersWordsAreFoundNoMore(t *testing.T) {
	each(t, func(h *house) {
		th, err := h.threads.Create(ctx(), h.ada, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "About zebras", Body: "Stripes."})
		h.must(err)
		_, err = h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: th.ID, Body: "Giraffes are taller."})
		h.must(err)
		h.must(h.db.Update(ctx(), func(tx *db.Tx) error {
			if err := h.threads.Leave(tx, h.ada.Member); err != nil {
				return err
			}
			return db.EraseMember(tx, append(thread.Tables, search.Tables...), int64(h.ada.Member))
		}))
		h.wantFinds(h.bo, "zebras", 0)
		h.wantFinds(h.bo, "giraffes", 1)
		if n := h.rows("SELECT COUNT(*) FROM search_term WHERE term IN ('zebras', 'stripes', 'about')"); n != 0 {
			t.Errorf("%d of their words are still known", n)
		}
	})
}
