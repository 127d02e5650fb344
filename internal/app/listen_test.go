package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestSocketsThatAreMeantForAnotherProcessAreLeftAlone(t *testing.T) {
	env := map[string]string{"LISTEN_PID": "41", "LISTEN_FDS": "1"}
	if given, err := inherited(func(k string) string { return env[k] }, 42); err != nil || given != nil {
		t.Errorf("%v %v", given, err)
	}
}

func TestANonsenseNumberOfSocketsIsSaid(t *testing.T) {
	for _, n := range []string{"", "0", "-1", "3", "two"} {
		env := map[string]string{"LISTEN_PID": "42", "LISTEN_FDS": n}
		if _, err := inherited(func(k string) string { return env[k] }, 42); err == nil || !strings.Contains(err.Error(), "LISTEN_FDS") {
			t.Errorf("%q: %v", n, err)
		}
	}
}

func TestWhatTheServerSaysOfConnectionsHoldsNoAddress(t *testing.T) {
	var out bytes.Buffer
	l := serverLog{slog.New(slog.NewTextHandler(&out, nil))}
	for _, line := range []string{
		"http: TLS handshake error from 203.0.113.9:4711: EOF\n",
		"http: panic serving 203.0.113.9:4711: no such luck\n",
		"http: request header from [2001:db8::17]:4711 is odd\n",
	} {
		if n, err := l.Write([]byte(line)); n != len(line) || err != nil {
			t.Error(n, err)
		}
	}
	said := out.String()
	if strings.Contains(said, "203.0.113.9") || strings.Contains(said, "2001:db8") || strings.Contains(said, "handshake") || !strings.Contains(said, "no such luck") {
		t.Error(said)
	}
}

func TestADomainDecidesPortAndAddress(t *testing.T) {
	c := Config{Data: "data", Domain: " Dayroom.Example.org"}
	derive(&c, map[string]string{"addr": "default", "base-url": "default"})
	if c.Addr != ":443" || c.BaseURL != "https://dayroom.example.org" {
		t.Errorf("%q %q", c.Addr, c.BaseURL)
	}
}

func TestADomainThatIsNoneIsRefused(t *testing.T) {
	for _, d := range []string{"https://dayroom.example.org", "dayroom", "192.0.2.1", "dayroom.example.org:443", "a_b.example.org", "*.example.org"} {
		c := Config{Domain: d, BaseURL: "https://" + d}
		if err := c.check(); err == nil || !strings.Contains(err.Error(), "domain is") {
			t.Errorf("%s: %v", d, err)
		}
	}
	c := Config{Domain: "dayroom.example.org", BaseURL: "https://another.example.org"}
	if err := c.check(); err == nil || !strings.Contains(err.Error(), "leave base-url out") {
		t.Error(err)
	}
}
