package meter_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dayroom/internal/platform/meter"
)

func read(t *testing.T, m *meter.Meter, values []meter.Reading, err error) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(func(context.Context) ([]meter.Reading, error) { return values, err }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func want(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("it does not say %q:\n%s", line, text)
		}
	}
}

func TestRequestsAreCountedByRouteAndStatusAndNeverByAddress(t *testing.T) {
	m := meter.New()
	m.Observe("GET /m/{handle}", 200, 2*time.Millisecond)
	m.Observe("GET /m/{handle}", 204, 200*time.Millisecond)
	m.Observe("GET /api/v1/me", 503, time.Second)
	m.Observe("/", 404, time.Millisecond)
	text := read(t, m, nil, nil)
	want(t, text, `dayroom_http_requests_total{route="GET /m/{handle}",status="2xx"} 2`, `dayroom_http_requests_total{route="GET /api/v1/me",status="5xx"} 1`,
		`dayroom_http_requests_total{route="none",status="4xx"} 1`, `dayroom_http_request_seconds_bucket{area="page",le="0.003"} 2`,
		`dayroom_http_request_seconds_count{area="api"} 1`, "dayroom_metrics_errors 0")
}

func TestWhatCouldBeReadIsToldWhenTheDatabaseIsAway(t *testing.T) {
	text := read(t, meter.New(), []meter.Reading{{Name: "dayroom_disk_free_bytes", Help: "Room.", Value: 5}}, errors.New("away"))
	want(t, text, "dayroom_disk_free_bytes 5", "dayroom_metrics_errors 1")
}
