package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// Bounds of what a line holds, beyond those of every thread.
const (
	maxSource   = 60
	maxExternal = 200 // bytes of an identity
	maxName     = 60  // characters of an author's name
	minTitle    = 3   // characters, as in a thread written here
	maxTitle    = 140
	maxTags     = 6
	maxTag      = 40
	maxWarning  = 60
)

// record is a thread as a file tells it, checked.
type record struct {
	External string
	Author   person
	Time     time.Time
	Kind     policy.ThreadKind
	Title    string
	Body     string
	Tags     []string
	Warning  string
	Comments []reply
	// Speaker is the organisation in whose name the comments are, by the short name that a file gives it; empty: nobody's but
	// their authors'.
	Speaker string
}

// person is an author as a file tells it.
type person struct{ External, Name string }

type reply struct {
	Author  person
	Time    time.Time
	Body    string
	ReplyTo int // index of the comment that it answers, or -1
}

// wireThread is the documented form of a line.
type wireThread struct {
	External string        `json:"external"`
	Author   *wireAuthor   `json:"author"`
	Time     moment        `json:"time"`
	Kind     string        `json:"kind"`
	Title    string        `json:"title"`
	Body     string        `json:"body"`
	Tags     []string      `json:"tags"`
	Warning  string        `json:"warning"`
	Comments []wireComment `json:"comments"`
}

type wireComment struct {
	External string      `json:"external"`
	Author   *wireAuthor `json:"author"`
	Time     moment      `json:"time"`
	Body     string      `json:"body"`
	ReplyTo  string      `json:"reply_to"`
}

type wireAuthor struct {
	External string `json:"external"`
	Name     string `json:"name"`
}

// moment is a time in either of the two forms.
type moment struct{ time.Time }

// A number below leastMillis is no time in milliseconds that anybody posted at: it is 1973 and probably seconds.
const leastMillis = 100_000_000_000

// UnmarshalJSON reads RFC 3339 text or a number of Unix milliseconds.
func (m *moment) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		var ms int64
		if err := json.Unmarshal(raw, &ms); err != nil {
			return errors.New("time is neither RFC 3339 text nor a whole number of milliseconds since 1970")
		}
		if ms < leastMillis {
			return fmt.Errorf("time %d looks like seconds; give milliseconds since 1970", ms)
		}
		m.Time = time.UnixMilli(ms).UTC()
		return nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("time %q is not RFC 3339, such as 2024-05-01T18:30:00Z", shorten(text))
	}
	m.Time = t.UTC()
	return nil
}

// parseLine reads a line of the documented form. Its errors are for the operator.
func parseLine(line []byte, now time.Time) (record, error) {
	var w wireThread
	if err := decode(line, &w); err != nil {
		return record{}, err
	}
	rec := record{External: w.External, Time: w.Time.Time, Kind: policy.ThreadKind(w.Kind), Title: markup.Line(w.Title), Body: w.Body,
		Warning: markup.Line(w.Warning)}
	if rec.Kind == "" {
		rec.Kind = policy.Discussion
	}
	for _, tag := range w.Tags {
		if tag = strings.ToLower(markup.Line(tag)); !slices.Contains(rec.Tags, tag) {
			rec.Tags = append(rec.Tags, tag)
		}
	}
	var err error
	if rec.Author, err = checkAuthor(w.Author); err != nil {
		return rec, err
	}
	if err := rec.check(now); err != nil {
		return rec, err
	}
	return rec, rec.addComments(w.Comments, now)
}

// decode reads one JSON object that fills the whole line. A field that is not known is refused: a misspelt "comments" would lose
// them in silence.
func decode(line []byte, into any) error {
	if !utf8.Valid(line) {
		return errors.New("the line is not UTF-8")
	}
	if halfPair(line) {
		return errors.New("the line holds half of a character: an escape from \\ud800 to \\udfff without its other half")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return explainJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after the JSON object")
	}
	return nil
}

// halfPair finds an escaped surrogate without its partner, which Go's decoder would replace in silence.
func halfPair(line []byte) bool {
	for i := 0; i+1 < len(line); i++ {
		if line[i] != '\\' {
			continue
		}
		switch first := unit(line[i:]); {
		case !utf16.IsSurrogate(first):
			i++ // the escaped character may be a backslash
		case utf16.DecodeRune(first, unit(line[i+6:])) == utf8.RuneError:
			return true
		default:
			i += 11
		}
	}
	return false
}

// unit reads an escape such as \u00e9 at the beginning of b; it gives 0 where there is none.
func unit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

