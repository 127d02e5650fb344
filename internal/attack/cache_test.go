package attack

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"dayroom/internal/sitetest"
)

// A proxy in front of the site keeps every answer, whatever Cache-Control says; it only minds Vary.

// eager is such a proxy.
type eager struct {
	to   string
	mu   sync.Mutex
	kept map[string]*httptest.ResponseRecorder
	vary map[string][]string // by address: what the answers depend on
	hits int
}

func (e *eager) key(r *http.Request) string {
	key := r.URL.String()
	for _, h := range e.vary[r.URL.String()] {
		key += "\n" + h + ": " + strings.Join(r.Header.Values(h), ", ")
	}
	return key
}

func (e *eager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if kept := e.kept[e.key(r)]; kept != nil && r.Method == http.MethodGet {
		e.hits++
		give(w, kept)
		return
	}
	req, _ := http.NewRequest(r.Method, e.to+r.URL.String(), r.Body)
	req.Header = r.Header.Clone()
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	answer := httptest.NewRecorder()
	for k, v := range resp.Header {
		answer.Header()[k] = v
	}
	answer.WriteHeader(resp.StatusCode)
	io.Copy(answer, resp.Body)
	if r.Method == http.MethodGet {
		var vary []string
		for _, v := range resp.Header.Values("Vary") {
			for name := range strings.SplitSeq(v, ",") {
				vary = append(vary, strings.TrimSpace(name))
			}
		}
		e.vary[r.URL.String()] = vary
		e.kept[e.key(r)] = answer
	}
	give(w, answer)
}

func give(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for k, v := range answer.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

func TestBehindAProxyThatKeepsEverythingNobodySeesAnothersPage(t *testing.T) {
	s := open(t)
	proxy := &eager{to: s.URL, kept: map[string]*httptest.ResponseRecorder{}, vary: map[string][]string{}}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	people := map[string]*sitetest.Browser{"keeper": s.As("keeper"), "maria_hl": s.As("maria_hl"), "old_oak": s.As("old_oak"), "": s.Visitor()}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(handle, path string, header http.Header) (status int, page string) {
		req, err := http.NewRequest(http.MethodGet, front.URL+path, nil)
		s.Must(err)
		req.Header = header
		req.Header.Set("Accept-Encoding", "identity")
		if token := people[handle].Token; token != "" && header.Get("Authorization") == "" {
			req.Header.Set("Cookie", "dayroom="+token)
		}
		resp, err := client.Do(req)
		s.Must(err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		s.Must(err)
		return resp.StatusCode, string(text)
	}
	// What tells whose page it is: the way to one's own profile, and nothing of it for a visitor.
	paths := []string{"/me", "/notices/bell", "/queue", "/", "/spaces", "/s/heart-to-heart", "/search?q=the", "/me/settings"}
	own := map[string]string{}
	for range 2 { // the second time the proxy has them
		for _, path := range paths {
			for handle := range people {
				status, page := ask(handle, path, http.Header{})
				if direct := people[handle].Get(path); direct.Status != status || len(direct.Body) != len(page) && !alike(direct.Body, page) {
					t.Errorf("%s: %q gets another page (%d) than without the proxy (%d)", path, handle, status, direct.Status)
				}
				own[handle+path] = page
			}
		}
		for handle := range people {
			if handle == "" {
				continue
			}
			_, me := ask(handle, "/api/v1/me", http.Header{"Authorization": s.program(handle, all).header["Authorization"]})
			if !strings.Contains(me, `"handle":"`+handle+`"`) {
				t.Errorf("the program of %s is told: %.200s", handle, me)
			}
		}
	}
	if !strings.Contains(own["maria_hl/me"], "maria_hl") || strings.Contains(own["/"], "/signout") {
		t.Error("the pages do not tell whose they are: the test proves nothing")
	}
	if proxy.hits < 10 {
		t.Errorf("the proxy gave %d answers by itself: the test proves little", proxy.hits)
	}
}

// alike compares two pages of one person that were made at two moments: their words, without figures.
func alike(a, b string) bool {
	words := func(page string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, page)
	}
	return words(a) == words(b)
}
