package sitetest

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// watch asks for the metrics as Prometheus does.
func (s *Site) watch(t *testing.T, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.URL+"/metrics", nil)
	s.Must(err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	s.Must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	s.Must(err)
	return res.StatusCode, string(text)
}

func TestMetricsAreForWhoeverHasTheTokenAndNameNobody(t *testing.T) {
	Each(t, func(t *testing.T, s *Site) {
		const token = "a-token-that-nobody-guesses"
		if status, _ := s.watch(t, token); status != 404 {
			t.Errorf("without a token set, metrics answer %d", status)
		}
		s.Config.MetricsToken = token
		for _, wrong := range []string{"", "a-token-that-nobody-guesse", token + "x"} {
			if status, _ := s.watch(t, wrong); status != 404 {
				t.Errorf("with the token %q metrics answer %d", wrong, status)
			}
		}
		s.As("maria_hl").Get("/m/maria_hl")
		s.As("maria_hl").Get("/nowhere/maria_hl")
		status, text := s.watch(t, token)
		for _, want := range []string{`dayroom_http_requests_total{route="GET /m/{handle}",status="2xx"} 1`, "dayroom_database_bytes ", "dayroom_queue_open ",
			"dayroom_jobs_due ", "dayroom_events_behind ", "dayroom_metrics_errors 0"} {
			if status != 200 || !strings.Contains(text, want) {
				t.Errorf("%d, and the metrics do not say %q", status, want)
			}
		}
		if strings.Contains(text, "maria") || strings.Contains(text, "127.0.0.1") {
			t.Error("the metrics name somebody")
		}
	})
}

func TestReadinessEndsWithTheDatabase(t *testing.T) {
	s := Open(t, "")
	if page := s.Visitor().Get("/readyz"); page.Status != 200 || !strings.Contains(page.Body, "ready") {
		t.Errorf("%d %s", page.Status, page.Body)
	}
	s.Must(s.DB.Close())
	if page := s.Visitor().Get("/readyz"); page.Status == 200 {
		t.Error("ready without a database")
	}
}
