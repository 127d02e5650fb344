package markup

import (
	"bufio"
	"bytes"
	"html"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// piece is HTML that is already made: what stands in the tree for a mention, an image or a bare address.
type piece struct {
	ast.BaseInline
	html string
}

var kindPiece = ast.NewNodeKind("Piece")

// Kind implements ast.Node.
func (p *piece) Kind() ast.NodeKind { return kindPiece }

// Dump implements ast.Node.
func (p *piece) Dump(source []byte, level int) { ast.DumpHelper(p, source, level, nil, nil) }

// ownRenderer writes pieces, and links from the address that was checked: goldmark's own would resolve entities once more,
// so that what was checked is not what is written.
type ownRenderer struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (ownRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindPiece, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(n.(*piece).html)
		}
		return ast.WalkContinue, nil
	})
	reg.Register(ast.KindLink, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(anchor(string(n.(*ast.Link).Destination), ""))
		} else {
			_, _ = w.WriteString("</a>")
		}
		return ast.WalkContinue, nil
	})
}

// anchor opens a link. A member's link tells search engines and the other site nothing; a mention is ours.
func anchor(address, class string) string {
	if class != "" {
		return `<a class="` + class + `" href="` + escape(address) + `">`
	}
	return `<a href="` + escape(address) + `" rel="nofollow ugc noopener">`
}

func escape(s string) string { return html.EscapeString(s) }

// replace puts made HTML in n's place.
func replace(n ast.Node, made string) {
	n.Parent().ReplaceChild(n.Parent(), n, &piece{html: made})
}

// unwrap puts n's children in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		n.RemoveChild(n, child)
		parent.InsertBefore(parent, n, child)
	}
	parent.RemoveChild(parent, n)
}

// alternative gives the text of an image's label, escaped for an attribute or for the page.
func alternative(n ast.Node, source []byte) string {
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() {
				gmhtml.DefaultWriter.RawWrite(w, n.Segment.Value(source))
			} else {
				gmhtml.DefaultWriter.Write(w, n.Segment.Value(source))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				_ = w.WriteByte(' ')
			}
		case *ast.AutoLink:
			_, _ = w.WriteString(escape(string(n.Label(source))))
		case *mention:
			_, _ = w.WriteString("@" + escape(n.shown))
		}
		return ast.WalkContinue, nil
	})
	_ = w.Flush()
	return out.String()
}
