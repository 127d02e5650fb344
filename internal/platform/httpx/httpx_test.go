package httpx_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
)

func TestAnUnknownErrorShowsAReferenceAndNothingElse(t *testing.T) {
	var log bytes.Buffer
	public := httpx.Public(errors.New("sql: password=hunter2"), slog.New(slog.NewTextHandler(&log, nil)), "ref123")
	if public.Code != core.Internal || public.Args[0] != "ref123" || strings.Contains(public.Error(), "hunter2") {
		t.Errorf("a person would read %v", public)
	}
	if !strings.Contains(log.String(), "ref123") || !strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log lacks the reference or the cause: %s", log.String())
	}
}

func TestAPanicBecomesAnAnswer(t *testing.T) {
	h := httpx.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a secret") }), slog.New(slog.DiscardHandler), false, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}

func TestEveryAnswerHasTheHeadersThatProtect(t *testing.T) {
	h := httpx.Guard(http.NotFoundHandler(), slog.New(slog.DiscardHandler), true, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	for name, part := range map[string]string{
		"Content-Security-Policy": "script-src 'self'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		"Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=",
	} {
		if !strings.Contains(w.Header().Get(name), part) {
			t.Errorf("%s is %q", name, w.Header().Get(name))
		}
	}
	if strings.Contains(w.Header().Get("Content-Security-Policy"), "unsafe") {
		t.Error("the content policy has a hole")
	}
}

func TestTheAddressBehindAProxyIsBelievedOnlyFromIt(t *testing.T) {
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.5:99", "198.51.100.1", "203.0.113.5"},                  // not a proxy: the header is a lie
		{"10.0.0.1:99", "198.51.100.1", "198.51.100.1"},                    // from the proxy
		{"10.0.0.1:99", "6.6.6.6, 198.51.100.1", "198.51.100.1"},           // what the client put in front does not count
		{"10.0.0.1:99", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"}, // two proxies
		{"10.0.0.1:99", "nonsense", "10.0.0.1"},
		{"10.0.0.1:99", "", "10.0.0.1"},
		{"[2001:db8:1:2:3:4:5:6]:99", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.5]:99", "", "203.0.113.5"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := httpx.Address(r, proxy); got != c.want {
			t.Errorf("%s with %q is %q, want %q", c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestAPageIsCompressedForWhoeverTakesIt(t *testing.T) {
	body := []byte(strings.Repeat("the day room ", 500))
	for _, accept := range []string{"gzip, br", "", "gzip;q=0"} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		if err := httpx.WritePage(w, r, 200, "text/html", body); err != nil {
			t.Fatal(err)
		}
		got := w.Body.Bytes()
		if zipped := w.Header().Get("Content-Encoding") == "gzip"; zipped != (accept == "gzip, br") {
			t.Errorf("%q: compressed %v", accept, zipped)
		} else if zipped {
			z, err := gzip.NewReader(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			if got, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, body) {
			t.Errorf("%q: the body changed", accept)
		}
	}
}
