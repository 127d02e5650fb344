package sitetest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/sitetest"
)

// The largest class of holes in software like this is one page that forgot to ask. So: everybody fetches everything, and nobody
// may meet a canary that was not put there for them. A page that the crawl cannot reach fails it.
func TestNobodyMeetsACanaryOfSomebodyElse(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		cage := sitetest.BuildCage(s)
		met, found := map[string]bool{}, map[string]bool{}
		fetched := 0
		for _, handle := range cage.Seekers {
			person, program := s.Visitor(), s.Program(handle)
			if handle != "" {
				person = s.As(handle)
			}
			for _, route := range s.Routes(app.Demo) {
				if route.Method != "GET" {
					continue
				}
				browser := person
				if sitetest.IsAPI(route) {
					browser = program
				}
				for _, path := range cage.Addresses(route) {
					answer := browser.Get(path)
					fetched++
					if answer.Status >= 500 || answer.Status == 429 {
						t.Errorf("%q gets %d from %s", handle, answer.Status, path)
					}
					if strings.HasPrefix(path, "/search?") {
						for _, k := range cage.Canaries {
							found[k.Text] = found[k.Text] || strings.Contains(answer.Body, k.Text)
						}
					}
					if strings.Contains(answer.Body, `id="bell"`) && strings.Contains(answer.Body, "<main") && !strings.Contains(answer.Body, "data-exit") {
						t.Errorf("%q is signed in and has no quick way out of %s", handle, path)
					}
					look(t, cage, met, handle, path, answer)
				}
			}
		}
		log := s.Log.String()
		for _, k := range cage.Canaries {
			if strings.Contains(log, k.Text) {
				t.Errorf("the log has the %s", k.Where)
			}
			if len(k.May) > 0 && !met[k.Text] {
				t.Errorf("nobody ever met the %s (%s): the crawl proves nothing about it", k.Where, k.Text)
			}
		}
		if !searched(found, cage) {
			t.Errorf("the search found nothing of what some may read: the crawl proves nothing about it")
		}
		t.Logf("%d pages by %d people, %d canaries", fetched, len(cage.Seekers), len(cage.Canaries))
	})
}

// searched tells whether somebody found the texts that are in posts which are open.
func searched(found map[string]bool, cage *sitetest.Cage) bool {
	for _, k := range cage.Canaries {
		for _, where := range []string{"title in", "text in", "comment in"} {
			if strings.HasPrefix(k.Where, where) && !found[k.Text] {
				return false
			}
		}
	}
	return true
}

func look(t *testing.T, cage *sitetest.Cage, met map[string]bool, handle, path string, answer sitetest.Answer) {
	t.Helper()
	all := answer.Body + fmt.Sprint(answer.Header)
	for _, k := range cage.Canaries {
		asked := strings.Contains(path, k.Text) // what was asked for may be repeated in the answer, as a search term is
		if !strings.Contains(all, k.Text) || asked && !strings.Contains(strings.ReplaceAll(all, "tag="+k.Text, ""), k.Text) {
			continue
		}
		if slices.Contains(k.May, handle) {
			met[k.Text] = true
			continue
		}
		if asked {
			continue
		}
		t.Errorf("%q meets the %s at %s (%d)", handle, k.Where, path, answer.Status)
	}
}
