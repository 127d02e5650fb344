package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"testing"

	"dayroom/internal/core"
)

func TestHostsAreReadAsAnOperatorWritesThem(t *testing.T) {
	got, err := ParseHosts(" Hooks.Example.LAN, 10.0.0.5:8080,[fd00::1]:443 ,, bücher.lan.")
	want := []Host{{"hooks.example.lan", 0}, {"10.0.0.5", 8080}, {"fd00::1", 443}, {"xn--bcher-kva.lan", 0}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"http://hooks.lan", "hooks.lan/path", "a@hooks.lan", "hooks.lan:0", "hooks.lan:99999", "hooks.lan:x", ":8080", "a b", "[::1"} {
		if got, err := ParseHosts(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}

func TestAnAddressCanBeCheckedWithoutAskingAnybody(t *testing.T) {
	c := New(Options{Secure: true, Hosts: []Host{{"hooks.lan", 8080}}})
	for address, want := range map[string]string{
		"https://example.org/a": "", "http://hooks.lan:8080/": "", "https://hooks.lan:8080/": "", "http://example.org/": "fetch.insecure",
		"http://hooks.lan/": "fetch.insecure", "https://127.0.0.1/": "fetch.refused", "nonsense": "fetch.bad_address", "%": "fetch.bad_address",
	} {
		if got := key(c.Check(address)); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestWhySaysWhatWentWrongInOneWord(t *testing.T) {
	for want, cause := range map[string]error{
		WhyNoHost: &net.DNSError{Err: "no such host", Name: "secret.internal", IsNotFound: true}, WhyTooSlow: context.DeadlineExceeded,
		WhyCertificate: &tls.CertificateVerificationError{Err: errors.New("x")}, WhyNoAnswer: errors.New("connection reset by 10.0.0.1"),
	} {
		if got := Why(failure(cause)); got != want {
			t.Errorf("%v is %s, want %s", cause, got, want)
		}
	}
	if got := Why(core.E(core.Invalid, "fetch.refused")); got != WhyRefused {
		t.Errorf("a refusal is %s", got)
	}
}
