package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"dayroom/internal/importer"
)

func TestProgressIsALineNowAndThenInALog(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(1000, 0)
	p := &progress{to: &out, now: func() time.Time { return clock }, begun: clock}
	for i := range int64(11) {
		p.show(i, 10, "threads")
		clock = clock.Add(time.Second)
	}
	p.end()
	if out.String() != "  0%  threads\n 50%  threads\n100%  threads\n" {
		t.Errorf("got %q", out.String())
	}
}

func TestProgressIsOneLineOnATerminal(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(1000, 0)
	p := &progress{to: &out, terminal: true, now: func() time.Time { return clock }, begun: clock}
	p.show(0, 4, "a long text")
	clock = clock.Add(10 * time.Second)
	p.show(1, 4, "text")
	last := out.String()[strings.LastIndexByte(out.String(), '\r'):]
	if last != "\r██████░░░░░░░░░░░░░░░░░░  25%  text, about 30s left" {
		t.Errorf("got %q", last)
	}
	p.note("line 7: bad")
	p.end()
	if s := out.String(); strings.Count(s, "\n") != 1 || !strings.Contains(s, "\rline 7: bad\n") {
		t.Errorf("got %q", s)
	}
}

func TestAnImportIsSummedUpInWords(t *testing.T) {
	for want, s := range map[string]importer.Summary{
		"1 thread and 1,234 comments, 617 threads and comments a second": {Threads: 1, Comments: 1234},
		"0 threads and 0 comments, 16,407 here already, 1 line rejected": {Known: 16407, Rejected: 1},
	} {
		if got := importWords(s, 2*time.Second); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
