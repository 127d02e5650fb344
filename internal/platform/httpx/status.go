// Package httpx is what every edge shares about HTTP: the one table from error codes to statuses, security headers, request ids,
// limits on bodies, compression, and recovery from panics.
package httpx

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"dayroom/internal/core"
)

// Keys of errors that HTTP has a status of its own for.
const (
	StatusTooLarge  = "error.too_large" // a body over its limit
	StatusStale     = "api.stale"       // what was read has changed: If-Match does not match
	StatusUnguarded = "api.if_match"    // a change that has to say what it changes
)

var ofKeys = map[string]int{
	StatusTooLarge:  http.StatusRequestEntityTooLarge,
	StatusStale:     http.StatusPreconditionFailed,
	StatusUnguarded: http.StatusPreconditionRequired,
}

var statuses = map[core.Code]int{
	core.Invalid:         http.StatusUnprocessableEntity,
	core.Unauthenticated: http.StatusUnauthorized,
	core.Forbidden:       http.StatusForbidden,
	core.NotFound:        http.StatusNotFound,
	core.Conflict:        http.StatusConflict,
	core.TooSoon:         http.StatusTooManyRequests,
	core.Unavailable:     http.StatusServiceUnavailable,
	core.Internal:        http.StatusInternalServerError,
}

// Status is the one table from errors to HTTP statuses.
func Status(err error) int {
	var e *core.Error
	if errors.As(err, &e) && ofKeys[e.Key] != 0 {
		return ofKeys[e.Key]
	}
	if s, ok := statuses[core.CodeOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Public gives what a person may read of err: our own error, or a nameless Internal one. Internal errors are logged with the
// reference that the person sees.
func Public(err error, log *slog.Logger, reference string) *core.Error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return core.E(core.Invalid, StatusTooLarge).Because(err)
	}
	var e *core.Error
	if errors.As(err, &e) && e.Code != core.Internal {
		if e.Code == core.Unavailable {
			log.Error("unavailable", "reference", reference, "error", err)
		}
		return e
	}
	log.Error("internal error", "reference", reference, "error", err)
	return core.E(core.Internal, "error.internal", reference)
}

// RetryAfter sets the header of that name where err says when to come back.
func RetryAfter(h http.Header, e *core.Error) {
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	} else if e.Code == core.Unavailable {
		h.Set("Retry-After", "10")
	}
}
