package queue

import (
	"cmp"
	"slices"
	"strings"
)

// Reason is what somebody says is wrong with a post.
type Reason string

// The reasons.
const (
	Crisis         Reason = "crisis"
	Dangerous      Reason = "dangerous"
	Selling        Reason = "selling"
	Sponsor        Reason = "sponsor"
	Privacy        Reason = "privacy"
	Misinformation Reason = "misinformation"
	Harassment     Reason = "harassment"
	Spam           Reason = "spam"
	Other          Reason = "other"
)

// Reasons lists them in the order in which a form offers them: a life first.
var Reasons = []Reason{Crisis, Dangerous, Harassment, Privacy, Misinformation, Selling, Sponsor, Spam, Other}

// urgencies orders the queue. Somebody who may harm themselves comes before everything; what is merely tiresome comes last.
var urgencies = map[Reason]int{
	Crisis: 100, Dangerous: 80, Privacy: 70, Harassment: 60, Misinformation: 60, Selling: 50, Sponsor: 45, Spam: 40, Other: 30,
}

// heldUrgency is that of a post which waits to be read: nobody said that anything is wrong with it.
const heldUrgency = 10

// Urgent is the urgency from which somebody should look now rather than today.
const Urgent = 80

// Urgency tells how soon somebody should look; an unknown reason is zero.
func (r Reason) Urgency() int { return urgencies[r] }

// byUrgency sorts reasons, the most urgent first.
func byUrgency(reasons []Reason) {
	slices.SortFunc(reasons, func(a, b Reason) int {
		return cmp.Or(b.Urgency()-a.Urgency(), strings.Compare(string(a), string(b)))
	})
}
