package threadpages_test

import "testing"

func TestWordsFromElsewhereAreNotShownAsSomebodyHereOrAsStaff(t *testing.T) {
	each(t, func(h *house) {
		q := h.ask(h.ada, "What is asthma?")
		h.answer(h.bo, q, 0, "A long answer from a leaflet.")
		h.Exec("UPDATE member SET standing = 'placeholder', handle = 'Lung Institute', handle_key = 'import:x:lung institute' WHERE id = $1", h.bo.Member)
		h.Exec("UPDATE comment SET organisation = $1 WHERE author = $2", h.channel.Organisation, h.bo.Member)
		h.As(h.ada).Get(q.Path()).Want(200, "Lung Institute", "brought in from elsewhere").WantNot("Staff of", "/m/Lung").Sound()
	})
}
