package search

import (
	"slices"
	"unicode/utf8"

	"dayroom/internal/platform/db"
)

// Bounds of forgiving.
const (
	minMended  = 4  // letters: shorter words have too many neighbours
	maxTried   = 12 // neighbours that are looked up among the hits, those in most posts first
	maxOffered = 3  // neighbours of one word that are looked for instead
	maxGroups  = 20 // ways of leaving words out that are tried together
)

// mend gives the question for a query. Where nothing has all of its words, words that nothing has are taken for slips of typing, and
// then posts that have most of the words will do. What is looked for instead is named only when the actor has hits for it.
func (f *Found) mend(tx *db.Tx, sc scope, nodes []node, match node) (node, error) {
	if found, err := sc.any(tx, match); err != nil || found { // a page beyond the end
		return match, err
	}
	alive, err := f.mendWords(tx, sc, nodes)
	if err != nil {
		return node{}, err
	}
	if len(f.Corrected) > 0 && len(alive) == len(nodes) {
		mended, err := f.Query.without(tx, allOf(alive...))
		if err != nil {
			return node{}, err
		}
		if found, err := sc.any(tx, mended); err != nil || found {
			return mended, err
		}
	}
	return f.some(tx, sc, match, alive, len(nodes))
}

// mendWords looks at each word by itself and gives the questions for those that have hits, or have after a slip was mended.
func (f *Found) mendWords(tx *db.Tx, sc scope, nodes []node) (alive []node, err error) {
	free := scope{condition: sc.condition, args: sc.args} // the filters that are marks do not count: the word itself is looked at
	for i, t := range f.Query.Terms {
		found, err := free.any(tx, nodes[i])
		if err != nil {
			return nil, err
		}
		if found {
			alive = append(alive, nodes[i])
			continue
		}
		mended, to, err := neighbours(tx, free, t)
		if err != nil {
			return nil, err
		}
		if len(to) > 0 {
			f.Corrected = append(f.Corrected, Correction{t.Text, to})
			alive = append(alive, mended)
		}
	}
	return alive, nil
}

// some asks for posts that have as many of the words as any post has.
func (f *Found) some(tx *db.Tx, sc scope, match node, alive []node, wanted int) (node, error) {
	for n := min(len(alive), wanted-1); n > 0; n-- {
		groups := choose(alive, n)
		if len(groups) == 0 {
			continue
		}
		part, err := f.Query.without(tx, oneOf(groups...))
		if err != nil {
			return node{}, err
		}
		found, err := sc.any(tx, part)
		if err != nil {
			return node{}, err
		}
		if found {
			f.Some = true
			return part, nil
		}
	}
	f.Corrected = nil // nothing was found for those either
	return match, nil
}

// choose gives every way of taking n of some nodes; none where there are too many ways.
func choose(nodes []node, n int) (out []node) {
	var pick func(from int, taken []node)
	pick = func(from int, taken []node) {
		if len(taken) == n {
			out = append(out, allOf(slices.Clone(taken)...))
			return
		}
		for i := from; i < len(nodes) && len(out) <= maxGroups; i++ {
			pick(i+1, append(taken, nodes[i]))
		}
	}
	pick(0, nil)
	if len(out) > maxGroups && n > 1 {
		return nil
	}
	return out
}

// neighbours finds the words one slip away from a word for which the actor has no hits.
func neighbours(tx *db.Tx, sc scope, t Term) (node, []string, error) {
	if len(t.Tokens) != 1 || t.Prefix || utf8.RuneCountInString(t.Tokens[0]) < minMended {
		return node{}, nil, nil
	}
	condition, list := engineOf(tx).among("term", 1, slips(t.Tokens[0]))
	words, err := db.All(tx, db.String, "SELECT term FROM search_term WHERE "+condition+" ORDER BY docs DESC, term LIMIT $2", list, maxTried)
	if err != nil {
		return node{}, nil, err
	}
	var kids []node
	var to []string
	for _, w := range words {
		found, err := sc.any(tx, phraseOf(w))
		if err != nil {
			return node{}, nil, err
		}
		if found && len(to) < maxOffered {
			kids, to = append(kids, phraseOf(w)), append(to, w)
		}
	}
	if len(to) == 0 {
		return node{}, nil, nil
	}
	return oneOf(kids...), to, nil
}

// wanted gives the tokens to mark in what was found.
func (f *Found) wanted() *wanted {
	w := &wanted{words: map[string]bool{}}
	mended := map[string]bool{}
	for _, c := range f.Corrected {
		mended[c.Word] = true
		for _, to := range c.To {
			w.word(to)
		}
	}
	for _, t := range f.Query.Terms {
		if mended[t.Text] {
			continue
		}
		for i, token := range t.Tokens {
			if t.Prefix && i == len(t.Tokens)-1 {
				w.beginning(token)
			} else {
				w.word(token)
			}
		}
	}
	return w
}

// filling tells whether the index is still being made.
func filling(tx *db.Tx) (bool, error) {
	v, err := state(tx, stateFilled)
	return v != version, err
}
