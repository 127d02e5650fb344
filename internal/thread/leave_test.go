package thread_test

import (
	"errors"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

// leave erases a member as package account does.
func (h *house) leave(a core.Actor, failure error) error {
	return h.db.Update(ctx(), func(tx *db.Tx) error {
		if err := h.threads.Leave(tx, a.Member); err != nil {
			return err
		}
		return errors.Join(db.EraseMember(tx, thread.Tables, int64(a.Member)), failure)
	})
}

func TestWhoLeavesTakesPicturesPollsAndEarlierWordsAlong(t *testing.T) {
	each(t, func(h *house) {
		img, err := h.threads.AddImage(ctx(), h.bo, picture(t), "A raised bed")
		h.must(err)
		q := h.ask(h.ada, "How do you sleep?")
		one := h.answer(h.bo, q, 0, "Like this: ![A raised bed]("+img.Path()+")")
		h.answer(h.ada, q, one.ID, "Thank you.")
		_, err = h.threads.React(ctx(), h.bo, q.ID, thread.SameHere, true)
		h.must(err)
		poll, err := h.threads.Create(ctx(), h.bo, thread.Opening{Space: h.asthma.ID, Kind: policy.Question, Title: "Which hour?", Body: "Tell me.", Tags: []string{"nights"},
			Poll: &thread.PollInput{Question: "When does Bo wake?", Options: []string{"early", "late"}}})
		h.must(err)
		h.exec("INSERT INTO post_version (post, version, thread, title, body, html, editor, at) VALUES ($1, 1, $2, '', 'Earlier words.', '', $3, 0)", one.ID, q.ID, h.steward.Member)

		boom := errors.New("boom")
		if err := h.leave(h.bo, boom); !errors.Is(err, boom) || len(h.shelf.files) != 2 {
			t.Fatalf("%v, and %d files are left after a rollback, want 2", err, len(h.shelf.files))
		}
		h.must(h.leave(h.bo, nil))
		if len(h.shelf.files) != 0 {
			t.Errorf("%d files are left", len(h.shelf.files))
		}
		for what, query := range map[string]string{
			"rows of pictures": "SELECT COUNT(*) FROM media",
			"polls":            "SELECT COUNT(*) FROM poll",
			"tags":             "SELECT COUNT(*) FROM thread_tag WHERE thread = " + poll.ID.String(),
			"earlier words":    "SELECT COUNT(*) FROM post_version",
			"words":            "SELECT COUNT(*) FROM comment WHERE body LIKE 'Like this%'",
		} {
			if n := h.number(query); n != 0 {
				t.Errorf("%s: %d", what, n)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM thread WHERE id = $1 AND replies = 1 AND n_same = 0", q.ID); n != 1 {
			t.Error("the thread counts what is gone")
		}
		if v := h.read(h.ada, q.ID); len(v.Comments) != 2 {
			t.Errorf("%d comments are shown, want the tombstone and its answer", len(v.Comments))
		}
	})
}
