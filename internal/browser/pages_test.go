package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dayroom/internal/sitetest"

	"github.com/chromedp/chromedp"
)

// looks are the widths and colours in which every page is checked: a phone at night, a desktop by day.
var looks = []struct {
	width  int64
	scheme string
}{{360, "dark"}, {1280, "light"}}

// Every page, as somebody who may open it: axe finds nothing, nothing is asked of another host, no script complains, and nothing
// is wider than the window.
func TestEveryPageIsAccessible(t *testing.T) {
	site := sitetest.Open(t, "")
	tabs := map[string]*Tab{}
	examples := site.Examples()
	for _, e := range examples {
		if tabs[e.Handle] == nil {
			token := ""
			if e.Handle != "" {
				token = site.As(e.Handle).Token
			}
			tabs[e.Handle] = Open(t, site.URL, token)
		}
	}
	for _, look := range looks {
		for _, tab := range tabs {
			tab.Look(look.width, look.scheme)
		}
		for _, e := range examples {
			tab := tabs[e.Handle]
			tab.Go(e.Path)
			name := fmt.Sprintf("%s as %q, %d px, %s", e.Path, e.Handle, look.width, look.scheme)
			for _, problem := range append(tab.Axe(), tab.TakeProblems()...) {
				t.Errorf("%s: %s", name, problem)
			}
			if wide := tab.overflow(); wide > 0 {
				t.Errorf("%s: %d px wider than the window", name, wide)
			}
			tab.keep(t, e.Path, e.Handle, look.width, look.scheme)
		}
	}
	t.Logf("%d pages in %d looks", len(examples), len(looks))
}

// overflow is by how many pixels the page is wider than the window.
func (t *Tab) overflow() (px int64) {
	t.Helper()
	t.Do(chromedp.Evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth", &px))
	return px
}

// PicturesEnv names a folder for a picture of every page, to be looked at.
const PicturesEnv = "DAYROOM_PICTURES"

func (t *Tab) keep(test *testing.T, path, handle string, width int64, scheme string) {
	dir := os.Getenv(PicturesEnv)
	if dir == "" {
		return
	}
	name := strings.Trim(strings.NewReplacer("/", "_", "?", "_", "=", "-").Replace(path), "_")
	if name == "" {
		name = "home"
	}
	file := filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", name, handle, width, scheme))
	if err := os.WriteFile(file, t.Picture(true), 0o644); err != nil {
		test.Fatal(err)
	}
}
