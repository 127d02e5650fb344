// Package live keeps streams of server-sent events open and tells them that something happened.
//
// A stream says of what it wants to hear, as topics: a letter and an id. What it is told is a topic and nothing else; whoever hears of
// it fetches what is new by the ordinary, authorized way. So a stream can carry no word that its listener may not read, and one message
// serves all.
//
// An idle stream has no goroutine, no timer and no buffer: on Linux the connection is taken out of net/http and written to without
// waiting, so that the kernel's buffer is the only queue and a reader that does not keep up is dropped. Elsewhere, and behind HTTPS
// of our own, a goroutine with a short queue serves each stream. One wheel beats for all.
package live

import (
	"errors"
	"strconv"
	"strings"

	"dayroom/internal/core"
)

// Topic is what a stream listens to.
type Topic struct {
	Kind byte // a lower-case letter; what it means is for those who use the package
	ID   core.ID
}

// String is the form in addresses and messages: "t123", or "n" for a topic without an id.
func (t Topic) String() string { return string(t.append(nil)) }

func (t Topic) append(b []byte) []byte {
	b = append(b, t.Kind)
	if t.ID != 0 {
		b = strconv.AppendInt(b, int64(t.ID), 10)
	}
	return b
}

// Want is a topic, and the position after which its listener has missed what happened; zero: nothing.
type Want struct {
	Topic
	After int64
}

// MaxTopics is how many topics one stream may have: the tabs of one browser.
const MaxTopics = 64

// maxWants is how long their list may be, in bytes.
const maxWants = MaxTopics * 42

var errWants = errors.New("no list of topics")

// ParseWants reads "t123@4567 n s4": topics with positions, with spaces between. A topic that is said twice counts once, from the
// earlier position.
func ParseWants(text string) ([]Want, error) {
	if len(text) > maxWants {
		return nil, errWants
	}
	var out []Want
	at := map[Topic]int{}
	for part := range strings.FieldsSeq(text) {
		w, err := parseWant(part)
		if err != nil {
			return nil, err
		}
		if i, twice := at[w.Topic]; twice {
			out[i].After = min(out[i].After, w.After)
			continue
		}
		at[w.Topic] = len(out)
		if out = append(out, w); len(out) > MaxTopics {
			return nil, errWants
		}
	}
	if len(out) == 0 {
		return nil, errWants
	}
	return out, nil
}

func parseWant(part string) (w Want, err error) {
	topic, after, placed := strings.Cut(part, "@")
	if placed {
		if w.After, err = ParsePosition(after); err != nil {
			return w, err
		}
	}
	if topic == "" || topic[0] < 'a' || topic[0] > 'z' {
		return w, errWants
	}
	w.Kind = topic[0]
	if len(topic) > 1 {
		w.ID, err = core.ParseID(topic[1:])
	}
	return w, err
}

// ParsePosition reads a position, as Last-Event-ID has it: a decimal number without a sign.
func ParsePosition(text string) (int64, error) {
	if len(text) == 0 || len(text) > 18 || strings.Trim(text, "0123456789") != "" {
		return 0, errWants
	}
	return strconv.ParseInt(text, 10, 64)
}
