package markup

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"dayroom/internal/core"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// findings walks a parsed text, decides about each link, image and mention, and keeps what it met.
type findings struct {
	source   []byte
	opt      Options
	people   *people
	bytes    int // of all addresses
	mentions []string
	links    []string
	media    []string
}

// visit changes the tree so that only what is allowed is left in it.
func (f *findings) visit(doc ast.Node) error {
	nodes, err := collect(doc)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+2, 6) // a page owns h1 and h2
		case *ast.Link:
			f.link(n)
		case *ast.AutoLink:
			f.autoLink(n)
		case *ast.Image:
			f.image(n)
		case *mention:
			f.mention(n)
		}
	}
	if f.opt.Links >= 0 && len(f.links) > f.opt.Links {
		return core.E(core.Invalid, "markup.too_many_links")
	}
	if f.bytes > MaxAddressBytes {
		return core.E(core.Invalid, "markup.too_complex")
	}
	return nil
}

// collect lists the nodes to decide about before any of them is replaced. What stands inside an image is its alternative text
// and no link.
func collect(doc ast.Node) (nodes []ast.Node, err error) {
	depth := 0
	err = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			depth--
			return ast.WalkContinue, nil
		}
		if depth++; depth > MaxDepth {
			return ast.WalkStop, core.E(core.Invalid, "markup.too_complex")
		}
		switch n.(type) {
		case *ast.Heading, *ast.Link, *ast.AutoLink, *mention:
			nodes = append(nodes, n)
		case *ast.Image:
			nodes = append(nodes, n)
			depth--
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return nodes, err
}

// link keeps a link with a good address; of a bad one only the words stay.
func (f *findings) link(n *ast.Link) {
	address := string(util.URLEscape(n.Destination, true))
	if !safeAddress(address) {
		unwrap(n)
		return
	}
	f.note(address)
	n.Destination, n.Title = []byte(address), nil
}

// autoLink keeps an address that stands as itself in the text.
func (f *findings) autoLink(n *ast.AutoLink) {
	label := string(n.Label(f.source))
	address := string(util.URLEscape(n.URL(f.source), false))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	if !safeAddress(address) || insideLink(n) {
		replace(n, escape(label))
		return
	}
	f.note(address)
	replace(n, anchor(address, "")+escape(label)+"</a>")
}

// image keeps a picture of this site that the caller allows. One of another site becomes a link to it: showing it would tell that
// site who reads here, but what it shows may be what the text is about. Of any other only the alternative text stays.
func (f *findings) image(n *ast.Image) {
	src := string(util.URLEscape(n.Destination, true))
	alt := alternative(n, f.source)
	if elsewhere(src) && !insideLink(n) {
		if alt == "" {
			alt = escape(src)
		}
		f.note(src)
		replace(n, anchor(src, "")+alt+"</a>")
		return
	}
	if f.opt.Images == nil || !mediaPath.MatchString(src) || !f.opt.Images(src) {
		replace(n, alt)
		return
	}
	f.bytes += len(src)
	if !slices.Contains(f.media, src) {
		f.media = append(f.media, src)
	}
	replace(n, `<img src="`+escape(src)+`" alt="`+alt+`">`)
}

// elsewhere tells the address of a picture that lies on another site.
func elsewhere(src string) bool {
	return safeAddress(src) && !strings.HasPrefix(src, "/") && !strings.HasPrefix(strings.ToLower(src), "mailto:")
}

// ShowsElsewhere tells whether a text asks for a picture of another site, so that its writer can be told that a link stands there
// instead.
func ShowsElsewhere(src string) bool {
	clean, err := check(src)
	if err != nil {
		return false
	}
	found := false
	doc := markdown.Parser().Parse(text.NewReader([]byte(clean)))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, ok := n.(*ast.Image); ok && elsewhere(string(util.URLEscape(image.Destination, true))) {
			found = true
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

func (f *findings) mention(n *mention) {
	if insideLink(n) {
		replace(n, "@"+escape(n.shown))
		return
	}
	f.bytes += len(n.href)
	if !slices.Contains(f.mentions, n.handle) {
		f.mentions = append(f.mentions, n.handle)
	}
	replace(n, anchor(n.href, "mention")+"@"+escape(n.shown)+"</a>")
}

// note counts an address, and keeps it when it leads out of the site.
func (f *findings) note(address string) {
	f.bytes += len(address)
	if !strings.HasPrefix(address, "/") {
		f.links = append(f.links, address)
	}
}

// mediaPath is the address of a file of ours: no dots alone, no escapes, nothing to climb with.
var mediaPath = regexp.MustCompile(`^/media/[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64}(?:\.[a-z0-9]{1,5})?$`)

// maxAddress is the longest single address in bytes; longer ones are no address that a person shares.
const maxAddress = 2048

// safeAddress tells an address that a member may link to: http, https and mailto, and paths of this site that begin with one
// slash. A name and password before the host are refused: they serve to make one host look like another.
func safeAddress(address string) bool {
	if address == "" || len(address) > maxAddress || strings.ContainsFunc(address, oddInAddress) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme { // url.Parse lowers it
	case "http", "https":
		return u.Hostname() != "" && u.User == nil
	case "mailto":
		return strings.Contains(u.Opaque, "@")
	case "":
		return address[0] == '/' && !strings.HasPrefix(address, "//")
	}
	return false
}

// oddInAddress tells characters that browsers drop or turn around while they read an address.
func oddInAddress(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }

// insideLink tells whether a link already lies around n; HTML does not nest them.
func insideLink(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}
