package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"dayroom/internal/core"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// post is a mail server in this process, the outside world of these tests.
type post struct {
	addr  string
	roots *x509.CertPool

	mu      sync.Mutex
	letters []letter
	refuse  error // what it says to a recipient
	spam    error // what it says to the text
	hello   string
}

type letter struct {
	user, from, to string
	encrypted      bool
	header         netmail.Header
	text, raw      string
}

// open starts the server; private says that TLS begins with the first byte.
func open(t *testing.T, private bool) *post {
	t.Helper()
	web := httptest.NewTLSServer(nil) // lends its certificate for 127.0.0.1
	defer web.Close()
	p := &post{roots: x509.NewCertPool()}
	p.roots.AddCert(web.Certificate())
	config := &tls.Config{Certificates: web.TLS.Certificates}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.hello = c.Hostname()
		return &visit{post: p, conn: c}, nil
	}))
	server.ErrorLog = log.New(io.Discard, "", 0)
	server.Domain, server.TLSConfig, server.AllowInsecureAuth = "localhost", config, true
	if private {
		listener = tls.NewListener(listener, config)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return p
}

func (p *post) config(how string) Config {
	return Config{Addr: p.addr, From: "The Dayroom <room@Example.org>", TLS: how, RootCAs: p.roots, Clock: core.NewManualClock(time.UnixMilli(1_800_000_000_000))}
}

// only gives the one letter that arrived.
func (p *post) only(t *testing.T) letter {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.letters) != 1 {
		t.Fatalf("%d letters arrived", len(p.letters))
	}
	return p.letters[0]
}

type visit struct {
	post   *post
	conn   *smtp.Conn
	letter letter
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, word string) error {
		if word != "the word" {
			return smtp.ErrAuthFailed
		}
		v.letter.user = name
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	v.letter.from = from
	_, v.letter.encrypted = v.conn.TLSConnectionState()
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.letter.to = to
	return v.post.refuse
}

func (v *visit) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if v.post.spam != nil {
		return v.post.spam
	}
	m, err := netmail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		return err
	}
	v.letter.raw, v.letter.header, v.letter.text = string(raw), m.Header, strings.ReplaceAll(string(text), "\r\n", "\n")
	v.post.mu.Lock()
	defer v.post.mu.Unlock()
	v.post.letters = append(v.post.letters, v.letter)
	return nil
}

func (v *visit) Reset() {}

func (v *visit) Logout() error { return nil }

