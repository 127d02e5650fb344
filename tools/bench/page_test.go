package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"dayroom/internal/app"
)

// siteFolder names a kept corpus (bench-data/small-sqlite-N) for BenchmarkPage, which is how a profile of one page is made:
//
//	DAYROOM_BENCH_SITE=$PWD/../../bench-data/small-sqlite-3 go test -mod=mod -bench 'Page/thread_signed' -cpuprofile cpu.out .
const siteFolder = "DAYROOM_BENCH_SITE"

func open(b *testing.B) (*site, http.Handler) {
	ctx := context.Background()
	kept := os.Getenv(siteFolder)
	if kept == "" {
		b.Skip(siteFolder + " names no corpus; `make bench` makes one")
	}
	dir := b.TempDir()
	if out, err := exec.Command("cp", "-a", kept+"/.", dir).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	s := &site{corpus: corpora["small"], dir: dir}
	words := newGenerator(s.corpus, time.Now())
	s.words = [2]string{words.word(oneWord), words.word(anotherWord)}
	if err := s.signUp(ctx); err != nil {
		b.Fatal(err)
	}
	a, err := s.open(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Close() })
	h, err := a.Handler(app.Public)
	if err != nil {
		b.Fatal(err)
	}
	return s, h
}

// BenchmarkPage is a page without a network: what the server itself does.
func BenchmarkPage(b *testing.B) {
	s, h := open(b)
	for _, k := range cases {
		t := k.target(s)
		if t.method != "GET" {
			continue
		}
		b.Run(k.name, func(b *testing.B) {
			before := processorTime()
			for b.Loop() {
				r := httptest.NewRequest("GET", t.path, nil)
				r.Header = t.headers(0)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != 200 {
					b.Fatal(w.Code, w.Body.String())
				}
			}
			b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// processorTime is what this process has used, of all processors: what others do at the same time does not count.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
