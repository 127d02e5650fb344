package thread_test

import (
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/policy"
	"dayroom/internal/thread"
)

func TestADeletedPostLeavesATombstoneWhereOthersAnswered(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		first := h.answer(h.bo, q, 0, "Raise the bed.")
		h.answer(h.ada, q, first.ID, "Thank you.")
		alone := h.answer(h.bo, q, 0, "One more thing.")

		_, err := h.threads.Delete(ctx(), h.ada, first.ID)
		h.refused(err, core.Forbidden, "policy.author_only")
		_, err = h.threads.Delete(ctx(), h.steward, first.ID)
		h.refused(err, core.Forbidden, "policy.author_only")
		for _, id := range []core.ID{first.ID, alone.ID} {
			_, err = h.threads.Delete(ctx(), h.bo, id)
			h.must(err)
		}
		v := h.read(h.ada, q.ID)
		if len(v.Comments) != 2 || v.Comments[0].State != policy.Deleted || v.Comments[0].Body != "" || v.Comments[0].Author != 0 || v.Thread.Replies != 1 {
			t.Errorf("what stays is %+v, %d replies", v.Comments, v.Thread.Replies)
		}
		if n := h.number("SELECT COUNT(*) FROM comment WHERE id = $1", alone.ID); n != 0 {
			t.Error("nobody answered, and a tombstone stays")
		}
		ledger, err := h.keys.Ledger(ctx())
		h.must(err)
		if len(ledger) != 2 || ledger[0].Kind != keys.ErasedPost {
			t.Errorf("the ledger has %+v", ledger)
		}
		if len(h.gate.settled) != 2 {
			t.Error("what waited for the posts waits still")
		}
		_, err = h.threads.Delete(ctx(), h.bo, first.ID)
		h.refused(err, core.NotFound, "")
		_, err = h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: q.ID, Parent: first.ID, Body: "Late."})
		h.refused(err, core.Conflict, "thread.reply.parent_gone")
	})
}

func TestADeletedThreadIsATombstoneOrGone(t *testing.T) {
	each(t, func(h *house) {
		answered, alone := h.ask(h.ada, "How do you sleep?"), h.ask(h.ada, "Anybody?")
		h.answer(h.bo, answered, 0, "Raise the bed.")
		for _, id := range []core.ID{answered.ID, alone.ID} {
			_, err := h.threads.Delete(ctx(), h.ada, id)
			h.must(err)
		}
		_, err := h.threads.Read(ctx(), h.bo, alone.ID, core.Cursor{})
		h.refused(err, core.NotFound, "")
		v := h.read(h.bo, answered.ID)
		if v.Thread.Title != "" || v.Thread.Body != "" || v.Thread.Author != 0 || len(v.Comments) != 1 || v.Can.Reply {
			t.Errorf("what stays is %+v", v.Thread)
		}
		_, err = h.threads.Reply(ctx(), h.bo, thread.ReplyInput{Thread: answered.ID, Body: "Hello?"})
		h.refused(err, core.NotFound, "")
		if got := h.titles(h.bo, thread.Filter{Order: thread.NewestActivity}); len(got) != 0 {
			t.Errorf("listed are %q", got)
		}
	})
}

func TestWhatARestoreReplaysIsGone(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		c := h.answer(h.bo, q, 0, "Raise the bed.")
		for range 2 { // a replay may come twice
			h.must(h.db.Update(ctx(), func(tx *db.Tx) error {
				for _, id := range []core.ID{c.ID, q.ID, 12345} {
					if _, err := thread.Unwrite(tx, id); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		if n := h.number("SELECT COUNT(*) FROM comment") + h.number("SELECT COUNT(*) FROM thread WHERE title <> ''"); n != 0 {
			t.Errorf("%d texts are left", n)
		}
	})
}

func TestAPictureGoesWithItsPost(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "How do you sleep?")
		_, err := h.threads.AddImage(ctx(), h.bo, picture(t), "  ")
		h.refused(err, core.Invalid, "thread.media.alt")
		img, err := h.threads.AddImage(ctx(), h.bo, picture(t), "A raised bed")
		h.must(err)
		_, err = h.threads.SeeImage(ctx(), h.ada, img.ID, img.Name)
		h.refused(err, core.NotFound, "") // not posted: for its owner alone
		stolen := h.answer(h.ada, q, 0, "See ![x]("+img.Path()+")")
		if h.number("SELECT COUNT(*) FROM media WHERE post <> 0") != 0 {
			t.Error("Ada's post took Bo's picture")
		}
		c := h.answer(h.bo, q, 0, "Like this: ![A raised bed]("+img.Path()+")")
		got, err := h.threads.SeeImage(ctx(), h.ada, img.ID, img.Thumb)
		h.must(err)
		if got.Public || got.Post != c.ID {
			t.Errorf("seen as %+v", got)
		}
		for _, name := range []string{"", "x", stolen.ID.String()} {
			_, err = h.threads.SeeImage(ctx(), h.ada, img.ID, name)
			h.refused(err, core.NotFound, "")
		}
		_, err = h.threads.SeeImage(ctx(), core.Visitor, img.ID, img.Name)
		h.refused(err, core.NotFound, "")
		if len(h.shelf.files) != 2 {
			t.Fatalf("%d files", len(h.shelf.files))
		}
		_, err = h.threads.Delete(ctx(), h.bo, c.ID)
		h.must(err)
		if len(h.shelf.files) != 0 || h.number("SELECT COUNT(*) FROM media") != 0 {
			t.Error("the picture is still there")
		}
	})
}

func TestAPictureThatIsNeverPostedGoesAfterADay(t *testing.T) {
	each(t, func(h *house) {
		_, err := h.threads.AddImage(ctx(), h.bo, picture(t), "A raised bed")
		h.must(err)
		h.clock.Advance(23 * time.Hour)
		n, err := h.threads.SweepImages(ctx())
		h.must(err)
		if n != 0 || len(h.shelf.files) != 2 {
			t.Errorf("swept %d too early", n)
		}
		h.clock.Advance(2 * time.Hour)
		n, err = h.threads.SweepImages(ctx())
		h.must(err)
		if n != 1 || len(h.shelf.files) != 0 {
			t.Errorf("swept %d, %d files stay", n, len(h.shelf.files))
		}
	})
}
