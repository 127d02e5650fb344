package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// result is a row of the table. A row without a real load is a figure of its own: a time or a memory.
type result struct {
	corpus     string
	name       string
	limit      float64 // at most, as a ratio; zero: none is named
	real, bare measured
	bytes      int64 // of an answer; of memory where there is no load
	memory     int64
	took       time.Duration
	processors int
}

func (r result) ratio() float64 {
	if r.bare.cpu == 0 || r.bare.requests == 0 {
		return 0
	}
	return float64(r.real.perRequest()) / float64(r.bare.perRequest())
}

// quiet is how many processors others may keep busy before a row is marked: beyond it the figures say more about them.
const quiet = 0.3

func table(w io.Writer, s settings, all []result) {
	engine := "SQLite"
	if s.db != "" {
		engine = "PostgreSQL"
	}
	fmt.Fprintf(w, "\n%s, %d processors, %s, %s\n\n", engine, runtime.NumCPU(), runtime.Version(), time.Now().UTC().Format("2006-01-02 15:04"))
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "corpus\twhat\tratio\tat most\tgrowth\tCPU µs\tbare µs\tbytes\treq/s\tp50 ms\tp99 ms\tRSS MB\tother load")
	small := map[string]result{}
	for _, r := range all {
		if r.corpus == "small" {
			small[r.name] = r
		}
		t.Write([]byte(r.row(small[r.name])))
	}
	t.Flush()
}

func (r result) row(small result) string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/1e6) }
	us := func(d time.Duration) string { return fmt.Sprintf("%.0f", float64(d)/1e3) }
	mb := func(n int64) string { return fmt.Sprintf("%.0f", float64(n)/(1<<20)) }
	if r.real.requests == 0 {
		value := mb(r.bytes) + " MB"
		if r.took != 0 {
			value = ms(r.took) + " ms"
		} else if r.bytes < 1<<20 {
			value = fmt.Sprintf("%.1f kB", float64(r.bytes)/1000)
		}
		return fmt.Sprintf("%s\t%s\t%s\t\t\t\t\t\t\t\t\t\t\n", r.corpus, r.name, value)
	}
	limit, growth, note := "", "", ""
	if r.limit != 0 {
		limit = fmt.Sprintf("%.3g", r.limit)
	}
	if small.real.requests != 0 && r.corpus != small.corpus {
		growth = fmt.Sprintf("%.2f", float64(r.real.perRequest())/float64(small.real.perRequest()))
	}
	if other := max(r.real.other, r.bare.other); other > quiet {
		note = " noisy"
	}
	return strings.Join([]string{r.corpus, r.name, fmt.Sprintf("%.1f", r.ratio()), limit, growth, us(r.real.perRequest()), us(r.bare.perRequest()),
		fmt.Sprint(r.bytes), fmt.Sprintf("%.0f", r.real.perSec), ms(r.real.p50), ms(r.real.p99), mb(r.memory),
		fmt.Sprintf("%.2f%s", max(r.real.other, r.bare.other), note)}, "\t") + "\n"
}

// writeBenchstat writes what golang.org/x/perf/cmd/benchstat reads: compare two runs with `benchstat OLD NEW`.
func writeBenchstat(file string, s settings, all []result) error {
	var b strings.Builder
	engine := "sqlite"
	if s.db != "" {
		engine = "postgres"
	}
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\nengine: %s\n", runtime.GOOS, runtime.GOARCH, engine)
	for _, r := range all {
		name := "Benchmark" + strings.ReplaceAll(strings.Title(r.name), " ", "") + "/" + r.corpus //nolint:staticcheck // ASCII names of ours
		switch {
		case r.real.requests != 0:
			fmt.Fprintf(&b, "%s %d %.0f cpu-ns/op %.2f ratio %.0f p50-ns %.0f p99-ns %.0f req/s %d RSS-bytes\n", name, r.real.requests,
				float64(r.real.perRequest()), r.ratio(), float64(r.real.p50), float64(r.real.p99), r.real.perSec, r.memory)
		case r.took != 0:
			fmt.Fprintf(&b, "%s 1 %d ns/op\n", name, r.took)
		default:
			fmt.Fprintf(&b, "%s 1 %d bytes\n", name, r.bytes)
		}
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}
