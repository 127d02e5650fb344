package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"dayroom/internal/core"

	"golang.org/x/net/dns/dnsmessage"
)

// site is a server on this machine with a client that may reach it.
func site(t *testing.T, handle http.HandlerFunc) (address string, opt Options) {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL, Options{Allow: prefixes("127.0.0.1/32"), Ports: []uint16{portOf(t, s.URL)}}
}

func portOf(t *testing.T, address string) uint16 {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return uint16(n)
}

func TestAPageIsFetched(t *testing.T) {
	address, opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			http.Redirect(w, r, "/new", http.StatusFound)
			return
		}
		w.Header().Set("X-Seen", strings.Join([]string{r.UserAgent(), r.Header.Get("Cookie"), r.Header.Get("Referer")}, "|"))
		w.WriteHeader(http.StatusTeapot)
		_, _ = fmt.Fprint(w, "hello")
	})
	opt.UserAgent = "Dayroom/test"
	got, err := New(opt).Get(t.Context(), address+"/old")
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != http.StatusTeapot || string(got.Body) != "hello" || got.FinalURL != address+"/new" || got.Header.Get("X-Seen") != "Dayroom/test||" {
		t.Errorf("%+v", got)
	}
}

func TestWithoutPermissionThisMachineIsRefused(t *testing.T) {
	var hits atomic.Int32
	address, opt := site(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	for name, o := range map[string]Options{
		"the address": {Ports: opt.Ports},
		"the port":    {Allow: opt.Allow},
	} {
		if _, err := New(o).Get(t.Context(), address); key(err) != "fetch.refused" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if hits.Load() > 0 {
		t.Error("the server was asked")
	}
}

func TestAProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	if proxy := New(Options{}).http.Transport.(*http.Transport).Proxy; proxy != nil {
		t.Error("there is a proxy")
	}
}

func TestARedirectIsJudgedAsAnyAddress(t *testing.T) {
	address, opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	})
	for to, want := range map[string]string{
		"http://169.254.169.254/": "fetch.refused", "http://[::1]/": "fetch.refused", "http://127.0.0.2:" + strconv.Itoa(int(opt.Ports[0])): "fetch.refused",
		"http://0x7f.2/": "fetch.refused", "http://a@127.0.0.1/": "fetch.refused", "http://127.0.0.1:22/": "fetch.refused",
		"file:///etc/passwd": "fetch.bad_address", "gopher://x/": "fetch.bad_address",
	} {
		if _, err := New(opt).Get(t.Context(), address+"/?to="+url.QueryEscape(to)); key(err) != want {
			t.Errorf("%s: %v", to, err)
		}
	}
}

func TestThreeRedirectsAreFollowedAndNotFour(t *testing.T) {
	address, opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		if n, _ := strconv.Atoi(r.URL.Path[1:]); n > 0 {
			http.Redirect(w, r, "/"+strconv.Itoa(n-1), http.StatusMovedPermanently)
		}
	})
	if got, err := New(opt).Get(t.Context(), address+"/3"); err != nil || got.FinalURL != address+"/0" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := New(opt).Get(t.Context(), address+"/4"); key(err) != "fetch.too_many_redirects" {
		t.Errorf("%v", err)
	}
}

func TestABodyIsBoundedHoweverItIsSent(t *testing.T) {
	const most = 1000
	big := bytes.Repeat([]byte("a"), most+1)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(bytes.Repeat(big, 100))
	_ = z.Close()
	if packed.Len() > most {
		t.Fatal("the bomb is no bomb")
	}
	address, opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fits":
			_, _ = w.Write(big[:most])
		case "/announced":
			w.Header().Set("Content-Length", strconv.Itoa(most+1))
			_, _ = w.Write(big)
		case "/chunks":
			w.(http.Flusher).Flush()
			_, _ = w.Write(big)
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		case "/short": // promises more than it sends
			w.Header().Set("Content-Length", "500")
			_, _ = w.Write(big[:10])
		case "/no-gzip":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(big[:10])
		}
	})
	opt.MaxBytes = most
	for path, want := range map[string]string{
		"/fits": "", "/announced": "fetch.too_large", "/chunks": "fetch.too_large", "/bomb": "fetch.too_large", "/short": "fetch.unavailable", "/no-gzip": "fetch.unavailable",
	} {
		got, err := New(opt).Get(t.Context(), address+path)
		if key(err) != want || want == "" && len(got.Body) != most {
			t.Errorf("%s: %v, %d bytes", path, err, len(got.Body))
		}
	}
}

