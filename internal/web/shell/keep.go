package shell

import (
	"bytes"
	"net/http"
	"slices"
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/web/ui"
)

// KeptFor is how long a page may be shown again that every visitor sees alike: the bound that holds for every cache here.
const KeptFor = time.Second

// Bounds of what is kept. A page of fifty comments has some 30 KB.
const (
	maxKept     = 256
	maxKeptPage = 512 << 10
	maxKeptPath = 300 // longer addresses are nobody's link
)

// keeper shows a page that was made for a visitor to other visitors, so that a thread that is suddenly read by thousands is made once
// a second. What it keeps was made for nobody: no sign-in, no message of an earlier page, no form with a question of its own. It
// asks on each request whether anything was written here since (see db.Changes), and forgets after a second whatever another server
// may have written. Safe for concurrent use.
type keeper struct {
	changes func() uint64

	mu    sync.Mutex
	pages map[keptKey]*keptPage
}

// keptKey is all that a visitor's page depends on beside the site itself.
type keptKey struct{ path, language, zone, reading string }

// keptPage is a page, or the place of one that is being made. Whoever makes it holds mu, and others wait instead of making it too.
type keptPage struct {
	mu      sync.Mutex
	changes uint64
	at      time.Time
	header  http.Header
	body    *httpx.Ready
}

func newKeeper(changes func() uint64) *keeper {
	return &keeper{changes: changes, pages: map[keptKey]*keptPage{}}
}

// place finds or makes the place of a page.
func (k *keeper) place(key keptKey) *keptPage {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.pages[key]
	if !ok {
		if len(k.pages) >= maxKept { // whoever waits for a page holds its place; the others are made anew soon enough
			clear(k.pages)
		}
		p = &keptPage{}
		k.pages[key] = p
	}
	return p
}

// keeping is a page that is being made for the keeper.
type keeping struct {
	page    *keptPage
	changes uint64
	free    func()
}

// answer lets the route answer, or shows what it answered to another visitor a moment ago.
func (c *Call) answer(r Route) error {
	k := c.shell.kept
	key, ok := c.keptKey(r)
	if k == nil || !ok {
		return r.Handle(c)
	}
	p := k.place(key)
	p.mu.Lock()
	changes := k.changes()
	if age := c.Now.Sub(p.at); p.header != nil && p.changes == changes && age >= 0 && age < KeptFor {
		header, body := p.header, p.body
		p.mu.Unlock() // before the first byte leaves: a slow client must not keep others waiting
		for name, values := range header {
			c.W.Header()[name] = slices.Clone(values) // more is added to it
		}
		return body.Write(c.W, c.R)
	}
	c.keeping = &keeping{page: p, changes: changes, free: sync.OnceFunc(p.mu.Unlock)}
	defer c.Unshared()
	p.header = nil
	return r.Handle(c)
}

// keptKey tells whether the page is one that may be kept, and under which key.
func (c *Call) keptKey(r Route) (keptKey, bool) {
	path := c.R.URL.RequestURI()
	if !r.Shared || c.R.Method != http.MethodGet || c.Actor != core.Visitor || c.token() != "" || c.cookie(flashCookie) != "" || len(path) > maxKeptPath {
		return keptKey{}, false
	}
	return keptKey{path, c.Lang(), c.Zone.String(), ui.ParseReading(c.cookie(ui.ReadingCookie)).String()}, true
}

// Unshared says that this page is the reader's own, although its route is shared: nobody else is shown it.
func (c *Call) Unshared() {
	if c.keeping != nil {
		c.keeping.free()
		c.keeping = nil
	}
}

// keep notes a page that was just made, and lets those who wait have it.
func (c *Call) keep(status int, body []byte) {
	k := c.keeping
	if k == nil {
		return
	}
	h := c.W.Header()
	if status == http.StatusOK && h.Get("Set-Cookie") == "" && len(body) <= maxKeptPage {
		k.page.changes, k.page.at, k.page.body = k.changes, c.Now, httpx.NewReady(pageType, bytes.Clone(body))
		k.page.header = http.Header{"Vary": slices.Clone(h.Values("Vary")), "Cache-Control": slices.Clone(h.Values("Cache-Control"))}
	}
	k.free()
}
