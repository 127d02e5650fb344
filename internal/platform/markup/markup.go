// Package markup turns what a member writes into HTML that is safe to show, once, when it is written.
//
// The way is: clean the text (Normalize), parse it as Markdown (goldmark: CommonMark 0.31 with strikethrough, tables and bare
// links; a line break in the source stays a line break, because people who list their tablets line by line do not know of two
// trailing spaces), look at every link, image and mention in the syntax tree, render, and pass the result through a sanitiser
// (bluemonday) that knows nothing of the steps before. So a mistake in one of the two is caught by the other. HTML in the
// source is shown as the text that it is: "<3" is a heart, not a tag.
//
// Hostile input is bounded by counting, not by a clock. A Markdown parser has quadratic corners (see limits.go); the bounds are
// on what makes them costly: size, nesting, brackets, emphasis marks, table cells and repeated addresses.
package markup

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"dayroom/internal/core"

	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Options say what a text may hold. The zero value allows no link out of the site, no mention and no image.
type Options struct {
	// Mentions gives the address of a member's page; ok is false for a handle that nobody has, which stays plain text.
	// It is asked once for a handle and for at most MaxMentions handles a text. Nil: no mentions.
	Mentions func(handle string) (href string, ok bool)
	// Links is how many links out of the site (http, https, mailto) are allowed; -1 is no limit.
	Links int
	// Images allows an image by its path, /media/ID/name. An image of another site becomes a link to it, any other its
	// alternative text, without asking. Nil: no images.
	Images func(src string) (ok bool)
}

// Rendered is a text ready to be stored beside its source.
type Rendered struct {
	HTML     string
	Text     string   // the first SummaryRunes characters without markup, in one line
	Mentions []string // handles that Options.Mentions knew, each once, in order
	Links    []string // addresses out of the site in order, as often as they are linked
	Media    []string // paths of the images shown, each once, in order
}

// Render makes HTML from Markdown. The source need not be normalised. Errors are Invalid: "markup.too_long", "markup.bad_text",
// "markup.empty", "markup.too_many_links", "markup.too_complex".
func Render(src string, opt Options) (Rendered, error) {
	clean, err := check(src)
	if err != nil {
		return Rendered{}, err
	}
	source := []byte(clean)
	people := newPeople(opt.Mentions)
	ctx := parser.NewContext()
	ctx.Set(peopleKey, people)
	doc := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(ctx))

	found := findings{source: source, opt: opt, people: people}
	if err := found.visit(doc); err != nil {
		return Rendered{}, err
	}
	var raw bytes.Buffer
	if err := markdown.Renderer().Render(&raw, source, doc); err != nil {
		return Rendered{}, core.E(core.Internal, "error.internal").Because(err)
	}
	// Entities such as &#8238; only become characters here, so the characters are cleaned a second time.
	safe := strings.TrimSpace(strip(policy.SanitizeReader(&raw).String()))
	out := Rendered{HTML: safe, Text: Summary(safe), Mentions: found.mentions, Links: found.links, Media: found.media}
	if !visible(out.Text) && len(out.Media) == 0 {
		return Rendered{}, core.E(core.Invalid, "markup.empty")
	}
	return out, nil
}

// TooLong says of a text that does not fit how many characters it has, how many fit, and how many have to go.
func TooLong(src string) error {
	all, fit := utf8.RuneCountInString(src), MaxBytes
	for fit > 0 && fit < len(src) && !utf8.RuneStart(src[fit]) {
		fit--
	}
	fits := utf8.RuneCountInString(src[:min(fit, len(src))])
	return core.E(core.Invalid, "markup.too_long", all, fits, max(1, all-fits))
}

// check refuses what must not reach the parser and returns the normalised source.
func check(src string) (string, error) {
	// A browser sends CRLF: twice the limit leaves room for it, and bounds the work of normalising.
	if len(src) > 2*MaxBytes {
		return "", TooLong(src)
	}
	if !utf8.ValidString(src) || strings.ContainsRune(src, 0) {
		return "", core.E(core.Invalid, "markup.bad_text")
	}
	clean := Normalize(src)
	switch {
	case len(clean) > MaxBytes:
		return "", TooLong(clean)
	case strings.TrimSpace(clean) == "":
		return "", core.E(core.Invalid, "markup.empty")
	case tangled(clean):
		return "", core.E(core.Invalid, "markup.too_complex")
	}
	return clean, nil
}
