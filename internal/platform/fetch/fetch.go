// Package fetch is the one way in which the server asks other hosts for something: webhooks, previews, feeds, references. Whoever can make a server fetch an address can make it knock on doors that only it can reach (server-side request
// forgery, CWE-918), so everything that is not the public web is refused.
//
// The decisive check is made on the very address that is about to be connected, in the dialer, after every look-up: a name that
// resolves differently the second time, a redirect, or an address written in hexadecimal gains nothing. The check of the URL
// before is for an early and clear answer. What is not public is read off IANA's registries of special-purpose addresses
// (RFC 6890 and successors); for IPv6 only the part handed out as global unicast counts as public, less its special blocks.
//
// The answer is bounded in time, redirects and bytes (counted after decompression). No cookie, no proxy of the environment, no
// referrer. Tests that read like a list of attacks are in internal/attack.
package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"dayroom/internal/core"
)

// MaxRedirects is how many redirects are followed: a shortener, the bare domain and https, which is what honest links need.
const MaxRedirects = 3

// Options of a Client. The zero value is what a server uses.
type Options struct {
	Timeout   time.Duration  // for all of it, with redirects and body; 15 s unless told
	MaxBytes  int64          // of a body, decompressed; 4 MiB unless told
	UserAgent string         // "Dayroom" unless told
	Allow     []netip.Prefix // addresses allowed though not public, under whatever name: for tests
	Ports     []uint16       // ports allowed beside 80 and 443
	Resolver  *net.Resolver  // the system's unless told

	// Hosts may lead to private addresses: an operator vouches for the name, not for what else lies there. Only for a client whose
	// addresses are chosen by whoever runs the site, and with Stay, lest a stranger's redirect leads there.
	Hosts  []Host
	Secure bool // https only, except to Hosts
	Closed bool // nowhere but to Hosts
	Stay   bool // a redirect is an answer like any other, and is not followed
	Start  bool // the first MaxBytes of a body are enough, and what comes of it in a fifth of Timeout; the rest is not read
}

// Response is a whole answer. A status that tells of a failure is no error.
type Response struct {
	Status   int
	Header   http.Header
	Body     []byte
	FinalURL string // after redirects
}

// Client fetches. Safe for concurrent use.
type Client struct {
	http   http.Client
	guard  guard
	dialer net.Dialer
	opt    Options
}

// New makes a Client.
func New(opt Options) *Client {
	if opt.Timeout <= 0 {
		opt.Timeout = 15 * time.Second
	}
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = 4 << 20
	}
	if opt.UserAgent == "" {
		opt.UserAgent = "Dayroom"
	}
	c := &Client{guard: guard{allow: opt.Allow, ports: opt.Ports, hosts: opt.Hosts, secure: opt.Secure, closed: opt.Closed}, opt: opt}
	c.dialer = net.Dialer{Timeout: opt.Timeout, Resolver: opt.Resolver}
	c.http = http.Client{
		CheckRedirect: c.redirect,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy of the environment would be connected instead of what was checked
			DialContext:            c.dial,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    opt.Timeout,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           8,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
	return c
}

// dial connects to a name; the guard looks at each address that it leads to.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	named := c.guard.named(address)
	d := c.dialer
	d.Control = func(_, to string, _ syscall.RawConn) error { return c.guard.control(to, named) }
	return d.DialContext(ctx, network, address)
}

// Check tells whether an address could be fetched, as far as can be seen without looking the host up. Errors are those of Get.
func (c *Client) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return core.E(core.Invalid, "fetch.bad_address").Because(err)
	}
	return c.guard.url(u)
}

// Get fetches an address. Errors are Invalid "fetch.bad_address" (no address of the web), "fetch.insecure" (no https), "fetch.closed" (not one of Hosts),
// "fetch.refused" (leads where we do not go), "fetch.too_large", "fetch.too_many_redirects"; Unavailable "fetch.unavailable" when
// the other side does not answer well.
func (c *Client) Get(ctx context.Context, address string) (Response, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return Response{}, core.E(core.Invalid, "fetch.bad_address").Because(err)
	}
	return c.Do(ctx, req)
}

// Do is Get with a request of the caller's. Only Authorization and Cookie are dropped when a redirect leads to another host.
func (c *Client) Do(ctx context.Context, req *http.Request) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	req = req.Clone(ctx)
	if err := c.guard.url(req.URL); err != nil {
		return Response{}, err
	}
	req.Header.Del("Accept-Encoding") // the transport then asks for gzip itself, and undoes it before we count
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.opt.UserAgent)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Response{}, failure(err)
	}
	defer func() { _ = resp.Body.Close() }()
	read := c.read
	if c.opt.Start {
		defer time.AfterFunc(c.opt.Timeout/5, cancel).Stop()
		read = c.readStart
	}
	body, err := read(resp)
	if err != nil {
		return Response{}, err
	}
	return Response{resp.StatusCode, resp.Header, body, resp.Request.URL.String()}, nil
}

// read takes the body, and no more than MaxBytes of it. A length announced is believed only when it is too long.
func (c *Client) read(resp *http.Response) ([]byte, error) {
	if resp.ContentLength > c.opt.MaxBytes && resp.Request.Method != http.MethodHead {
		return nil, core.E(core.Invalid, "fetch.too_large")
	}
	var body bytes.Buffer
	n, err := io.Copy(&body, io.LimitReader(resp.Body, c.opt.MaxBytes+1))
	switch {
	case n > c.opt.MaxBytes:
		return nil, core.E(core.Invalid, "fetch.too_large")
	case err != nil:
		return nil, failure(err)
	}
	return body.Bytes(), nil
}

// readStart takes the beginning of the body. Whatever ends it, the status has been said.
func (c *Client) readStart(resp *http.Response) ([]byte, error) {
	var body bytes.Buffer
	_, _ = io.Copy(&body, io.LimitReader(resp.Body, c.opt.MaxBytes))
	return body.Bytes(), nil
}

// redirect decides about each redirect; what is wrong with it is what Get returns.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	if c.opt.Stay {
		return http.ErrUseLastResponse
	}
	if len(via) > MaxRedirects {
		return core.E(core.Invalid, "fetch.too_many_redirects")
	}
	req.Header.Del("Referer") // where a member was reading is nobody's business
	return c.guard.url(req.URL)
}

// The words of Why.
const (
	WhyRefused     = "refused"       // leads where we do not go
	WhyNoHost      = "no_host"       // the name is not known
	WhyTooSlow     = "too_slow"      // no answer in time
	WhyCertificate = "certificate"   // no TLS, or not with the one who was meant
	WhyNoAnswer    = "no_connection" // everything else: nobody there, hung up, no HTTP
)

// Why sorts an error of Get or Do into one word, for a log that is read by people. It tells nothing of our network.
func Why(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case core.CodeOf(err) == core.Invalid:
		return WhyRefused
	case errors.As(err, &dns) && !dns.IsTimeout:
		return WhyNoHost
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return WhyTooSlow
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		return WhyCertificate
	}
	return WhyNoAnswer
}

// failure keeps a refusal of ours and calls everything else unavailable.
func failure(err error) error {
	var refusal *core.Error
	if errors.As(err, &refusal) {
		return refusal
	}
	return core.E(core.Unavailable, "fetch.unavailable").Because(err)
}
