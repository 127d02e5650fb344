package i18n

import (
	"strconv"
	"time"
)

// Ago tells a moment as a person would: "5 minutes ago", "yesterday at 23:40", "3 November at 14:05", with the year when it is
// another one. A moment to come is "tomorrow at 09:00" or its date. loc is where the reader is; nil means UTC.
//
// A clock that runs up to a minute ahead is "just now" and not the future.
func (p Printer) Ago(t, now time.Time, loc *time.Location) string {
	t, now = in(t, loc), in(now, loc)
	past := now.Sub(t)
	days := dayNumber(now) - dayNumber(t)
	switch {
	case past > -time.Minute && past < time.Minute:
		return p.T("time.now")
	case past > 0 && past < time.Hour:
		return p.T("time.minutes", int(past/time.Minute))
	case past > 0 && days == 0:
		return p.T("time.hours", int(past/time.Hour))
	case days == 1:
		return p.T("time.yesterday", clock(t))
	case days == 0:
		return p.T("time.today", clock(t))
	case days == -1:
		return p.T("time.tomorrow", clock(t))
	case t.Year() == now.Year():
		return p.T("time.day", strconv.Itoa(t.Day()), p.month(t), clock(t))
	}
	return p.T("time.year", strconv.Itoa(t.Day()), p.month(t), strconv.Itoa(t.Year()), clock(t))
}

// Full tells a moment without leaving anything to guess: "Tuesday 3 November 2026 at 14:05".
func (p Printer) Full(t time.Time, loc *time.Location) string {
	t = in(t, loc)
	weekday := p.T("time.weekday." + strconv.Itoa(int(t.Weekday())))
	return p.T("time.full", weekday, strconv.Itoa(t.Day()), p.month(t), strconv.Itoa(t.Year()), clock(t))
}

// Date tells a day: "3 November 2026".
func (p Printer) Date(t time.Time, loc *time.Location) string {
	t = in(t, loc)
	return p.T("time.date", strconv.Itoa(t.Day()), p.month(t), strconv.Itoa(t.Year()))
}

// Span tells how long something takes, in the largest unit that does it justice: "45 seconds", "5 minutes", "3 hours",
// "2 days". It rounds up: who waits as long as it says has waited long enough.
func (p Printer) Span(d time.Duration) string {
	const day = 24 * time.Hour
	up := func(unit time.Duration) int { return int((d + unit - 1) / unit) }
	switch {
	case d <= 90*time.Second:
		return p.T("time.span.seconds", up(time.Second))
	case d <= 90*time.Minute:
		return p.T("time.span.minutes", up(time.Minute))
	case d <= 2*day:
		return p.T("time.span.hours", up(time.Hour))
	}
	return p.T("time.span.days", up(day))
}

func (p Printer) month(t time.Time) string { return p.T("time.month." + strconv.Itoa(int(t.Month()))) }

func clock(t time.Time) string { return t.Format("15:04") }

func in(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc)
}

// dayNumber counts calendar days, so that an hour lost or won in spring and autumn does not matter.
func dayNumber(t time.Time) int64 {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86_400
}
