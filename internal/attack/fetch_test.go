package attack

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/fetch"
)

// Somebody who may choose an address makes the server knock where only the server can reach.

// loopback is this machine, written in every way that some program somewhere takes for it.
var loopback = []string{
	"127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.000.000.001", "2130706433", "0x7f000001", "0x7F.0.0.1", "0x7f.1", "0177.0.0.1",
	"017700000001", "00000177.0.0.1", "127.0.0.0x1", "0", "0.0.0.0", "0x0", "127.255.255.254",
	"localhost", "LocalHost", "localhost.",
	"[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
	"[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]", "[2001:0:7f00:1::]",
	"[::1%25lo]", "[::1%25eth0]", "[fe80::1%25lo]", "[::ffff:127.0.0.1%25lo]",
	"１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "①②⑦.⓪.⓪.①", "𝟭𝟮𝟳.𝟬.𝟬.𝟭", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "２１３０７０６４３３", "0ₓ7f000001",
	"%31%32%37.0.0.1", "127%2e0%2e0%2e1", "127.0.0.1%00.example.org", "127.0.0.1%0d%0a", "127.0.0.1\t", " 127.0.0.1", "127.0.0.1\\",
	"example.org@127.0.0.1", "example.org:pass@127.0.0.1", "@127.0.0.1", "example.org%40127.0.0.1", "example.org\\@127.0.0.1",
}

func TestThisMachineIsNotReachedInWhateverWayItIsWritten(t *testing.T) {
	trap := setTrap(t, "127.0.0.1")
	names := names{"localhost.": {"127.0.0.1", "::1"}}
	client := fetch.New(fetch.Options{Ports: []uint16{trap.Port}, Resolver: names.resolver(), Timeout: 2 * time.Second})
	for _, host := range loopback {
		for _, address := range []string{trap.at(host), "https" + strings.TrimPrefix(trap.at(host), "http"), "http://" + host + "/", "http:" + trap.at(host)} {
			answer, err := client.Get(t.Context(), address)
			if core.CodeOf(err) != core.Invalid {
				t.Errorf("%q is not refused: %d %v", address, answer.Status, err)
			}
		}
	}
	if n := trap.knocks.Load(); n > 0 {
		t.Errorf("somebody knocked %d times", n)
	}
}

// inside are addresses that a name outside can be made to lead to.
var inside = []string{
	"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "169.254.169.254", "169.254.170.2", "168.63.129.16",
	"192.0.0.192", "198.18.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
	"::1", "::", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "ff02::1", "::ffff:169.254.169.254", "::ffff:10.0.0.1",
	"64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::", "2001:db8::1", "100::1", "5f00::1",
}

func TestANameThatLeadsInsideIsRefusedWhenItIsConnected(t *testing.T) {
	for _, address := range inside {
		host := "http://inside.example.org/"
		client := fetch.New(fetch.Options{Resolver: names{"inside.example.org.": {address}}.resolver(), Timeout: 2 * time.Second})
		if _, err := client.Get(t.Context(), host); keyOf(err) != "fetch.refused" {
			t.Errorf("a name that leads to %s: %v", address, err)
		}
	}
}