func TestAServerThatStallsIsLeft(t *testing.T) {
	stop := make(chan struct{})
	address, opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, "a")
		w.(http.Flusher).Flush()
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	defer close(stop)
	opt.Timeout = 50 * 1e6 // however long it is, the answer is the same
	if _, err := New(opt).Get(t.Context(), address); key(err) != "fetch.unavailable" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(opt).Get(ctx, address); core.CodeOf(err) != core.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestARequestOfTheCallersKeepsItsOwnHeaders(t *testing.T) {
	address, opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Method, r.Header.Get("Accept"), r.Header.Get("User-Agent"), r.Header.Get("Accept-Encoding"))
	})
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/plain")
	req.Header.Set("Accept-Encoding", "br")
	got, err := New(opt).Do(t.Context(), req)
	if err != nil || string(got.Body) != "POSTtext/plainDayroomgzip" || req.Header.Get("User-Agent") != "" {
		t.Errorf("%s %v", got.Body, err)
	}
	if _, err := New(opt).Get(t.Context(), "http://exa mple"); key(err) != "fetch.bad_address" {
		t.Errorf("%v", err)
	}
}

// nameServer answers each question for an IPv4 address with the next of its addresses, the last one for ever.
func nameServer(t *testing.T, answers ...string) *net.Resolver {
	var asked atomic.Int32
	next := func() [4]byte {
		n := min(int(asked.Add(1)), len(answers))
		return netip.MustParseAddr(answers[n-1]).As4()
	}
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go serveName(ours, next)
		return theirs, nil
	}}
}

// serveName answers one question in the framing of DNS over TCP (RFC 1035, 4.2.2).
func serveName(conn net.Conn, next func() [4]byte) {
	defer func() { _ = conn.Close() }()
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	for n < 2 && err == nil {
		var more int
		more, err = conn.Read(buf[n:])
		n += more
	}
	var q dnsmessage.Message
	if err != nil || q.Unpack(buf[2:n]) != nil || len(q.Questions) != 1 {
		return
	}
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: q.ID, Response: true, Authoritative: true}, Questions: q.Questions}
	if q.Questions[0].Type == dnsmessage.TypeA {
		reply.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Questions[0].Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: next()},
		}}
	}
	packed, err := reply.AppendPack(make([]byte, 2))
	if err != nil {
		return
	}
	packed[0], packed[1] = byte((len(packed)-2)>>8), byte(len(packed)-2)
	_, _ = conn.Write(packed)
}

func TestANameThatChangesItsAddressGainsNothing(t *testing.T) {
	var hits atomic.Int32
	address, opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		w.Header().Set("Connection", "close") // so that the name is looked up again
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/end", http.StatusFound)
		}
	})
	host := "http://rebind.example.org:" + strconv.Itoa(int(portOf(t, address)))

	opt.Resolver = nameServer(t, "127.0.0.1")
	if _, err := New(opt).Get(t.Context(), host+"/end"); err != nil {
		t.Fatalf("the name server of this test does not serve: %v", err)
	}
	hits.Store(0)
	opt.Resolver = nameServer(t, "127.0.0.1", "127.0.0.2")
	if _, err := New(opt).Get(t.Context(), host+"/again"); key(err) != "fetch.refused" || hits.Load() != 1 {
		t.Errorf("%v after %d requests", err, hits.Load())
	}
	hits.Store(0)
	strict := Options{Ports: opt.Ports, Resolver: nameServer(t, "127.0.0.1")}
	if _, err := New(strict).Get(t.Context(), host+"/end"); key(err) != "fetch.refused" || hits.Load() != 0 {
		t.Errorf("%v after %d requests", err, hits.Load())
	}
}
