package mail

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"dayroom/internal/core"

	gomail "github.com/wneessen/go-mail"
)

// Limits of a message.
const (
	MaxSubject = 200       // characters; more is cut off by every mail program
	MaxText    = 256 << 10 // bytes; the longest that we send is a digest
	maxHeader  = 900       // bytes; RFC 5322 allows a line 998
)

// Message is a plain text message to one person: a list of recipients would show them to each other.
type Message struct {
	To      string // address without a name
	Subject string // one line
	Text    string
	// ID makes the message id, with the site's domain: letters, digits and "-._". A job that may run twice gives the same one
	// twice, so that mail programs show the message once. Empty: a random one.
	ID string
	// ListUnsubscribe is the address of a page that ends such messages by one POST without signing in (RFC 8058). An https
	// address; http is taken too, for trying things out, and then promises no single click. Empty: the message is not one of many.
	ListUnsubscribe string
}

// compose checks a message and makes the letter.
func (s *Sender) compose(m Message) (*gomail.Msg, error) {
	to, err := Address(m.To)
	if err != nil {
		return nil, err
	}
	if m.ID == "" {
		m.ID = newID()
	}
	if !m.fits() {
		return nil, core.E(core.Invalid, "mail.bad_message")
	}
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	letter.FromMailAddress(s.from)
	if err := letter.To(to); err != nil {
		return nil, core.E(core.Invalid, "mail.bad_address").Because(err)
	}
	letter.Subject(m.Subject)
	letter.SetDateWithValue(s.cfg.Clock.Now())
	letter.SetMessageIDWithValue(m.ID + "@" + s.domain)
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	if strings.HasPrefix(m.ListUnsubscribe, "https:") {
		if err := letter.SetListUnsubscribeOneClick(m.ListUnsubscribe); err != nil {
			return nil, core.E(core.Invalid, "mail.bad_message").Because(err)
		}
	} else if m.ListUnsubscribe != "" {
		letter.SetListUnsubscribe(m.ListUnsubscribe)
	}
	letter.SetBodyString(gomail.TypeTextPlain, m.Text)
	return letter, nil
}

// fits tells whether everything but the recipient may be sent.
func (m Message) fits() bool {
	return m.Subject != "" && utf8.RuneCountInString(m.Subject) <= MaxSubject && inLine(m.Subject) &&
		len(m.Text) <= MaxText && utf8.ValidString(m.Text) && !strings.ContainsRune(m.Text, 0) &&
		len(m.ID) <= 100 && strings.Trim(strings.ToLower(m.ID), "abcdefghijklmnopqrstuvwxyz0123456789-._") == "" &&
		(m.ListUnsubscribe == "" || webAddress(m.ListUnsubscribe))
}

// inLine tells a text that stays within its header: no control character, and no other character that ends a line.
func inLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

// webAddress tells an address that stands between < and > in a header as it is.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= maxHeader &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>",\`, r) })
}
