package search

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// How much counts what. A post's score for a word follows BM25 (S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework",
// 2009): it grows with how often the word stands there, ever less, and falls with the post's length. A title says what a thread is
// about, so a word there counts beside that, and more where the words of the query stand there side by side.
const (
	saturation  = 1.2
	lengthShare = 0.75
	usualLength = 80.0 // tokens
	titleShare  = 2.0
	besideShare = 1.0
)

// ranked is a word that hits are ranked by.
type ranked struct {
	key    uint16
	rarity float64
}

// score ranks a post by its weights.
func score(weights []byte, words []ranked) float64 {
	if len(weights) < 2 {
		return 0
	}
	length := float64(binary.BigEndian.Uint16(weights))
	norm := saturation * (1 - lengthShare + lengthShare*length/usualLength)
	total, last := 0.0, -2
	for _, w := range words {
		times, title, place := look(weights, w.key)
		total += w.rarity * float64(times) * (saturation + 1) / (float64(times) + norm)
		if title {
			total += w.rarity * titleShare
			if place == last+1 {
				total += w.rarity * besideShare
			}
			last = place
		} else {
			last = -2
		}
	}
	return total
}

// bestHits ranks the newest hits and gives a page of the best.
func bestHits(tx *db.Tx, sc scope, match node, query Query, after core.Cursor, size int) (core.List[hit], error) {
	q := sc.query(match, rankAmong)
	q.weights = true
	rows, err := engineOf(tx).hits(tx, q)
	if err != nil {
		return core.List[hit]{}, err
	}
	words, err := rarities(tx, query)
	if err != nil {
		return core.List[hit]{}, err
	}
	type scored struct {
		hit
		key core.Cursor
	}
	list := make([]scored, 0, len(rows))
	for _, h := range rows {
		s := scored{h, core.Cursor{Sort: int64(score(h.weights, words) * 1e6), ID: h.no}}
		if after.IsZero() || compareKeys(s.key, after) > 0 {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b scored) int { return compareKeys(a.key, b.key) })
	page := core.CutList(list, size, func(s scored) core.Cursor { return s.key })
	out := core.List[hit]{Next: page.Next}
	for _, s := range page.Items {
		out.Items = append(out.Items, s.hit)
	}
	return out, nil
}

// compareKeys orders the best first, and the newer first among equals.
func compareKeys(a, b core.Cursor) int {
	return cmp.Or(cmp.Compare(b.Sort, a.Sort), cmp.Compare(b.ID, a.ID))
}

// rarities gives the words of a query with how much each says: a word of few posts more than one of many.
func rarities(tx *db.Tx, q Query) ([]ranked, error) {
	var tokens []string
	for _, t := range q.Terms {
		tokens = append(tokens, t.Tokens...)
	}
	return raritiesOf(tx, tokens)
}

func raritiesOf(tx *db.Tx, tokens []string) ([]ranked, error) {
	type count struct {
		term string
		docs int64
	}
	if len(tokens) == 0 {
		return nil, nil
	}
	condition, list := engineOf(tx).among("term", 1, tokens)
	rows, err := db.All(tx, func(r db.Row) (c count, err error) { err = r.Scan(&c.term, &c.docs); return }, "SELECT term, docs FROM search_term WHERE "+condition, list)
	if err != nil {
		return nil, err
	}
	docs := map[string]int64{}
	for _, c := range rows {
		docs[c.term] = c.docs
	}
	out := make([]ranked, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, ranked{hash16(t), rarity(docs[t])})
	}
	return out, nil
}

// rarity is between 1, for a word of many posts, and about 6.
func rarity(docs int64) float64 {
	return 1 + math.Log(float64(manyPosts+1)/float64(min(max(docs, 1), manyPosts)))*0.9
}
