package ui

import (
	"time"

	"dayroom/internal/platform/i18n"
)

// Voice is how a page speaks to one reader: the language, and what hour it is where.
type Voice struct {
	i18n.Printer
	Now  time.Time
	Zone *time.Location // nil is UTC
}

// When tells a moment as a person would: "yesterday at 23:40".
func (v Voice) When(t time.Time) string { return v.Ago(t, v.Now, v.Zone) }

// Exactly tells a moment in full.
func (v Voice) Exactly(t time.Time) string { return v.Full(t, v.Zone) }

// Day tells a date.
func (v Voice) Day(t time.Time) string { return v.Date(t, v.Zone) }
