// Package mail sends plain text messages through one SMTP server (RFC 5321, with go-mail). A site without a mail server runs
// too: then Sender.Configured is false, and pages do not offer what needs mail.
//
// What a message says of itself: who sent it, that a machine did (RFC 3834, so that absence notes stay at home), how to be left
// in peace (RFC 8058), and an id under the site's own domain. It does not say which software or which machine sent it. No part
// of a header may hold a control character, so that nobody adds a header or a recipient by what they type.
package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"dayroom/internal/core"

	gomail "github.com/wneessen/go-mail"
)

// How the connection to the mail server is kept private.
const (
	StartTLS = "starttls" // plain at first, then TLS or nothing; port 587. What an empty Config.TLS means
	TLS      = "tls"      // from the first byte; port 465
	None     = "none"     // for a mail server on the same machine
)

// timeout is for the whole of one message. RFC 5321 allows servers minutes; who is slower than this is asked again later.
const timeout = 30 * time.Second

// Config tells the mail server. The zero value is a site that sends no mail.
type Config struct {
	Addr     string // host:port
	Username string // empty: without signing in
	Password string
	From     string         // address, with or without a name: Dayroom <room@example.org>
	TLS      string         // StartTLS, TLS or None
	RootCAs  *x509.CertPool // authorities for a server of one's own; nil: the system's
	Clock    core.Clock     // nil: the system's
}

// Sender sends. Safe for concurrent use; each message has its own connection.
type Sender struct {
	cfg    Config
	host   string
	from   *netmail.Address
	domain string // of From
	opts   []gomail.Option
}

// New checks a configuration; it connects to nothing. Its errors are for the operator.
func New(cfg Config) (*Sender, error) {
	if cfg.Addr == "" {
		return &Sender{}, nil
	}
	if cfg.Clock == nil {
		cfg.Clock = core.SystemClock{}
	}
	s := &Sender{cfg: cfg}
	host, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil || host == "" {
		return nil, fmt.Errorf("mail: the server's address %q is not host:port", cfg.Addr)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return nil, fmt.Errorf("mail: %q is no port", port)
	}
	s.host = host
	if err := s.setFrom(cfg.From); err != nil {
		return nil, err
	}
	s.opts = []gomail.Option{gomail.WithPort(int(number)), gomail.WithTimeout(timeout), gomail.WithHELO(s.domain), gomail.WithTLSConfig(s.tls())}
	switch cfg.TLS {
	case "", StartTLS:
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		s.opts = append(s.opts, gomail.WithSSL())
	case None:
		if cfg.Username != "" && host != "localhost" && !loopback(host) {
			return nil, errors.New("mail: a password is not sent over the network without TLS")
		}
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail: TLS is %q, not %s, %s or %s", cfg.TLS, StartTLS, TLS, None)
	}
	if cfg.Username != "" {
		s.opts = append(s.opts, gomail.WithUsername(cfg.Username), gomail.WithPassword(cfg.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return s, nil
}

func (s *Sender) setFrom(from string) error {
	parsed, err := netmail.ParseAddress(from)
	if err != nil {
		return fmt.Errorf("mail: the sender's address %q: %w", from, err)
	}
	address, err := Address(parsed.Address)
	if err != nil || !inLine(parsed.Name) {
		return fmt.Errorf("mail: the sender's address %q cannot be used", from)
	}
	s.from = &netmail.Address{Name: parsed.Name, Address: address}
	s.domain = address[strings.LastIndexByte(address, '@')+1:]
	return nil
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: s.cfg.RootCAs}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Configured tells whether the site can send mail.
func (s *Sender) Configured() bool { return s.host != "" }

// Send hands a message to the mail server; when it returns nil, the server has taken it. Errors are Unavailable
// "mail.not_configured"; Unavailable "mail.unavailable" (try again later); Invalid "mail.refused" (the server will not take it
// for this recipient, trying again is of no use); Invalid "mail.bad_message" and "mail.bad_address". None tells the recipient to
// the log.
func (s *Sender) Send(ctx context.Context, m Message) error {
	if !s.Configured() {
		return core.E(core.Unavailable, "mail.not_configured")
	}
	letter, err := s.compose(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	client, err := gomail.NewClient(s.host, append(s.opts[:len(s.opts):len(s.opts)], gomail.WithDialContextFunc(s.dial(ctx)))...)
	if err != nil {
		return core.E(core.Internal, "error.internal").Because(err)
	}
	err = client.DialAndSendWithContext(ctx, letter)
	if err == nil || letter.IsDelivered() { // a line that breaks after the message was taken must not send it twice
		return nil
	}
	return failure(err)
}

// dial connects, and breaks the connection off when all ends: the library only looks at its own timeout, anew at each step.
func (s *Sender) dial(all context.Context) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(all, func() { _ = conn.Close() })
		if s.cfg.TLS != TLS {
			return conn, nil
		}
		private := tls.Client(conn, s.tls())
		if err := private.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return private, nil
	}
}

// failure says what came of a message. The library's error names the recipient, so only its kind is kept.
func failure(err error) error {
	var sending *gomail.SendError
	if !errors.As(err, &sending) {
		return core.E(core.Unavailable, "mail.unavailable").Because(err)
	}
	kind := fmt.Errorf("%s (%d %s)", sending.Reason, sending.ErrorCode(), sending.EnhancedStatusCode())
	if sending.ErrorCode() >= 500 && (sending.Reason == gomail.ErrSMTPRcptTo || sending.Reason == gomail.ErrSMTPDataClose) {
		return core.E(core.Invalid, "mail.refused").Because(kind)
	}
	return core.E(core.Unavailable, "mail.unavailable").Because(kind)
}

// newID makes the part of a message id that is ours: 128 random bits.
func newID() string { return strings.ToLower(rand.Text()) }
