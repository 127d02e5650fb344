package fetch

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"dayroom/internal/core"
)

// guard says where we go.
type guard struct {
	allow  []netip.Prefix
	ports  []uint16
	hosts  []Host
	secure bool
	closed bool
}

// Host is a name that may lead to a private address, and the port there; port 0 stands for 80 and 443.
type Host struct {
	Name string // in lower case, or an address as netip writes it
	Port uint16
}

// ParseHosts reads HOST or HOST:PORT with commas between.
func ParseHosts(list string) (out []Host, err error) {
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		u, err := url.Parse("//" + part)
		if err != nil || u.Host != part || u.Hostname() == "" {
			return nil, fmt.Errorf("%q is no host such as hooks.example.lan or 10.0.0.5:8080", part)
		}
		h := Host{}
		if h.Name, err = canonical(u.Hostname()); err != nil {
			return nil, fmt.Errorf("%q is no name of a host", part)
		}
		if port := u.Port(); port != "" {
			n, err := strconv.ParseUint(port, 10, 16)
			if err != nil || n == 0 {
				return nil, fmt.Errorf("%q has no port between 1 and 65535", part)
			}
			h.Port = uint16(n)
		}
		out = append(out, h)
	}
	return out, nil
}

// canonical writes a host as the dialer will: letters and digits of other scripts become what they stand for, as in a browser
// (UTS 46), so that a number in disguise is seen as one.
func canonical(host string) (string, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.String(), nil
	}
	for i := range len(host) {
		if host[i] >= 0x80 {
			ascii, err := idna.Lookup.ToASCII(host)
			return strings.TrimSuffix(ascii, "."), err
		}
	}
	return strings.TrimSuffix(strings.ToLower(host), "."), nil
}

// named tells whether the operator vouches for the host in "host:port".
func (g guard) named(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	name, err := canonical(host)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(g.hosts, func(h Host) bool {
		return h.Name == name && (strconv.Itoa(int(h.Port)) == port || h.Port == 0 && (port == "80" || port == "443"))
	})
}

// maxURL is the longest address in bytes that is fetched; longer ones are not found on the web.
const maxURL = 4096

// url checks what can be seen without looking the host up.
func (g guard) url(u *url.URL) error {
	if u == nil || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" || u.Hostname() == "" || len(u.String()) > maxURL {
		return core.E(core.Invalid, "fetch.bad_address")
	}
	if u.User != nil { // a name and password serve to make one host look like another
		return refuse("a name or a password in the address")
	}
	host, err := canonical(u.Hostname())
	if err != nil {
		return core.E(core.Invalid, "fetch.bad_address").Because(err)
	}
	port, err := portIn(u)
	if err != nil {
		return refuse("port " + u.Port())
	}
	named := g.named(net.JoinHostPort(host, strconv.Itoa(int(port))))
	if g.closed && !named {
		return core.E(core.Invalid, "fetch.closed")
	}
	if g.secure && u.Scheme != "https" && !named {
		return core.E(core.Invalid, "fetch.insecure")
	}
	if !named && !g.port(port) {
		return refuse("port " + u.Port())
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return g.address(addr, named)
	}
	if numeric(host) {
		return refuse("a number for a host: " + host)
	}
	return nil
}

// portIn is the port that will be connected.
func portIn(u *url.URL) (uint16, error) {
	if u.Port() == "" {
		if u.Scheme == "https" {
			return 443, nil
		}
		return 80, nil
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return uint16(n), err
}

// control is asked by the dialer about the address that it is about to connect. named says that it looked up a host of ours.
func (g guard) control(address string, named bool) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse(address)
	}
	if !named && !g.port(to.Port()) {
		return refuse("port " + strconv.Itoa(int(to.Port())))
	}
	return g.address(to.Addr(), named)
}

func (g guard) port(n uint16) bool { return n == 80 || n == 443 || slices.Contains(g.ports, n) }

func (g guard) address(addr netip.Addr, named bool) error {
	if public(addr) || named && private(addr.Unmap()) {
		return nil
	}
	for _, p := range g.allow {
		if p.Contains(addr.WithZone("").Unmap()) {
			return nil
		}
	}
	return refuse("address " + addr.String())
}

func refuse(what string) error {
	return core.E(core.Invalid, "fetch.refused").Because(fmt.Errorf("%s", what))
}

// numeric tells a host that some resolvers read as an IPv4 address though it is not written as one, such as 2130706433, 0x7f.1
// and 0177.0.0.1: its last part is a number (the "ends in a number" of the WHATWG URL standard).
func numeric(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if last == "" {
		return true // only dots
	}
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// public tells an address of the public internet. IPv4 inside IPv6 (mapped, translated, 6to4, Teredo) is not: what it leads to
// depends on the network in between.
func public(addr netip.Addr) bool {
	if !addr.IsValid() || addr.Is4In6() || addr.Zone() != "" {
		return false
	}
	for _, p := range special {
		if p.Contains(addr) {
			return false
		}
	}
	return addr.Is4() || globalUnicast.Contains(addr)
}

// private tells an address of an operator's own network or machine. Link-local addresses are not among them: there a cloud hands out
// the machine's own credentials.
func private(addr netip.Addr) bool {
	return addr.Zone() == "" && (addr.IsPrivate() || addr.IsLoopback() || carrier.Contains(addr))
}

var carrier = netip.MustParsePrefix("100.64.0.0/10")

var globalUnicast = netip.MustParsePrefix("2000::/3")

// special are the blocks that are not, or not only, the public internet. IPv6 blocks outside of 2000::/3 need no line.
var special = prefixes(
	"0.0.0.0/8",         // this network
	"10.0.0.0/8",        // private
	"100.64.0.0/10",     // behind a carrier's NAT
	"127.0.0.0/8",       // loopback
	"168.63.129.16/32",  // a cloud's control address in public clothes
	"169.254.0.0/16",    // link-local; metadata of clouds
	"172.16.0.0/12",     // private
	"192.0.0.0/24",      // protocol assignments
	"192.0.2.0/24",      // documentation
	"192.88.99.0/24",    // 6to4 relays
	"192.168.0.0/16",    // private
	"198.18.0.0/15",     // measurements
	"198.51.100.0/24",   // documentation
	"203.0.113.0/24",    // documentation
	"224.0.0.0/4",       // multicast
	"240.0.0.0/4",       // reserved, broadcast
	"2001::/23",         // protocol assignments, Teredo
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, p := range all {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}
