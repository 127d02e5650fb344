package importer_test

import (
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/search"
)

// finds counts the posts that hold a word, and tells whether the page would say that the index is still being made.
func (w *world) finds(s *search.Service, word string) (n int, filling bool) {
	w.Helper()
	found, err := s.Search(ctx, core.SystemActor, search.Request{Text: word})
	w.must(err)
	return len(found.Hits.Items), found.Filling
}

func TestWhatWasBroughtInIsFoundOnceTheRestOfTheIndexIsMade(t *testing.T) {
	each(t, func(w *world) {
		clock := core.NewManualClock(now)
		s := search.New(w.db, clock, w.ids)
		w.must(s.Fill(ctx))
		line := func(id, word string) string {
			return `{"external": "` + id + `", "author": {"name": "Marta"}, "time": "2024-05-01T18:30:00Z", "title": "About ` + word + `", "body": "It is."}` + "\n"
		}
		for _, word := range []string{"nebuliser", "spacer"} {
			sum, rejected := w.load(line(word, word))
			if sum.Threads != 1 || len(rejected) != 0 {
				t.Fatalf("%+v %v", sum, rejected)
			}
			if n, filling := w.finds(s, word); n != 0 || !filling {
				t.Errorf("before: %d found, and the index is being made: %v", n, filling)
			}
			if jobs := w.number("SELECT COUNT(*) FROM job WHERE kind = $1 AND state = 'waiting'", search.FillJob); jobs != 1 {
				t.Errorf("%d jobs make the rest", jobs)
			}
			w.must(s.Fill(ctx))
			if n, filling := w.finds(s, word); n != 1 || filling {
				t.Errorf("after: %d found, and the index is being made: %v", n, filling)
			}
		}
		if n, _ := w.finds(s, "nebuliser"); n != 1 {
			t.Error("the second import took the first out of the index")
		}
	})
}

func TestAnImportDuringTheFillingIsNotForgotten(t *testing.T) {
	each(t, func(w *world) {
		s := search.New(w.db, core.NewManualClock(now), w.ids)
		w.must(s.Fill(ctx))
		w.load(generated(30)) // more than one step
		w.must(w.db.Update(ctx, func(tx *db.Tx) error { return search.Postpone(tx, w.ids.Next()) }))
		w.must(s.Fill(ctx))
		found, err := s.Search(ctx, core.SystemActor, search.Request{Text: "kind:discussion"})
		w.must(err)
		if want := w.number("SELECT COUNT(*) FROM thread"); w.number("SELECT COUNT(DISTINCT thread) FROM search_doc") != want || found.Filling {
			t.Errorf("not all of %d threads are in the index", want)
		}
	})
}
