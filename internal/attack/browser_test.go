package attack

import (
	"net/http"
	"testing"

	"dayroom/internal/policy"
)

// Another site's page makes a member's browser call the API.

// inBrowser is a program that runs in an admin's browser: it has the cookie and no token.
func (s site) inBrowser() program {
	s.Helper()
	return program{s, nil}.with("Cookie", "dayroom="+s.As("keeper").Token)
}

func TestACookieIsNobodyToTheAPI(t *testing.T) {
	s := open(t)
	p := s.inBrowser()
	before := s.state()
	for _, op := range s.API().Operations() {
		if op.Door == "" || op.Door == policy.ForPublic {
			continue
		}
		if got := p.call(op.Method, anywhere(op), "{}"); got.Status != 401 {
			t.Errorf("%s: %d %s", op.ID, got.Status, got.Text)
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
}

func TestAnotherSitesPageChangesNothing(t *testing.T) {
	s := open(t)
	programs := map[string]program{"with a cookie": s.inBrowser(), "with a token that it got hold of": s.program("keeper", all)}
	before := s.state()
	for name, p := range programs {
		p = p.with("Origin", "https://evil.example").with("Sec-Fetch-Site", "cross-site").with("Sec-Fetch-Mode", "cors")
		for _, op := range s.changing() {
			if got := p.call(op.Method, anywhere(op), "{}"); got.Status != 403 {
				t.Errorf("%s, %s: %d %s", op.ID, name, got.Status, got.Text)
			}
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
}

func TestNoOtherSiteIsToldThatItMayRead(t *testing.T) {
	s := open(t)
	p := s.inBrowser().with("Origin", "https://evil.example").with("Sec-Fetch-Site", "cross-site")
	for _, op := range s.API().Operations() {
		got := p.with("Access-Control-Request-Method", op.Method).call(http.MethodOptions, anywhere(op), "")
		if got.Status < 400 || got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s answers a preflight with %d and %q", op.ID, got.Status, got.Header.Get("Access-Control-Allow-Origin"))
		}
		if got := p.call(http.MethodGet, anywhere(op), ""); got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s says that others may read it", op.ID)
		}
	}
}

func TestATokenCountsInItsHeaderOnly(t *testing.T) {
	s := open(t)
	token := s.program("keeper", all).header.Get("Authorization")[len("Bearer "):]
	p := program{s, nil}
	for _, path := range []string{"/me?access_token=" + token, "/me?token=" + token} {
		if got := p.call("GET", path, ""); got.Status == 200 {
			t.Errorf("a token in the address is taken: %s", got.Text)
		}
	}
	for _, header := range []string{"X-Api-Key", "Cookie", "Token", "X-Authorization", "Proxy-Authorization"} {
		if got := p.with(header, "Bearer "+token).call("GET", "/me", ""); got.Status != 401 {
			t.Errorf("a token in %s gets %d", header, got.Status)
		}
	}
	for _, value := range []string{"Basic " + token, "bearer", "Bearer", token, "Bearer  ", "Bearer null", "Bearer " + token[:len(token)-1], "Bearer " + token + "A"} {
		if got := p.with("Authorization", value).call("GET", "/me", ""); got.Status != 401 {
			t.Errorf("%.12q gets %d", value, got.Status)
		}
	}
}
