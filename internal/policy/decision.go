// Package policy decides who may see and do what. Its functions are pure: small structs of facts in, a Decision out. Services
// load the facts and ask inside the transaction; handlers never decide; pages receive booleans. What is not known denies.
package policy

import (
	"time"

	"dayroom/internal/core"
)

// Verdict is the kind of a decision. The zero value forbids.
type Verdict int

// The verdicts. Hide looks like "not found" to the actor; Later allows the same act after a while.
const (
	Forbidden Verdict = iota
	Allowed
	Hidden
	Later
)

// Decision is what policy says, and the key of the sentence that explains it.
type Decision struct {
	Verdict Verdict
	Key     string
	Wait    time.Duration
}

// Allow, Hide, Forbid and WaitFor make decisions.
func Allow() Decision { return Decision{Verdict: Allowed} }

// Hide denies and conceals.
func Hide() Decision { return Decision{Verdict: Hidden} }

// Forbid denies with a reason that the actor may read.
func Forbid(key string) Decision { return Decision{Verdict: Forbidden, Key: key} }

// WaitFor allows later.
func WaitFor(d time.Duration, key string) Decision {
	return Decision{Verdict: Later, Key: key, Wait: d}
}

// OK tells whether the act is allowed now.
func (d Decision) OK() bool { return d.Verdict == Allowed }

// Err is nil when allowed, else the error that an edge can answer with.
func (d Decision) Err() error {
	switch d.Verdict {
	case Allowed:
		return nil
	case Hidden:
		return core.Missing("visible row")
	case Later:
		return core.Wait(d.Wait, d.Key)
	}
	key := d.Key
	if key == "" {
		key = "error.forbidden"
	}
	if key == SignInFirst {
		return core.E(core.Unauthenticated, key)
	}
	return core.E(core.Forbidden, key)
}

// SignInFirst is the key that becomes Unauthenticated: signing in may be all that is missing.
const SignInFirst = "error.unauthenticated"

// allowIf allows when ok, else forbids with the key.
func allowIf(ok bool, key string) Decision {
	if ok {
		return Allow()
	}
	return Forbid(key)
}

// first gives the first decision that is not an allowance, or an allowance.
func first(decisions ...Decision) Decision {
	for _, d := range decisions {
		if !d.OK() {
			return d
		}
	}
	return Allow()
}

// may says whether the actor may write at all.
func may(a core.Actor) Decision {
	switch {
	case a.MayWrite():
		return Allow()
	case a.Member == 0:
		return Forbid(SignInFirst)
	case a.Standing == core.Waiting:
		return Forbid("policy.waiting")
	case a.Standing == core.Restricted:
		return Forbid("policy.restricted")
	}
	return Forbid("error.forbidden")
}
