package core

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
)

// Code says what kind of failure an Error is. The table that turns a code into an HTTP status lives in httpx, nowhere else.
type Code string

// The codes. An error that is none of these is Internal.
const (
	Invalid         Code = "invalid"         // what was sent cannot be used; Fields says what to mend
	Unauthenticated Code = "unauthenticated" // signing in would help
	Forbidden       Code = "forbidden"       // the actor may know that it exists, and may not do this
	NotFound        Code = "not_found"       // absent, or not to be known of
	Conflict        Code = "conflict"        // somebody else changed it first
	TooSoon         Code = "too_soon"        // allowed later: RetryAfter says when
	Unavailable     Code = "unavailable"     // the server cannot now: full disk, lost database
	Internal        Code = "internal"        // a defect of ours
)

// Error is the one error type that crosses package borders on purpose.
//
// Key names a sentence of the message catalogue, which a person may read; Args fill it. Fields gives, for a form's field, the
// key of what is wrong with it. The cause is for the log and never reaches a person.
type Error struct {
	Code       Code
	Key        string
	Args       []any
	Fields     map[string]string
	RetryAfter time.Duration
	cause      error
}

// Sentence is an argument that is a sentence itself: the key of one, and what fills it.
type Sentence struct {
	Key  string
	Args []any
}

// E makes an error with a code and the key of the sentence that a person reads.
func E(code Code, key string, args ...any) *Error {
	return &Error{Code: code, Key: key, Args: args}
}

// Field makes an Invalid error about one field.
func Field(name, key string) *Error {
	return &Error{Code: Invalid, Key: "error.form", Fields: map[string]string{name: key}}
}

// On moves what is wrong with a text by itself, such as markup or media say it, to the field of a form that it was typed into.
// Other errors pass.
func On(field string, err error) error {
	var e *Error
	if errors.As(err, &e) && e.Code == Invalid && len(e.Fields) == 0 {
		return &Error{Code: Invalid, Key: "error.form", Args: e.Args, Fields: map[string]string{field: e.Key}}
	}
	return err
}

// Missing is what a look-up returns for a row that is not there, or that the actor must not know of.
func Missing(what string) *Error {
	return &Error{Code: NotFound, Key: "error.not_found", cause: fmt.Errorf("no %s", what)}
}

// Wait makes a TooSoon error: the same act is allowed after d.
func Wait(d time.Duration, key string, args ...any) *Error {
	return &Error{Code: TooSoon, Key: key, Args: args, RetryAfter: d}
}

// Because returns a copy of e that carries cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error is for the log. It is never shown to a person.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Key != "" {
		b.WriteString(" " + e.Key)
	}
	names := make([]string, 0, len(e.Fields))
	for name, key := range e.Fields {
		names = append(names, name+"="+key)
	}
	sort.Strings(names)
	if len(names) > 0 {
		b.WriteString(" (" + strings.Join(names, ", ") + ")")
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause, so that errors.Is sees through.
func (e *Error) Unwrap() error { return e.cause }

// CodeOf gives the code of err; an error that is not ours is Internal, nil is the empty code.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// IsNotFound is short for CodeOf(err) == NotFound, the one code that callers branch on all the time.
func IsNotFound(err error) bool { return CodeOf(err) == NotFound }

// Fields gathers what is wrong with a form's fields while validating.
type Fields map[string]string

// Add notes the first thing wrong with a field; later ones are dropped, a person mends one thing at a time.
func (f Fields) Add(name, key string) {
	if _, there := f[name]; !there {
		f[name] = key
	}
}

// Check adds key to name unless ok.
func (f Fields) Check(ok bool, name, key string) {
	if !ok {
		f.Add(name, key)
	}
}

// Err gives nil when nothing is wrong, else an Invalid error with the fields.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Key: "error.form", Fields: f}
}

// Wrap puts the operation and its arguments in front of err, unless it is nil. One call per package border.
//
//	defer core.Wrap(&err, "thread.Create(%d)", space)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf(format+": %w", append(args, *err)...)
	}
}
