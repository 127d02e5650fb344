package mail

import (
	netmail "net/mail"
	"strings"
	"unicode/utf8"

	"dayroom/internal/core"

	"golang.org/x/net/idna"
)

// maxAddress and maxLocal are the lengths in bytes that RFC 5321, 4.5.3.1, leaves for an address and its part before the "@".
const maxAddress, maxLocal = 254, 64

// Address checks an e-mail address as a person types it and gives the form in which it is kept: without spaces around it, the
// domain in lower case and in ASCII. The part before the "@" stays as it is: only its own server knows whether ANNA is anna; who
// compares two addresses should compare them in lower case all the same. Names, quotes, comments, machines without a domain and
// letters outside of ASCII before the "@" are refused: they are slips far more often than addresses. Errors are Invalid
// "mail.bad_address".
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	bad := core.E(core.Invalid, "mail.bad_address")
	at := strings.LastIndexByte(s, '@')
	if !utf8.ValidString(s) || len(s) > maxAddress || at < 1 || at > maxLocal || strings.Trim(s[:at], localBytes) != "" {
		return "", bad
	}
	domain, err := idna.Lookup.ToASCII(s[at+1:])
	if err != nil {
		return "", bad.Because(errDomain)
	}
	domain = strings.ToLower(domain)
	if !hostName(domain) {
		return "", bad
	}
	address := s[:at] + "@" + domain
	parsed, err := netmail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address || len(address) > maxAddress {
		return "", bad
	}
	return address, nil
}

// localBytes are those of an atom (RFC 5322, 3.2.3) and the dot between atoms.
const localBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~."

type domainError struct{}

// Error leaves the domain out: an address is personal, and causes go to the log.
func (domainError) Error() string { return "the domain cannot be written in ASCII" }

var errDomain = domainError{}

// hostName tells a domain of at least two parts, of letters, digits and inner hyphens, that does not end in a number.
func hostName(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}
