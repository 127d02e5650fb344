package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// corpus is how large a site is. Threads are as long as threads are: few long ones, many short ones.
type corpus struct {
	Name     string
	Members  int
	Threads  int
	Comments int
}

// corpora are the sizes that are measured: what a page costs must not grow with the site.
var corpora = map[string]corpus{
	"small": {"small", 1_000, 2_000, 20_000},
	"large": {"large", 50_000, 100_000, 1_000_000},
}

// generation is part of the name of a kept corpus: a change of the generator makes a new one.
const generation = 3

// The thread that is read in every case, and the space it stands in.
const (
	benchSpace  = "bench"
	benchThread = "the-thread-of-fifty"
	pageLength  = 50
)

// seed makes every run see the same site.
const seed = 20261125

// author, said and talk are lines of an import file (docs/IMPORT.md).
type author struct {
	Name string `json:"name"`
}

type said struct {
	Author author    `json:"author"`
	Time   time.Time `json:"time"`
	Body   string    `json:"body"`
}

type talk struct {
	External string    `json:"external"`
	Author   author    `json:"author"`
	Time     time.Time `json:"time"`
	Kind     string    `json:"kind"`
	Title    string    `json:"title"`
	Body     string    `json:"body"`
	Tags     []string  `json:"tags"`
	Comments []said    `json:"comments"`
}

// generator writes made-up talk. Words follow Zipf's law (G. K. Zipf, 1949), as words of any language do: searching meets few very
// common words and many rare ones.
type generator struct {
	r     *rand.Rand
	zipf  *rand.Zipf
	words []string
	names []string
	now   time.Time
}

const vocabulary = 30_000

// span is how long people have talked.
const span = 2 * 365 * 24 * time.Hour

func newGenerator(c corpus, now time.Time) *generator {
	r := rand.New(rand.NewPCG(seed, uint64(c.Comments)))
	g := &generator{r: r, zipf: rand.NewZipf(r, 1.1, 3, vocabulary-1), now: now}
	seen := map[string]bool{}
	for len(g.words) < vocabulary {
		if w := syllables(r, 1+len(g.words)*4/vocabulary+r.IntN(2)); !seen[w] {
			seen[w] = true
			g.words = append(g.words, w)
		}
	}
	for i := range c.Members {
		g.names = append(g.names, fmt.Sprintf("%s %d", syllables(r, 2), i))
	}
	return g
}

// syllables makes a word that can be spoken. Short words are the common ones.
func syllables(r *rand.Rand, n int) string {
	const begin, middle = "bcdfghklmnprstvwz", "aeiou"
	var b strings.Builder
	for range n {
		b.WriteByte(begin[r.IntN(len(begin))])
		b.WriteByte(middle[r.IntN(len(middle))])
		if r.IntN(3) == 0 {
			b.WriteByte("lmnrst"[r.IntN(6)])
		}
	}
	return b.String()
}

// word gives a word by its rank: 0 is the most frequent.
func (g *generator) word(rank int) string { return g.words[rank] }

func (g *generator) text(words int) string {
	var b strings.Builder
	for i := range words {
		switch {
		case i == 0:
		case i%60 == 0:
			b.WriteString(".\n\n")
		case i%13 == 0:
			b.WriteString(". ")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(g.words[g.zipf.Uint64()])
	}
	return b.String() + "."
}

func (g *generator) author() author { return author{g.names[g.r.IntN(len(g.names))]} }

// write writes a corpus as lines of an import.
func (g *generator) write(w io.Writer, c corpus) error {
	out := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(out)
	left := c.Comments - pageLength
	for i := range c.Threads - 1 {
		n := g.length(left, c.Threads-1-i)
		left -= n
		age := time.Duration(float64(span)*float64(c.Threads-i)/float64(c.Threads+1)) + 48*time.Hour
		if err := enc.Encode(g.talk(fmt.Sprintf("t%d", i), g.now.Add(-age), n)); err != nil {
			return err
		}
	}
	if err := enc.Encode(g.talk(benchThread, g.now.Add(-24*time.Hour), pageLength)); err != nil {
		return err
	}
	return out.Flush()
}

// length draws how many comments the next of so many threads has, so that all together come out even. No thread is longer than
// a few hundred, as in communities that were looked at.
func (g *generator) length(left, threads int) int {
	if threads == 1 {
		return left
	}
	mean := float64(left) / float64(threads)
	n := int(math.Round(mean * g.r.ExpFloat64()))
	return min(n, left, 400)
}

func (g *generator) talk(external string, begin time.Time, comments int) talk {
	t := talk{External: external, Author: g.author(), Time: begin, Kind: "discussion", Title: strings.TrimSuffix(g.text(4+g.r.IntN(6)), "."),
		Body: g.text(40 + g.r.IntN(120)), Tags: []string{g.words[40+g.r.IntN(200)]}}
	if g.r.IntN(2) == 0 {
		t.Kind = "question"
	}
	at := begin
	for range comments {
		at = at.Add(time.Duration(1+g.r.IntN(20)) * time.Minute)
		t.Comments = append(t.Comments, said{g.author(), at, g.text(20 + g.r.IntN(80))})
	}
	return t
}