func sender(t *testing.T, cfg Config) *Sender {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wants(t *testing.T, err error, code core.Code, key string) {
	t.Helper()
	var e *core.Error
	if !errors.As(err, &e) || e.Code != code || e.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

var hello = Message{To: "anna@example.net", Subject: "Hello", Text: "A line.\n"}

func TestAMessageArrivesAsItWasWritten(t *testing.T) {
	p := open(t, false)
	text := "Grüße, 你好!\n.\nFrom here on\n" + strings.Repeat("a long line ", 200) + "\n"
	m := Message{To: " anna@EXAMPLE.net", Subject: "Grüße aus dem Tagesraum: " + strings.Repeat("lang ", 30), Text: text,
		ID: "notice-12.3", ListUnsubscribe: "https://example.org/leave?t=abc"}
	if err := sender(t, p.config(StartTLS)).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := p.only(t)
	if got.text != text || got.from != "room@example.org" || got.to != "anna@example.net" || !got.encrypted || p.hello != "example.org" {
		t.Errorf("%+v", got)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.header.Get("Subject"))
	if err != nil || subject != strings.TrimSpace(m.Subject) && subject != m.Subject {
		t.Errorf("%q %v", subject, err)
	}
	for name, want := range map[string]string{
		"From": `"The Dayroom" <room@example.org>`, "To": "<anna@example.net>", "Message-Id": "<notice-12.3@example.org>",
		"Auto-Submitted": "auto-generated", "List-Unsubscribe": "<https://example.org/leave?t=abc>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Date": "Fri, 15 Jan 2027 08:00:00 +0000", "User-Agent": "", "X-Mailer": "",
	} {
		if have := got.header.Get(name); have != want {
			t.Errorf("%s is %q, not %q", name, have, want)
		}
	}
	for _, line := range strings.Split(got.raw, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestEveryMessageHasItsOwnID(t *testing.T) {
	p := open(t, false)
	s := sender(t, p.config(StartTLS))
	for range 2 {
		if err := s.Send(t.Context(), hello); err != nil {
			t.Fatal(err)
		}
	}
	a, b := p.letters[0].header.Get("Message-Id"), p.letters[1].header.Get("Message-Id")
	if a == b || !strings.HasSuffix(a, "@example.org>") || p.letters[0].header.Get("List-Unsubscribe") != "" {
		t.Errorf("%s %s", a, b)
	}
}

func TestTheWaysToTheServer(t *testing.T) {
	for how, private := range map[string]bool{StartTLS: false, TLS: true, "": false} {
		p := open(t, private)
		cfg := p.config(how)
		cfg.Username, cfg.Password = "room", "the word"
		if err := sender(t, cfg).Send(t.Context(), hello); err != nil {
			t.Fatalf("%q: %v", how, err)
		}
		if got := p.only(t); !got.encrypted || got.user != "room" {
			t.Errorf("%q: %+v", how, got)
		}
	}
	p := open(t, false)
	if err := sender(t, p.config(None)).Send(t.Context(), hello); err != nil || p.only(t).encrypted {
		t.Errorf("without TLS: %v", err)
	}
}

func TestAServerThatIsNotTheOneIsNotTold(t *testing.T) {
	p := open(t, false)
	cfg := p.config(StartTLS)
	cfg.RootCAs = x509.NewCertPool()
	wants(t, sender(t, cfg).Send(t.Context(), hello), core.Unavailable, "mail.unavailable")
	cfg = p.config(StartTLS)
	cfg.Username, cfg.Password = "room", "a wrong word"
	wants(t, sender(t, cfg).Send(t.Context(), hello), core.Unavailable, "mail.unavailable")
	if len(p.letters) > 0 {
		t.Error("a letter arrived")
	}
}

func TestNobodyAddsAHeader(t *testing.T) {
	p := open(t, false)
	s := sender(t, p.config(StartTLS))
	for _, end := range []string{"\r\n", "\n", "\r", "\x00", "\u0085", "\u2028", "\x1b"} {
		evil := end + "Bcc: eve@example.com"
		to, subject, id, leave := hello, hello, hello, hello
		to.To += evil
		subject.Subject += evil
		id.ID = "a" + evil
		leave.ListUnsubscribe = "https://example.org/" + evil
		wants(t, s.Send(t.Context(), to), core.Invalid, "mail.bad_address")
		for _, m := range []Message{subject, id, leave} {
			wants(t, s.Send(t.Context(), m), core.Invalid, "mail.bad_message")
		}
		cfg := p.config(StartTLS)
		cfg.From = "Room" + evil + " <room@example.org>"
		if _, err := New(cfg); err == nil {
			t.Errorf("a sender with %q is taken", end)
		}
	}
	for _, leave := range []string{"ftp://x.org", "/leave", "https://x.org/>, <mailto:eve@example.com", "https://x.org/a b", "https:///", "mailto:a@b.org"} {
		m := hello
		m.ListUnsubscribe = leave
		wants(t, s.Send(t.Context(), m), core.Invalid, "mail.bad_message")
	}
	if len(p.letters) > 0 {
		t.Error("a letter arrived")
	}
}

func TestAMessageHasASubjectAndEndsSomewhere(t *testing.T) {
	s := sender(t, Config{Addr: "mail.example.org:587", From: "room@example.org"})
	for _, m := range []Message{
		{To: hello.To, Text: "x"},
		{To: hello.To, Subject: strings.Repeat("ä", MaxSubject+1)},
		{To: hello.To, Subject: "a", Text: strings.Repeat("x", MaxText+1)},
		{To: hello.To, Subject: "a", Text: "\xff"},
		{To: hello.To, Subject: "a", ID: strings.Repeat("x", 101)},
	} {
		wants(t, s.Send(t.Context(), m), core.Invalid, "mail.bad_message")
	}
}

func TestTheServersAnswerDecidesWhetherToTryAgain(t *testing.T) {
	for _, c := range []struct {
		name         string
		refuse, spam error
		code         core.Code
		key          string
	}{
		{"nobody there", &smtp.SMTPError{Code: 550, Message: "no anna@example.net"}, nil, core.Invalid, "mail.refused"},
		{"a full box", &smtp.SMTPError{Code: 452, Message: "full: anna@example.net"}, nil, core.Unavailable, "mail.unavailable"},
		{"unwanted", nil, &smtp.SMTPError{Code: 554, Message: "spam"}, core.Invalid, "mail.refused"},
		{"busy", nil, &smtp.SMTPError{Code: 451, Message: "later"}, core.Unavailable, "mail.unavailable"},
	} {
		p := open(t, false)
		p.refuse, p.spam = c.refuse, c.spam
		err := sender(t, p.config(StartTLS)).Send(t.Context(), hello)
		wants(t, err, c.code, c.key)
		if strings.Contains(err.Error(), "anna") {
			t.Errorf("%s: the log would tell the recipient: %v", c.name, err)
		}
	}
}

func TestASiteWithoutAMailServerSaysSo(t *testing.T) {
	s := sender(t, Config{})
	if s.Configured() {
		t.Error("it is configured")
	}
	wants(t, s.Send(t.Context(), hello), core.Unavailable, "mail.not_configured")
	if !sender(t, Config{Addr: "mail.example.org:587", From: "room@example.org"}).Configured() {
		t.Error("it is not configured")
	}
}

func TestAServerThatKeepsSilentIsLeftWithTheRequest(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		cancel() // whoever waited for the mail has gone
		_, _ = io.Copy(io.Discard, conn)
	}()
	s := sender(t, Config{Addr: listener.Addr().String(), From: "room@example.org", TLS: None})
	wants(t, s.Send(ctx, hello), core.Unavailable, "mail.unavailable")
	_ = listener.Close()
	wants(t, s.Send(t.Context(), hello), core.Unavailable, "mail.unavailable")
}

func TestABadConfigurationIsToldToTheOperator(t *testing.T) {
	good := Config{Addr: "mail.example.org:587", From: "room@example.org"}
	for name, change := range map[string]func(*Config){
		"no port":          func(c *Config) { c.Addr = "mail.example.org" },
		"port zero":        func(c *Config) { c.Addr = "mail.example.org:0" },
		"a named port":     func(c *Config) { c.Addr = "mail.example.org:smtp" },
		"no host":          func(c *Config) { c.Addr = ":587" },
		"no sender":        func(c *Config) { c.From = "" },
		"a sender's slip":  func(c *Config) { c.From = "room" },
		"an unknown TLS":   func(c *Config) { c.TLS = "ssl" },
		"a naked password": func(c *Config) { c.TLS, c.Username = None, "room" },
	} {
		cfg := good
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
