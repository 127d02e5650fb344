package markup

import (
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

const minHandle, maxHandle = 3, 24

// mention is a handle that somebody has, as it stands in the text.
type mention struct {
	ast.BaseInline
	handle, href, shown string
}

var kindMention = ast.NewNodeKind("Mention")

// Kind implements ast.Node.
func (m *mention) Kind() ast.NodeKind { return kindMention }

// Dump implements ast.Node.
func (m *mention) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"handle": m.handle}, nil)
}

var peopleKey = parser.NewContextKey()

// people remembers the handles asked for while one text is parsed.
type people struct {
	lookup func(string) (string, bool)
	known  map[string]string // handle to address; empty for nobody
}

func newPeople(lookup func(string) (string, bool)) *people {
	return &people{lookup: lookup, known: map[string]string{}}
}

// find gives the address of a member's page, or an empty string.
func (p *people) find(handle string) string {
	href, asked := p.known[handle]
	if asked || p.lookup == nil || len(p.known) >= MaxMentions {
		return href
	}
	if at, ok := p.lookup(handle); ok && safeAddress(at) {
		href = at
	}
	p.known[handle] = href
	return href
}

// mentionParser reads @handle. It runs before emphasis, because a handle may hold underscores, and after code spans, which
// swallow theirs.
type mentionParser struct{}

// Trigger implements parser.InlineParser.
func (mentionParser) Trigger() []byte { return []byte{'@'} }

// Parse takes a handle that is known and declines anything else.
func (mentionParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	who, _ := pc.Get(peopleKey).(*people)
	if who == nil || joinsAt(block.PrecendingCharacter()) {
		return nil
	}
	line, _ := block.PeekLine()
	end := 1
	for end < len(line) && handleByte(line[end]) {
		end++
	}
	if end < len(line) && line[end] == '@' || end < len(line) && line[end] >= 0x80 && startsWithLetter(line[end:]) {
		return nil // an address of another network, or a longer word
	}
	shown := string(line[1:end])
	// "_@anna_" is an emphasised mention unless somebody is called anna_.
	for _, try := range []string{shown, strings.TrimRight(shown, "_")} {
		if len(try) < minHandle || len(try) > maxHandle {
			continue
		}
		handle := strings.ToLower(try) // telephones begin words with a capital
		if href := who.find(handle); href != "" {
			block.Advance(1 + len(try))
			return &mention{handle: handle, href: href, shown: try}
		}
	}
	return nil
}

// joinsAt tells a character that makes a following "@" part of something longer: an e-mail address or a path.
func joinsAt(before rune) bool {
	return unicode.IsLetter(before) || unicode.IsDigit(before) || strings.ContainsRune(".+-@/%&=", before)
}

func handleByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

func startsWithLetter(rest []byte) bool {
	for _, r := range string(rest) {
		return unicode.IsLetter(r) || unicode.IsMark(r)
	}
	return false
}
