package feedpages_test

import (
	"context"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"dayroom/internal/platform/db"
	"dayroom/internal/sitetest"
)

type parsed struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Loc     []string `xml:"url>loc"`
	Maps    []string `xml:"sitemap>loc"`
	Entries []struct {
		ID        string `xml:"id"`
		Title     string `xml:"title"`
		Summary   string `xml:"summary"`
		Published string `xml:"published"`
		Link      struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

func read(t *testing.T, s *sitetest.Site, path, kind string) (p parsed) {
	t.Helper()
	a := s.Visitor().Get(path)
	if a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Type"), kind) || a.Header.Get("X-Robots-Tag") != "noindex" {
		t.Fatalf("%s: %d, %v", path, a.Status, a.Header)
	}
	if err := xml.Unmarshal([]byte(a.Body), &p); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return p
}

func exec(s *sitetest.Site, statement string, args ...any) {
	s.Helper()
	s.Must(s.DB.Update(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	}))
}

func TestAFeedTellsWhatWasBegunAndNobodysName(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		feed := read(t, s, "/s/northmere-health/feed.atom", "application/atom+xml")
		if feed.ID != s.Config.BaseURL+"/s/northmere-health" || len(feed.Entries) == 0 {
			t.Fatalf("the feed is %+v", feed)
		}
		last := time.Now().AddDate(100, 0, 0)
		for _, e := range feed.Entries {
			at, err := time.Parse(time.RFC3339, e.Published)
			if err != nil || at.After(last) || e.Title == "" || e.Summary == "" || !strings.HasPrefix(e.Link.Href, s.Config.BaseURL+"/t/") {
				t.Errorf("an entry is %+v", e)
			}
			last = at
		}
		if all := read(t, s, "/feed.atom", "application/atom+xml"); len(all.Entries) == 0 {
			t.Error("no announcement is told of")
		}
		exec(s, "UPDATE thread SET warning = 'needles', title = 'A <bold> & \"plain\" title' WHERE id = (SELECT MAX(t.id) FROM thread t JOIN space p ON p.id = t.space WHERE p.slug = 'northmere-health' AND t.state = 'open')")
		found := false
		for _, e := range read(t, s, "/s/northmere-health/feed.atom", "application/atom+xml").Entries {
			if e.Title == `A <bold> & "plain" title` {
				found = true
				if e.Summary != "" {
					t.Errorf("the first words of what has a warning are told: %q", e.Summary)
				}
			}
		}
		if !found {
			t.Error("a title with marks in it is not told as it is")
		}
	})
}

func TestAFeedOfWhatIsNotPublicIsNotThere(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		for _, slug := range []string{"carers-corner", "night-rounds", "nowhere"} {
			for _, file := range []string{"/feed.atom", "/sitemap.xml"} {
				if a := s.As("keeper").Get("/s/" + slug + file); a.Status != 404 { // also for who may read there: a feed is made as for a visitor
					t.Errorf("/s/%s%s answers %d", slug, file, a.Status)
				}
			}
		}
	})
}

func TestWhoHasTheFeedAlreadyIsToldSo(t *testing.T) {
	s := sitetest.Open(t, "")
	first := s.Visitor().Get("/feed.atom")
	again := s.Visitor().With("If-None-Match", first.Header.Get("ETag")).Get("/feed.atom")
	if again.Status != 304 || again.Body != "" {
		t.Errorf("the answer is %d with %d bytes", again.Status, len(again.Body))
	}
}

// Every address in the map answers, and asks for being found; no address of a community is in it.
func TestTheMapLeadsSearchEnginesToChannelsOnly(t *testing.T) {
	sitetest.Each(t, func(t *testing.T, s *sitetest.Site) {
		if robots := s.Visitor().Get("/robots.txt").Body; !strings.Contains(robots, "Sitemap: "+s.Config.BaseURL+"/sitemap.xml\n") {
			t.Errorf("robots.txt does not lead to the map: %s", robots)
		}
		maps := read(t, s, "/sitemap.xml", "application/xml").Maps
		if len(maps) != 2 {
			t.Errorf("the demo has two channels, and the map of maps has %v", maps)
		}
		pages := 0
		for _, m := range maps {
			for _, loc := range read(t, s, strings.TrimPrefix(m, s.Config.BaseURL), "application/xml").Loc {
				pages++
				a := s.Visitor().Get(strings.TrimPrefix(loc, s.Config.BaseURL))
				if a.Status != 200 || strings.Contains(a.Body, "noindex") || !strings.Contains(a.Body, `<meta property="og:title"`) {
					t.Errorf("%s is in the map and answers %d, or asks not to be found, or has no preview", loc, a.Status)
				}
			}
		}
		if pages < 6 {
			t.Errorf("only %d pages are in the maps", pages)
		}
	})
}

// A community that everybody may read is not for search engines, and its preview has no word of a member.
func TestAPreviewOfACommunityTellsOfTheSpaceOnly(t *testing.T) {
	s := sitetest.Open(t, "")
	exec(s, "UPDATE space SET description = 'For hearts' WHERE slug = 'heart-to-heart'")
	exec(s, "UPDATE thread SET title = 'Secret worry', excerpt = 'It began' WHERE id = (SELECT MAX(t.id) FROM thread t JOIN space p ON p.id = t.space WHERE p.slug = 'heart-to-heart' AND t.state = 'open')")
	var path string
	for _, e := range read(t, s, "/s/heart-to-heart/feed.atom", "application/atom+xml").Entries {
		if e.Title == "Secret worry" {
			path = strings.TrimPrefix(e.Link.Href, s.Config.BaseURL)
		}
	}
	page := s.Visitor().Get(path).Body
	head, _, _ := strings.Cut(page, "</head>")
	if !strings.Contains(head, `property="og:description" content="For hearts"`) || !strings.Contains(head, "noindex") {
		t.Errorf("the preview does not tell of the space, or the page may be found: %s", head)
	}
	if strings.Contains(head, `content="Secret worry`) || strings.Contains(head, "It began") {
		t.Errorf("the preview has a member's words: %s", head)
	}
}