func TestANameWithAnOpenAddressBesideASecretOneReachesTheOpenOneOnly(t *testing.T) {
	trap := setTrap(t, "127.0.0.2")
	// The first address is allowed and nobody is there, so that the dialer tries the next.
	names := names{"both.example.org.": {"127.0.0.1", "127.0.0.2"}}
	client := fetch.New(fetch.Options{Resolver: names.resolver(), Ports: []uint16{trap.Port}, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	if _, err := client.Get(t.Context(), trap.at("both.example.org")); err == nil || trap.knocks.Load() > 0 {
		t.Errorf("%v after %d knocks", err, trap.knocks.Load())
	}
}

func TestPortsOfOtherServicesAreRefused(t *testing.T) {
	client := fetch.New(fetch.Options{Resolver: names{}.resolver()})
	for _, port := range []string{"0", "1", "22", "25", "53", "110", "465", "2375", "3306", "5432", "6379", "8080", "9200", "11211", "65535", "65536", "65616", "-80", "080a", "٨٠"} {
		if _, err := client.Get(t.Context(), "http://example.org:"+port+"/"); core.CodeOf(err) != core.Invalid {
			t.Errorf("port %s: %v", port, err)
		}
	}
}

func TestOtherSchemesAreRefused(t *testing.T) {
	client := fetch.New(fetch.Options{Secure: true, Resolver: names{}.resolver()})
	for address, want := range map[string]string{
		"http://example.org/": "fetch.insecure", "HTTP://example.org/": "fetch.insecure",
		"file:///etc/passwd": "fetch.bad_address", "file://localhost/etc/passwd": "fetch.bad_address", "gopher://example.org:70/_x": "fetch.bad_address",
		"ftp://example.org/": "fetch.bad_address", "dict://example.org:11211/stat": "fetch.bad_address", "unix:///run/docker.sock": "fetch.bad_address",
		"data:text/plain,x": "fetch.bad_address", "javascript:alert(1)": "fetch.bad_address", "//example.org/": "fetch.bad_address",
		"https:example.org": "fetch.bad_address", "https:/example.org": "fetch.bad_address", "https://": "fetch.bad_address", "": "fetch.bad_address",
		"https://exa\r\nmple.org/": "fetch.bad_address", "https://example.org/\r\nX-Injected: 1": "fetch.bad_address", "https://[::1": "fetch.bad_address",
	} {
		if _, err := client.Get(t.Context(), address); keyOf(err) != want {
			t.Errorf("%q: %v, want %s", address, err, want)
		}
	}
}

func TestAHostThatTheOperatorVouchesForOpensNothingElse(t *testing.T) {
	trap := setTrap(t, "127.0.0.1")
	port := strconv.Itoa(int(trap.Port))
	hosts, err := fetch.ParseHosts("hooks.lan:" + port + ", cloud.lan")
	if err != nil {
		t.Fatal(err)
	}
	names := names{
		"hooks.lan.": {"127.0.0.1"}, "other.lan.": {"127.0.0.1"}, "hooks.lan.example.org.": {"127.0.0.1"}, "cloud.lan.": {"169.254.169.254", "fe80::1", "168.63.129.16"},
	}
	client := fetch.New(fetch.Options{Resolver: names.resolver(), Hosts: hosts, Secure: true, Stay: true})
	for address, want := range map[string]string{
		trap.at("hooks.lan"): "", trap.at("HOOKS.lan"): "", trap.at("hooks.lan."): "",
		trap.at("other.lan"): "fetch.insecure", trap.at("127.0.0.1"): "fetch.insecure", "https://127.0.0.1:" + port: "fetch.refused",
		"https://other.lan:" + port: "fetch.refused", "https://other.lan/": "fetch.refused", "https://hooks.lan/": "fetch.refused",
		trap.at("hooks.lan.example.org"): "fetch.insecure", "https://hooks.lan:22/": "fetch.refused",
		"http://cloud.lan/": "fetch.refused", "https://cloud.lan/": "fetch.refused", // the metadata of a cloud stays out of reach
	} {
		if _, err := client.Get(t.Context(), address); keyOf(err) != want {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	if n := trap.knocks.Load(); n < 1 || n > 3 { // one for each way of writing the name that may
		t.Errorf("%d connections", n)
	}
}

func TestARedirectIsNotFollowedWhereNoneIsWanted(t *testing.T) {
	trap := setTrap(t, "127.0.0.1")
	var asked atomic.Int32
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", trap.at("127.0.0.1"))
			w.WriteHeader(status)
		}))
		defer server.Close()
		client := fetch.New(fetch.Options{Stay: true, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{portOf(t, server.URL), trap.Port}})
		req, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader("secret"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(t.Context(), req)
		if err != nil || answer.Status != status {
			t.Errorf("%d: %d %v", status, answer.Status, err)
		}
	}
	if asked.Load() != 5 || trap.knocks.Load() != 0 {
		t.Errorf("asked %d times, the trap %d times", asked.Load(), trap.knocks.Load())
	}
}

// talker answers every connection with what say writes, and counts connections.
func talker(t *testing.T, say func(net.Conn)) (address string, opt fetch.Options) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_, _ = conn.Read(make([]byte, 4096))
				say(conn)
			}()
		}
	}()
	address = "http://" + listener.Addr().String() + "/"
	return address, fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{portOf(t, address)}, Timeout: 300 * time.Millisecond, MaxBytes: 1000}
}

