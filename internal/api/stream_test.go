package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// opened is a new thread, with the topic that it is told by.
func (w *world) opened() (core.ID, string) {
	w.Helper()
	about, err := w.Space.About(context.Background(), core.Visitor, "heart-to-heart")
	w.Must(err)
	th, err := w.Thread.Create(context.Background(), w.actor("maria_hl"), thread.Opening{Space: about.ID, Kind: policy.Question, Title: "Does it get lighter?", Body: "By evening."})
	w.Must(err)
	w.Settled()
	return th.ID, "t" + th.ID.String()
}

func (w *world) reply(to core.ID) {
	w.Helper()
	_, err := w.Thread.Reply(context.Background(), w.actor("maria_hl"), thread.ReplyInput{Thread: to, Body: "Yes."})
	w.Must(err)
}

func TestAProgramHearsWhatHappensAndMissesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, topic := w.opened()
		token := w.program("old_oak", core.ScopeRead).token
		first := w.Listen(token, topic, "").Ready()
		w.reply(id)
		first.Hear(topic)
		first.Close()
		w.reply(id)
		w.Listen(token, topic, first.LastID).Hear(topic)
		if s := w.Listen(token, topic, "yesterday"); s.Status != 422 {
			t.Errorf("a place that is none: %d", s.Status)
		}
	})
}

func TestAProgramHearsOfItsMembersNoticesOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		oak, maria := "n"+w.actor("old_oak").Member.String(), "n"+w.actor("maria_hl").Member.String()
		s := w.Listen(w.program("old_oak", core.ScopeRead).token, oak+" "+maria, "")
		if said, _ := s.Next(); said != "retry: 3000" {
			t.Errorf("it begins with %q", said)
		}
		if said, _ := s.Next(); said != "event: gone\ndata: "+maria {
			t.Errorf("of another's notices it says %q", said)
		}
	})
}

func TestAStreamEndsWithItsToken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, topic := w.opened()
		p := w.program("old_oak", everything)
		s := w.Listen(p.token, topic, "").Ready()
		mine := into[rows](p.get("/me/tokens").want(200)).Items
		p.del("/me/tokens/" + mine[0].ID).want(204)
		if took, said := s.Ended(); took > time.Second {
			t.Errorf("it ended after %v: %s", took, said)
		}
		if again := w.Listen(p.token, topic, s.LastID); again.Status != 401 {
			t.Errorf("it may come back: %d", again.Status)
		}
	})
}

// A token that is not meant for offices does not hear of what waits, though its member is a steward.
func TestAProgramHearsOfWhatItMayReadOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, topic := w.opened()
		_, err := w.Account.Create(context.Background(), core.SystemActor, account.NewMember{Handle: "brand_new", Adult: true})
		w.Must(err)
		about, err := w.Space.About(context.Background(), core.Visitor, "heart-to-heart")
		w.Must(err)
		_, err = w.Space.Join(context.Background(), w.actor("brand_new"), about.Slug, space.JoinInput{Rules: about.RulesMark()})
		w.Must(err)
		with := w.Listen(w.program("old_oak", core.ScopeRead|core.ScopeModerate).token, topic, "").Ready()
		without := w.Listen(w.program("old_oak", core.ScopeRead).token, topic, "").Ready()
		held, err := w.Thread.Reply(context.Background(), w.actor("brand_new"), thread.ReplyInput{Thread: id, Body: "My first words here."})
		w.Must(err)
		if held.State != policy.Held {
			t.Fatalf("a newcomer's post is %s", held.State)
		}
		with.Hear(topic)
		w.reply(id)
		without.Hear(topic)
		without.Close()
		if _, rest := without.Ended(); strings.Contains(rest, topic) {
			t.Errorf("it heard of the post that waits: %s", rest)
		}
	})
}
