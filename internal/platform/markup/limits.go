package markup

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// The bounds. Each stands for a corner of the parser where the work grows with the square of the input, or the output with a
// multiple of it; the figures are for 16 KB of the worst pattern known, before and after.
const (
	// MaxBytes is the longest source, in bytes after normalising: about 2,700 words.
	MaxBytes = 16 << 10
	// MaxNesting is how deep lists and quotes stand in each other; deeper markers are text. 16 KB of ">": 440 KB of HTML.
	MaxNesting = 8
	// MaxDepth is the greatest depth of the tree. Without it "*a **b *c ..." nests by the thousand, which browsers cut at 512.
	MaxDepth = 48
	// MaxBrackets is how many "[" a text may hold: 16 KB of "[[[...]]]" takes 80 ms.
	MaxBrackets = 1500
	// MaxTargets is how many "](" and "][" a text may hold: each may read on to the end. 16 KB of "[](" takes 140 ms.
	MaxTargets = 300
	// MaxMarks is how many runs of * _ ~ a text may hold: 16 KB of "_a*" takes 70 ms.
	MaxMarks = 4000
	// MaxColumns and MaxCells bound tables: a row of 2 bytes is padded to all columns. 16 KB gave 84 MB of HTML in 13 s.
	MaxColumns = 20
	MaxCells   = 3000
	// MaxAddressBytes bounds all addresses together: "[a]: /long" and then "[a][a][a]..." gave 11 MB of HTML.
	MaxAddressBytes = 2 * MaxBytes
	// MaxMentions is how many different handles are looked up in one text; the rest stays text.
	MaxMentions = 30
)

// tangled tells a source whose marks would cost the parser too much. Marks inside code count too: telling them apart needs
// the parser, and code with 300 "](" is no post.
func tangled(src string) bool {
	return strings.Count(src, "[") > MaxBrackets ||
		strings.Count(src, "](")+strings.Count(src, "][") > MaxTargets ||
		markRuns(src) > MaxMarks
}

// markRuns counts the runs of equal emphasis marks.
func markRuns(src string) (runs int) {
	var last byte
	for i := 0; i < len(src); i++ {
		c := src[i]
		if (c == '*' || c == '_' || c == '~') && c != last {
			runs++
		}
		last = c
	}
	return runs
}

// shallow is a block parser for a container that opens only MaxNesting deep. Beyond, its marker is ordinary text.
type shallow struct{ parser.BlockParser }

// Open declines where the parent already lies deep.
func (s shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if nesting(parent) >= MaxNesting {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// nesting counts the lists and quotes that n lies in, itself included.
func nesting(n ast.Node) (depth int) {
	for ; n != nil; n = n.Parent() {
		if kind := n.Kind(); kind == ast.KindBlockquote || kind == ast.KindList {
			depth++
		}
	}
	return depth
}

// smallTables makes tables as long as the whole text stays within MaxCells; a table beyond it is left as a paragraph.
type smallTables struct{ parser.ParagraphTransformer }

var cellsKey = parser.NewContextKey()

// Transform counts what the table would hold before it is made.
func (s smallTables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	columns := widestRule(node.Lines(), reader.Source())
	if columns == 0 {
		return
	}
	cells, _ := pc.Get(cellsKey).(int)
	cells += columns * node.Lines().Len()
	if columns > MaxColumns || cells > MaxCells {
		return
	}
	pc.Set(cellsKey, cells)
	s.ParagraphTransformer.Transform(node, reader, pc)
}

// widestRule gives the columns of the widest line that could be the rule under a table's head, such as |---|:-:|.
func widestRule(lines *text.Segments, source []byte) (columns int) {
	for i := 1; i < lines.Len(); i++ {
		at := lines.At(i)
		line := bytes.Trim(bytes.TrimSpace(at.Value(source)), "|")
		if len(line) > 0 && len(bytes.Trim(line, "|-: \t")) == 0 {
			columns = max(columns, bytes.Count(line, []byte("|"))+1)
		}
	}
	return columns
}