// forever writes something again and again until nobody listens.
func forever(conn net.Conn, text string) {
	for {
		if _, err := conn.Write([]byte(text)); err != nil {
			return
		}
	}
}

func TestAnAnswerThatNeverEndsIsLeft(t *testing.T) {
	for name, say := range map[string]func(net.Conn){
		"says nothing":            func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) },
		"begins and says no more": func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nX: ")); _, _ = c.Read(make([]byte, 1)) },
		"endless headers":         func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\n")); forever(c, "X: y\r\n") },
		"one endless header":      func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nX: ")); forever(c, "yyyyyyyy") },
		"asks for patience":       func(c net.Conn) { forever(c, "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n") },
		"no HTTP":                 func(c net.Conn) { forever(c, "220 smtp.example.org ESMTP\r\n") },
		"hangs up":                func(net.Conn) {},
	} {
		address, opt := talker(t, say)
		if _, err := fetch.New(opt).Get(t.Context(), address); core.CodeOf(err) != core.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABodyThatNeverEndsGivesItsBeginning(t *testing.T) {
	for name, say := range map[string]func(net.Conn){
		"endless":  func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")); forever(c, "yyyyyyyyyyyyyyyy") },
		"dripping": func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\n\r\ny")); _, _ = c.Read(make([]byte, 1)) },
		"chunks": func(c net.Conn) {
			_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
			forever(c, "8\r\nyyyyyyyy\r\n")
		},
		"no chunk": func(c net.Conn) {
			_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
			forever(c, "1;"+strings.Repeat("x", 99))
		},
	} {
		address, opt := talker(t, say)
		opt.Start = true
		answer, err := fetch.New(opt).Get(t.Context(), address)
		if err != nil || answer.Status != 200 || len(answer.Body) > 1000 {
			t.Errorf("%s: %d, %d bytes, %v", name, answer.Status, len(answer.Body), err)
		}
	}
}

func TestASmallBodyThatUnfoldsToAHugeOneStaysSmall(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(make([]byte, 50<<20))
	_ = z.Close()
	address, opt := talker(t, func(c net.Conn) {
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", packed.Len(), packed.Bytes())
	})
	opt.Start = true
	if answer, err := fetch.New(opt).Get(t.Context(), address); err != nil || len(answer.Body) != 1000 {
		t.Errorf("%d bytes, %v", len(answer.Body), err)
	}
}

func TestALineBreakAddsNoHeader(t *testing.T) {
	var heads []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heads = append(heads, r.RequestURI+" "+r.Host+" "+r.Header.Get("X-Injected"))
	}))
	defer server.Close()
	client := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{portOf(t, server.URL)}})
	if _, err := client.Get(t.Context(), server.URL+"/a%0d%0aX-Injected:%201?b=%0d%0aX-Injected:%201"); err != nil {
		t.Error(err)
	}
	for _, value := range []string{"a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\x00"} {
		req, err := http.NewRequest(http.MethodPost, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Webhook-Id", value)
		if _, err := client.Do(t.Context(), req); err == nil {
			t.Errorf("%q was sent", value)
		}
	}
	if len(heads) != 1 || !strings.HasPrefix(heads[0], "/a%0d%0aX-Injected:%201?b=%0d%0aX-Injected:%201 ") || !strings.HasSuffix(heads[0], " ") {
		t.Errorf("%q", heads)
	}
}

func TestWhoeverHasNoCertificateForTheNameIsNotSpokenTo(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	client := fetch.New(fetch.Options{Secure: true, Resolver: names{"bank.example.org.": {"127.0.0.1"}}.resolver(),
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{portOf(t, server.URL)}})
	_, err := client.Get(t.Context(), "https://bank.example.org:"+port+"/")
	if fetch.Why(err) != fetch.WhyCertificate || asked.Load() > 0 {
		t.Errorf("%v, %s, asked %d times", err, fetch.Why(err), asked.Load())
	}
}

func TestACookieIsNeitherKeptNorSent(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1", Path: "/"})
	}))
	defer server.Close()
	client := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{portOf(t, server.URL)}})
	for range 2 {
		if _, err := client.Get(t.Context(), server.URL); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Join(got, "") != "" {
		t.Errorf("cookies %q", got)
	}
}
