// Package core holds the few words that every other package speaks: identifiers, the actor of a request, errors,
// the clock and paging. It imports the standard library only and does no input or output.
package core
