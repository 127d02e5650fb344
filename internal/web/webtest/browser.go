package webtest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"dayroom/internal/core"
)

// Browser keeps cookies, runs no script and follows no redirect by itself.
type Browser struct {
	Site   *Site
	Header http.Header // sent with each request
	client *http.Client
}

// Visitor gives a browser that nobody signed in with.
func (s *Site) Visitor() *Browser {
	jar, err := cookiejar.New(nil)
	s.Must(err)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Browser{Site: s, Header: http.Header{}, client: client}
}

// As gives a browser that is signed in as a.
func (s *Site) As(a core.Actor) *Browser {
	token := "token-" + a.Member.String()
	s.mu.Lock()
	s.actors[token] = a
	s.mu.Unlock()
	b := s.Visitor()
	b.SetCookie("dayroom", token)
	return b
}

// SetCookie puts a cookie into the browser.
func (b *Browser) SetCookie(name, value string) {
	b.client.Jar.SetCookies(b.address(), []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// Cookie gives the value of a cookie, empty where there is none.
func (b *Browser) Cookie(name string) string {
	for _, c := range b.client.Jar.Cookies(b.address()) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (b *Browser) address() *url.URL {
	u, err := url.Parse(b.Site.URL() + "/")
	b.Site.Must(err)
	return u
}

// Get opens a page.
func (b *Browser) Get(path string) *Page {
	b.Site.Helper()
	return b.Do(http.MethodGet, path, "", nil)
}

// Post sends a form.
func (b *Browser) Post(path string, form url.Values) *Page {
	b.Site.Helper()
	return b.Do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Do sends any request.
func (b *Browser) Do(method, path, contentType string, body io.Reader) *Page {
	b.Site.Helper()
	req, err := http.NewRequest(method, b.Site.URL()+path, body)
	b.Site.Must(err)
	for name, values := range b.Header {
		req.Header[name] = values
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := b.client.Do(req)
	b.Site.Must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	b.Site.Must(err)
	p := &Page{Browser: b, Path: path, Status: res.StatusCode, Header: res.Header, Body: string(text)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		p.root, err = html.Parse(strings.NewReader(p.Body))
		b.Site.Must(err)
	}
	return p
}
