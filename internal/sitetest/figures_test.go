package sitetest

import (
	"context"
	"strings"
	"testing"
)

func TestAnAdminReadsTrueFigures(t *testing.T) {
	Each(t, func(t *testing.T, s *Site) {
		if page := s.As("maria_hl").Get("/admin/figures"); page.Status != 403 {
			t.Errorf("a member gets %d", page.Status)
		}
		before := s.As("keeper").Get("/admin/figures")
		if before.Status != 200 || !strings.Contains(before.Body, "They have not been counted yet.") {
			t.Fatalf("%d, and the page does not say that nothing was counted", before.Status)
		}
		if !strings.Contains(before.Body, "one is made each night") {
			t.Error("the page does not say that there is no backup yet")
		}
		s.Must(s.Figures.Count(context.Background()))
		n := s.Night()
		n.Folder, n.Keep = t.TempDir(), 1
		s.Must(n.Run(context.Background()))
		after := s.As("keeper").Get("/admin/figures").Body
		for _, want := range []string{"Members", "Questions that nobody answered yet", `class="chart"`, " MB", "Waiting in the queue", "made, restored and looked at within"} {
			if !strings.Contains(after, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(after, "They have not been counted yet.") || strings.Contains(after, "maria_hl") {
			t.Error("the page is not what was counted, or names somebody beside the frame")
		}
	})
}
