package browser

import (
	"testing"

	"dayroom/internal/sitetest"

	"github.com/chromedp/cdproto/network"
)

// The pages that the list of routes does not lead to: set-up, which only a new site has, and what is not there.
func TestSetUpAndErrorsAreAccessible(t *testing.T) {
	empty := sitetest.OpenEmpty(t)
	tab := Open(t, empty.URL, "")
	for _, look := range looks {
		tab.Look(look.width, look.scheme)
		tab.Go("/setup")
		sound(t, tab, "set-up")
	}
	full := sitetest.Open(t, "")
	visitor := Open(t, full.URL, "")
	visitor.Look(360, "light")
	for _, path := range []string{"/nowhere", "/t/1", "/demo/nobody"} {
		visitor.Go(path)
		sound(t, visitor, path)
	}
}

// The main pages in a language that is written from right to left, on a phone, and in one more.
func TestMainPagesInOtherLanguagesAreAccessible(t *testing.T) {
	site := sitetest.Open(t, "")
	tab := Open(t, site.URL, site.As("maria_hl").Token)
	tab.Look(360, "light")
	for _, language := range []string{"ar", "pt"} {
		tab.Do(network.SetCookie("language", language).WithURL(site.URL))
		for _, e := range site.Examples() {
			switch e.Route.Path {
			case "/{$}", "/spaces", "/s/{slug}", "/t/{id}", "/s/{slug}/write", "/notices", "/me", "/join", "/signin":
				tab.Go(e.Path)
				sound(t, tab, language+" "+e.Path)
			}
		}
	}
}

func sound(t *testing.T, tab *Tab, name string) {
	t.Helper()
	for _, problem := range append(tab.Axe(), tab.TakeProblems()...) {
		t.Errorf("%s: %s", name, problem)
	}
	if wide := tab.overflow(); wide > 0 {
		t.Errorf("%s: %d px wider than the window", name, wide)
	}
}
