package search

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"

	"dayroom/internal/core"
)

// doc is a post as it goes into the index.
type doc struct {
	No      int64 // see number
	Post    core.ID
	Thread  core.ID
	Space   core.ID
	Author  core.ID
	Kind    string
	Created int64 // Unix milliseconds
	Title   string
	Tags    string // between spaces
	Body    string // Markdown
}

// maxWords bounds how much of a post is looked at: PostgreSQL counts places up to 16,383, and a body has 16 KB.
const maxWords = 8000

// prepared is what the engines get.
type prepared struct {
	Tokens  []string // in the order of the text; an empty one parts what must not stand side by side
	Extra   []string // other forms and marks, each once; their place says nothing
	Weights []byte
	Terms   []string // distinct words
}

// Marks begin with a character that no token of a text has.
const (
	markThread  = "_t"
	markComment = "_c"
)

func markSpace(id core.ID) string  { return "_s" + strconv.FormatInt(int64(id), 36) }
func markAuthor(id core.ID) string { return "_a" + strconv.FormatInt(int64(id), 36) }
func markKind(kind string) string  { return "_k" + kind }

func (d doc) prepare() prepared { return d.marked(taken(d)) }

// taken takes the text of a post apart.
func taken(d doc) prepared {
	var p prepared
	also := map[string]bool{}
	take := func(text string) {
		Words(text, func(w Word) bool {
			p.Tokens = append(p.Tokens, w.Token)
			if w.Also != "" {
				also[w.Also] = true
			}
			return len(p.Tokens) < maxWords
		})
	}
	take(d.Title)
	title := len(p.Tokens)
	p.Tokens = append(p.Tokens, "")
	take(d.Tags)
	p.Tokens = append(p.Tokens, "")
	take(d.Body)
	found := count(p.Tokens, title)
	p.Weights = weigh(len(p.Tokens), found)
	for form := range also {
		p.Extra = append(p.Extra, form)
		if found[form] == 0 {
			p.Terms = append(p.Terms, form)
		}
	}
	p.Terms = slices.Grow(p.Terms, len(found))
	for token := range found {
		p.Terms = append(p.Terms, token)
	}
	slices.Sort(p.Extra)
	return p
}

// marked adds the marks of a post to its words.
func (d doc) marked(p prepared) prepared {
	part := markThread
	if d.Post != d.Thread {
		part = markComment
	}
	p.Extra = append(p.Extra, part, markSpace(d.Space), markKind(d.Kind))
	if d.Author != 0 {
		p.Extra = append(p.Extra, markAuthor(d.Author))
	}
	return p
}

// count tells of each word how often it stands there, and whether and where in the title; see weigh.
func count(tokens []string, title int) map[string]byte {
	found := make(map[string]byte, len(tokens)/2)
	for i, t := range tokens {
		if t == "" {
			continue
		}
		info := found[t]
		switch {
		case i < title && info == 0:
			info = inTitle | 1<<4 | byte(min(i, 15))
		case info&inTitle != 0:
			if info>>4&7 < 7 {
				info += 1 << 4
			}
		case info < 127:
			info++
		}
		found[t] = info
	}
	return found
}

// weigh keeps of a text what ranking needs, in three bytes a word: its hash, and what was counted. Words that stand once and not in
// the title are left out: that a post has them is known. The first two bytes are the length of the text.
func weigh(length int, found map[string]byte) []byte {
	keys := make([]uint32, 0, len(found)/2)
	for t, info := range found {
		if info > 1 {
			keys = append(keys, uint32(hash16(t))<<8|uint32(info))
		}
	}
	slices.Sort(keys)
	out := binary.BigEndian.AppendUint16(make([]byte, 0, 2+3*len(keys)), uint16(min(length, 1<<16-1)))
	for _, k := range keys {
		out = append(out, byte(k>>16), byte(k>>8), byte(k))
	}
	return out
}

const inTitle = 0x80

func hash16(token string) uint16 {
	h := fnv.New32a()
	h.Write([]byte(token))
	sum := h.Sum32()
	return uint16(sum ^ sum>>16)
}

// look finds what weigh kept of a word.
func look(weights []byte, key uint16) (times int, title bool, place int) {
	if len(weights) < 5 {
		return 1, false, 0
	}
	list := weights[2:]
	low, high := 0, len(list)/3
	for low < high {
		mid := (low + high) / 2
		switch k := binary.BigEndian.Uint16(list[3*mid:]); {
		case k < key:
			low = mid + 1
		case k > key:
			high = mid
		default:
			info := list[3*mid+2]
			if info&inTitle != 0 {
				return int(info >> 4 & 7), true, int(info & 15)
			}
			return int(info), false, 0
		}
	}
	return 1, false, 0
}
