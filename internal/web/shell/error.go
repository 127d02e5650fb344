package shell

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"dayroom/internal/core"
	"dayroom/internal/web/ui"
)

// wrong is what an error page says: what happened, what can be done, and where to go on. No cause and no blame.
type wrong struct {
	ui.Frame
	View      ui.ErrorView
	Next      string // what to do; empty when the sentence says it
	Reference string // shown where somebody may want to ask
	Ways      []ui.Link
}

func wrongOf(f ui.Frame, e *core.Error, reference string) wrong {
	code := e.Code
	if !f.Has("error.title." + string(code)) {
		code = core.Internal
	}
	f.Title, f.NoIndex, f.Description, f.Canonical = f.T("error.title."+string(code)), true, "", ""
	home := ui.Link{Href: ui.PathHome, Label: f.T("error.home")}
	w := wrong{Frame: f, View: ui.ErrorView{Code: string(code), Message: sentenceOf(f, e), Back: home}}
	switch code {
	case core.NotFound:
		w.Next = f.T("shell.error.not_found.next")
		if !f.Viewer.SignedIn && !f.Bare { // the same whether the page is not there or only not theirs
			w.Ways = append(w.Ways, ui.Link{Href: ui.PathSignIn + "?next=" + url.QueryEscape(Local(f.Path)), Label: f.T("error.sign_in")})
		}
		w.Ways = append(w.Ways, ui.Link{Href: ui.PathSpaces, Label: f.T("frame.spaces")})
		if f.SearchPath != "" {
			w.Ways = append(w.Ways, ui.Link{Href: f.SearchPath, Label: f.T("frame.search")})
		}
	case core.Unauthenticated:
		w.View.Back, w.Ways = ui.Link{Href: ui.PathSignIn, Label: f.T("error.sign_in")}, []ui.Link{home}
	case core.Invalid, core.Conflict:
		w.Next = f.T("shell.error.back")
	case core.TooSoon:
		if e.RetryAfter > 0 {
			w.Next = f.T("error.too_soon.wait", f.Span(e.RetryAfter))
		}
	case core.Unavailable:
		w.Reference = reference
		w.View.Back, w.Ways = ui.Link{Href: Local(f.Path), Label: f.T("error.again")}, []ui.Link{home}
	case core.Internal: // its sentence has the reference
		w.Next = f.T("shell.error.internal.next")
	}
	return w
}

// sentenceOf never shows a bare key: an error without a sentence of its own gets the one of its code.
func sentenceOf(f ui.Frame, e *core.Error) string {
	if e.Key == "error.form" && len(e.Fields) > 0 { // there is no form on this page to look at
		var sentences []string
		for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
			sentences = append(sentences, f.T(e.Fields[name], e.Args...))
		}
		return strings.Join(slices.Compact(sentences), " ")
	}
	if e.Key != "" && f.Has(e.Key) {
		return f.T(e.Key, e.Args...)
	}
	if e.Code == core.Invalid {
		return f.T("error.form")
	}
	if key := "error." + string(e.Code); f.Has(key) && e.Code != core.Internal {
		return f.T(key)
	}
	return strings.TrimSpace(f.T("error.internal", e.Args...))
}
