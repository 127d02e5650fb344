package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"dayroom/internal/backup"

	"golang.org/x/term"
)

// progress shows how far a long task is: a bar on a terminal, a line every few seconds elsewhere, so that a log stays readable.
type progress struct {
	to       io.Writer
	terminal bool
	now      func() time.Time
	begun    time.Time
	last     time.Time
	width    int // of what stands on the terminal's line
}

// Times between two showings.
const (
	barEvery  = 100 * time.Millisecond
	lineEvery = 5 * time.Second
)

// newProgress shows on standard error, which stays free of results.
func newProgress() *progress {
	return &progress{to: os.Stderr, terminal: term.IsTerminal(int(os.Stderr.Fd())), now: time.Now, begun: time.Now()}
}

// show tells that done of total is done; a total of 0 is not known. text says it in words.
func (p *progress) show(done, total int64, text string) {
	now, pause := p.now(), lineEvery
	if p.terminal {
		pause = barEvery
	}
	if now.Sub(p.last) < pause {
		return
	}
	p.last = now
	if !p.terminal {
		fmt.Fprintf(p.to, "%s%s\n", percent(done, total), text)
		return
	}
	p.line(bar(done, total) + percent(done, total) + text + p.left(now, done, total))
}

// end takes the bar away.
func (p *progress) end() {
	if p.terminal && p.width > 0 {
		p.line("")
		fmt.Fprint(p.to, "\r")
	}
}

// note writes a line above the bar.
func (p *progress) note(text string) {
	p.end()
	fmt.Fprintln(p.to, text)
	p.last = time.Time{}
}

func (p *progress) line(text string) {
	n := len([]rune(text))
	fmt.Fprint(p.to, "\r"+text+strings.Repeat(" ", max(0, p.width-n)))
	p.width = n
}

func percent(done, total int64) string {
	if total <= 0 {
		return ""
	}
	return fmt.Sprintf("%3d%%  ", min(100, 100*done/total))
}

const barWidth = 24

func bar(done, total int64) string {
	if total <= 0 {
		return ""
	}
	full := int(min(barWidth, barWidth*done/total))
	return strings.Repeat("█", full) + strings.Repeat("░", barWidth-full) + " "
}

// left guesses the time that is left from the time that went by, once that says something.
func (p *progress) left(now time.Time, done, total int64) string {
	spent := now.Sub(p.begun)
	if total <= 0 || done <= 0 || done >= total || spent < 2*time.Second {
		return ""
	}
	rest := time.Duration(float64(spent) * float64(total-done) / float64(done))
	return ", about " + rest.Round(time.Second).String() + " left"
}

// part shows how far a backup or a restore is with one of its parts: "member: 1,204 rows".
func (p *progress) part(name string, done int64, unit backup.Unit) {
	words := of(done, string(unit), string(unit)+"s")
	if unit == backup.Bytes {
		words = fmt.Sprintf("%.1f MB", float64(done)/1e6)
	}
	p.show(0, 0, name+": "+words)
}

// count writes a number with commas, as English has them.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// of writes a number with what it counts, in the plural where it is one.
func of(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}