func explainJSON(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("%s is a JSON %s, and should be %s", wrong.Field, wrong.Value, jsonName(wrong.Type.Kind().String()))
	case errors.As(err, &wrong):
		return fmt.Errorf("the line is a JSON %s, and should be an object", wrong.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON is cut off")
	case errors.As(err, &syntax):
		return fmt.Errorf("bad JSON at byte %d: %s", syntax.Offset, syntax)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

func jsonName(kind string) string {
	switch kind {
	case "struct", "ptr":
		return "an object"
	case "slice":
		return "a list"
	}
	return "a text"
}

func (r record) check(now time.Time) error {
	if err := checkText("external", r.External, 1, maxExternal); err != nil {
		return err
	}
	if err := checkTime(r.Time, now); err != nil {
		return err
	}
	if !slices.Contains(policy.ThreadKinds, r.Kind) {
		return fmt.Errorf("kind %q is none of %v", shorten(string(r.Kind)), policy.ThreadKinds)
	}
	if err := checkLength("title", r.Title, minTitle, maxTitle); err != nil {
		return err
	}
	if err := checkBody(r.Body); err != nil {
		return err
	}
	if len(r.Tags) > maxTags {
		return fmt.Errorf("%d tags, and at most %d are possible", len(r.Tags), maxTags)
	}
	for _, t := range r.Tags {
		if err := checkLength("a tag", t, 1, maxTag); err != nil {
			return err
		}
	}
	return checkLength("warning", r.Warning, 0, maxWarning)
}

func (r *record) addComments(list []wireComment, now time.Time) error {
	places := map[string]int{}
	for i, w := range list {
		c, err := checkComment(w, places, now)
		if err != nil {
			return fmt.Errorf("comment %d: %w", i+1, err)
		}
		if w.External != "" {
			if _, there := places[w.External]; there {
				return fmt.Errorf("comment %d: external %q is an earlier comment's already", i+1, shorten(w.External))
			}
			places[w.External] = i
		}
		r.Comments = append(r.Comments, c)
	}
	return nil
}

func checkComment(w wireComment, places map[string]int, now time.Time) (c reply, err error) {
	c = reply{Time: w.Time.Time, Body: w.Body, ReplyTo: -1}
	if err := checkText("external", w.External, 0, maxExternal); err != nil {
		return c, err
	}
	if w.ReplyTo != "" {
		at, there := places[w.ReplyTo]
		if !there {
			return c, fmt.Errorf("reply_to %q names no earlier comment of this thread", shorten(w.ReplyTo))
		}
		c.ReplyTo = at
	}
	if c.Author, err = checkAuthor(w.Author); err != nil {
		return c, err
	}
	if err := checkTime(c.Time, now); err != nil {
		return c, err
	}
	return c, checkBody(c.Body)
}

func checkAuthor(w *wireAuthor) (person, error) {
	if w == nil {
		return person{}, errors.New("author is missing")
	}
	p := person{w.External, markup.Line(w.Name)}
	if p.External == "" {
		p.External = p.Name
	}
	if p.Name == "" {
		return p, errors.New("author.name is missing")
	}
	if err := checkText("author.external", p.External, 1, maxExternal); err != nil {
		return p, err
	}
	if err := checkLength("author.name", p.Name, 1, maxName); err != nil {
		return p, err
	}
	if at := strings.IndexByte(p.Name, '@'); at > 0 && strings.Contains(p.Name[at:], ".") {
		return p, errors.New("author.name looks like a mail address; give a name that everybody may read")
	}
	return p, nil
}

func checkTime(t, now time.Time) error {
	switch {
	case t.IsZero():
		return errors.New("time is missing")
	case t.UnixMilli() < leastMillis:
		return fmt.Errorf("time %s is too long ago to be one", t.Format(time.RFC3339))
	case t.After(now):
		return fmt.Errorf("time %s lies in the future", t.Format(time.RFC3339))
	}
	return nil
}

func checkBody(body string) error {
	switch {
	case strings.TrimSpace(body) == "":
		return errors.New("body is missing")
	case strings.ContainsRune(body, 0):
		return errors.New("body holds a NUL character")
	case len(body) > markup.MaxBytes:
		return fmt.Errorf("body is %d bytes long, and at most %d are possible", len(body), markup.MaxBytes)
	}
	return nil
}

// checkText bounds an identity, in bytes.
func checkText(name, value string, low, high int) error {
	switch {
	case value == "" && low > 0:
		return fmt.Errorf("%s is missing", name)
	case len(value) > high:
		return fmt.Errorf("%s is %d bytes long, and at most %d are possible", name, len(value), high)
	}
	return nil
}

func checkLength(name, value string, low, high int) error {
	n := utf8.RuneCountInString(value)
	switch {
	case n == 0 && low > 0:
		return fmt.Errorf("%s is missing", name)
	case n < low:
		return fmt.Errorf("%s is %d characters long, and at least %d are needed", name, n, low)
	case n > high:
		return fmt.Errorf("%s is %d characters long, and at most %d are possible", name, n, high)
	}
	return nil
}

// shorten keeps a value of the file from filling the report.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
