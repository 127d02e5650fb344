package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func flooded(t *testing.T, limit string) http.Handler {
	t.Helper()
	a := &App{Config: Config{Flood: limit}}
	h, err := a.withoutFloods(http.NotFoundHandler(), []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ask(h http.Handler, path, visitor string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = "127.0.0.1:4000"
	r.Header.Set("X-Forwarded-For", visitor)
	r.Header.Set("Accept-Language", "pt")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAFloodFromOneVisitorBehindTheProxyStopsThatVisitorOnly(t *testing.T) {
	h := flooded(t, "2")
	for range 20 {
		if w := ask(h, "/", "192.0.2.1"); w.Code != http.StatusNotFound {
			t.Fatalf("a request within the bound is answered %d", w.Code)
		}
	}
	w := ask(h, "/", "192.0.2.1")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "Espere") {
		t.Errorf("the flood is answered %d, Retry-After %q, %q", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	if w := ask(h, "/api/v1/me", "192.0.2.1"); w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("a program is answered as %s", w.Header().Get("Content-Type"))
	}
	if w := ask(h, "/", "192.0.2.2"); w.Code != http.StatusNotFound {
		t.Errorf("somebody else is answered %d", w.Code)
	}
	// A made-up first hop does not make another visitor of the same one.
	if w := ask(h, "/", "198.51.100.9, 192.0.2.1"); w.Code != http.StatusTooManyRequests {
		t.Errorf("an invented hop is answered %d", w.Code)
	}
}

func TestTheBoundOnFloodsIsANumber(t *testing.T) {
	for value, ok := range map[string]bool{"": true, "0": true, "50": true, "-1": false, "many": false, "1e9": false, "100001": false} {
		if _, err := (Config{Flood: value}).floodLimit(); (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
	}
}
