package app

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/httpx"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/platform/live"
)

// maxConnections is how many connections one address may hold open: a browser has six, and many people may share an address.
const maxConnections = 512

// connections is how many connections one address may hold open. An operator who wants no bound on requests wants none here.
func (c Config) connections() int {
	if n, err := c.floodLimit(); err == nil && n == 0 {
		return math.MaxInt
	}
	return maxConnections
}

// liveLimits are the bounds of live streams, which have a bound of their own below that of connections.
func (a *App) liveLimits() live.Limits {
	if n, err := a.Config.floodLimit(); err == nil && n == 0 {
		return live.Limits{}
	}
	return live.DefaultLimits
}

// floodLimit reads how many requests a second one address may send; zero or nothing is without a bound.
func (c Config) floodLimit() (int, error) { return bound("flood", c.Flood, "requests a second") }

// apiRate reads how many calls a minute one token may make; zero or nothing is without a bound.
func (c Config) apiRate() (int, error) { return bound("api-rate", c.APIRate, "calls a minute") }

func bound(name, value, of string) (int, error) {
	if value == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 100_000 {
		return 0, fmt.Errorf("%s is %q, and should be a number of %s from 0 (no bound) to 100000", name, value, of)
	}
	return n, nil
}

// withoutFloods puts the bound on requests before everything else.
func (a *App) withoutFloods(next http.Handler, proxies []netip.Prefix) (http.Handler, error) {
	n, err := a.Config.floodLimit()
	if err != nil || n == 0 {
		return next, err
	}
	address := func(r *http.Request) string { return httpx.Address(r, proxies) }
	return httpx.NewFlood(n).Wrap(next, address, refuseFlood), nil
}

// refuseFlood answers with as little work as can be: no page, no look at the database. A person who meets it reads one sentence.
func refuseFlood(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	e := core.Wait(wait, "error.flood")
	sentence := i18n.Match(r.Header.Get("Accept-Language"), "", nil).T(e.Key)
	h := w.Header()
	httpx.RetryAfter(h, e)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if strings.HasPrefix(r.URL.Path, "/api/") {
		h.Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprintf(w, `{"status":429,"code":"too_soon","key":%q,"detail":%q}`, e.Key, sentence)
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusTooManyRequests)
	fmt.Fprintln(w, sentence)
}
