package fetch

import (
	"errors"
	"math"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"dayroom/internal/core"

	"pgregory.net/rapid"
)

func key(err error) string {
	var e *core.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

func TestOnlyThePublicInternetIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "172.15.255.255": true, "172.32.0.0": true, "100.63.255.255": true, "100.128.0.0": true, "223.255.255.255": true,
		"192.0.1.0": true, "168.63.129.17": true, "2606:4700::1111": true, "2a00:1450::1": true, "2001:4860:4860::8888": true, "2003::1": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "127.0.0.1": false, "127.255.255.255": false, "169.254.169.254": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.168.1.1": false, "100.64.0.1": false, "100.127.255.255": false, "192.0.0.192": false, "198.19.0.1": false,
		"224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false, "168.63.129.16": false,
		"::": false, "::1": false, "fe80::1": false, "fc00::1": false, "fd00:ec2::254": false, "fec0::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2001::1": false, "2001:0:7f00:1::": false, "2001:db8::1": false, "100::1": false, "5f00::1": false, "4000::1": false,
		"3fff::1": false, "fe80::1%eth0": false, "2606:4700::1%eth0": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is no public address")
	}
}

func TestNoAddressOfASpecialBlockIsPublic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(special).Draw(t, "block")
		raw := p.Addr().AsSlice()
		for i := range raw {
			fixed := max(0, min(8, p.Bits()-8*i))
			raw[i] |= rapid.Byte().Draw(t, "byte") & byte(0xff>>fixed)
		}
		addr, _ := netip.AddrFromSlice(raw)
		if !p.Contains(addr) || public(addr) || public(netip.AddrFrom16(addr.As16())) {
			t.Fatalf("%s of %s", addr, p)
		}
	})
}

func TestAnAddressIsJudgedBeforeItIsLookedUp(t *testing.T) {
	g := guard{ports: []uint16{8080}, allow: prefixes("10.1.0.0/16")}
	for raw, want := range map[string]string{
		"http://example.org/": "", "https://example.org:443/a?b": "", "http://example.org:8080": "", "http://8.8.8.8": "", "http://10.1.2.3": "",
		"http://1e100.net": "", "http://0xabc.org": "", "http://[2606:4700::1111]/": "",
		"ftp://example.org": "fetch.bad_address", "file:///etc/passwd": "fetch.bad_address", "gopher://x:70/": "fetch.bad_address",
		"//example.org": "fetch.bad_address", "/a": "fetch.bad_address", "http:example.org": "fetch.bad_address", "http:///a": "fetch.bad_address",
		"http://x.org/" + strings.Repeat("a", maxURL): "fetch.bad_address",
		"http://user@example.org":                     "fetch.refused", "http://user:word@example.org": "fetch.refused", "http://@example.org": "fetch.refused",
		"http://example.org:22": "fetch.refused", "http://example.org:0": "fetch.refused", "http://example.org:65616": "fetch.refused",
		"http://10.2.0.1": "fetch.refused", "http://127.0.0.1": "fetch.refused", "http://[::1]": "fetch.refused", "http://[::ffff:127.0.0.1]": "fetch.refused",
		"http://[::ffff:7f00:1]": "fetch.refused", "http://[fe80::1%25eth0]": "fetch.refused", "http://169.254.169.254/latest": "fetch.refused",
		"http://2130706433": "fetch.refused", "http://017700000001": "fetch.refused", "http://0x7f000001": "fetch.refused", "http://0177.0.0.1": "fetch.refused",
		"http://0x7f.0.0.1": "fetch.refused", "http://127.1": "fetch.refused", "http://127.0.1": "fetch.refused", "http://127.0.0.1.": "fetch.refused",
		"http://0": "fetch.refused", "http://0x": "fetch.refused", "http://.": "fetch.refused", "http://8.8.8.8.8": "fetch.refused",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if got := key(g.url(u)); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

// numbers reads a host as the old inet_aton does: one to four numbers, each decimal, octal or hexadecimal, the last filling up.
func numbers(host string) (netip.Addr, bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, part := range parts {
		base := 10
		digits := part
		if rest, ok := strings.CutPrefix(strings.ToLower(part), "0x"); ok {
			base, digits = 16, rest
		} else if len(part) > 1 && part[0] == '0' {
			base, digits = 8, part[1:]
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			n <<= 8 * (3 - i)
		}
		sum += n
	}
	if sum > math.MaxUint32 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

func FuzzURL(f *testing.F) {
	for _, s := range []string{"http://127.0.0.1", "http://0x7f.1", "http://017700000001", "http://[::ffff:7f00:1]:80", "https://a@b.org:8443/", "http://8.8.8.8./", "http://1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := url.Parse(raw)
		if err != nil || (guard{}).url(u) != nil {
			return
		}
		if u.User != nil || u.Scheme != "http" && u.Scheme != "https" || u.Port() != "" && u.Port() != "80" && u.Port() != "443" {
			n, err := strconv.Atoi(u.Port())
			if err != nil || n != 80 && n != 443 { // 0080 is 80
				t.Errorf("%q passes", raw)
			}
		}
		if addr, ok := numbers(u.Hostname()); ok && !public(addr) {
			t.Errorf("%q passes and may mean %s", raw, addr)
		}
	})
}
