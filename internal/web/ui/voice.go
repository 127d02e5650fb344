package ui

import (
	"slices"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
)

// Voice is how a page speaks to one reader: the language, and what hour it is where.
type Voice struct {
	i18n.Printer
	Now  time.Time
	Zone *time.Location // nil is UTC
}

// T gives a sentence. Arguments that are moments are told in full, and those that are sentences are said.
func (v Voice) T(key string, args ...any) string {
	for i, arg := range args {
		var said string
		switch arg := arg.(type) {
		case time.Time:
			said = v.Exactly(arg)
		case core.Sentence:
			said = v.T(arg.Key, arg.Args...)
		default:
			continue
		}
		args = slices.Clone(args)
		args[i] = said
	}
	return v.Printer.T(key, args...)
}

// Wrong says what went wrong, and for how long to wait where waiting helps.
func (v Voice) Wrong(e *core.Error) string {
	said := v.T(e.Key, e.Args...)
	if e.Code == core.TooSoon && e.RetryAfter > 0 {
		said += " " + v.T("error.too_soon.wait", v.Span(e.RetryAfter))
	}
	return said
}

// When tells a moment as a person would: "yesterday at 23:40".
func (v Voice) When(t time.Time) string { return v.Ago(t, v.Now, v.Zone) }

// Exactly tells a moment in full.
func (v Voice) Exactly(t time.Time) string { return v.Full(t, v.Zone) }

// Day tells a date.
func (v Voice) Day(t time.Time) string { return v.Date(t, v.Zone) }
