package thread

import (
	"dayroom/internal/core"
	"dayroom/internal/policy"
	"dayroom/internal/space"
)

// Start is what an actor may begin in a space, for a page to offer.
type Start struct {
	Kinds           []policy.ThreadKind
	Visitor         bool   // may leave a question without an account
	ForOrganisation bool   // may write in the organisation's name
	Why             string // the key of the reason when Kinds is empty
}

// May tells whether a kind is among those that the actor may begin.
func (s Start) May(kind policy.ThreadKind) bool {
	for _, k := range s.Kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// MayStart tells what the actor may begin in a space. Create decides again.
func MayStart(a core.Actor, sp space.Space, t policy.Ties) Start {
	out := Start{
		Visitor:         policy.AskAsVisitor(a, sp.Facts()).OK(),
		ForOrganisation: policy.SpeakForOrganisation(a, sp.Facts(), t).OK(),
	}
	for _, k := range policy.ThreadKinds {
		d := policy.StartThread(a, sp.Facts(), t, k)
		if d.OK() {
			out.Kinds = append(out.Kinds, k)
		} else if k == policy.Question {
			out.Why = d.Key
		}
	}
	return out
}
