// Command bench measures what a page costs: the processor time of the real server for one request, divided by that of a bare net/http
// handler that writes the same bytes. Both are separate processes on loopback, driven by the same load (vegeta, closed loop: the next
// request leaves when the answer is there), and their processor time is read from the kernel.
//
// `make bench` runs it. Flags say what is measured:
//
//	bench [-sizes small,large] [-db ADDRESS] [-only REGEXP] [-seconds N] [-data DIR] [-out FILE] [-md FILE]
//
// A corpus is made once for each size and kept in the data folder: the same seed gives the same site. The result is a table, and a file
// in the form that benchstat reads, so that two runs can be compared.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"time"
)

// settings is what the flags say.
type settings struct {
	sizes   []string
	db      string
	only    *regexp.Regexp
	seconds int
	data    string
	out     string
	program string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == bareCommand {
		if err := serveBare(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "bare:", err)
			os.Exit(1)
		}
		return
	}
	s, err := flags()
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		err = run(ctx, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func flags() (settings, error) {
	var s settings
	sizes := flag.String("sizes", "small,large", "which corpora: small (20,000 comments), large (1,000,000)")
	flag.StringVar(&s.db, "db", "", "measure on PostgreSQL: the address of a server whose databases may be made and thrown away (default: SQLite)")
	only := flag.String("only", "", "measure what matches this expression only")
	flag.IntVar(&s.seconds, "seconds", 5, "how long each load lasts")
	flag.StringVar(&s.data, "data", "bench-data", "folder in which corpora are kept")
	flag.StringVar(&s.out, "out", "", "also write the figures to this file, for benchstat")
	flag.StringVar(&s.program, "program", "./dayroom", "the program to measure")
	flag.Parse()
	s.sizes = strings.Split(*sizes, ",")
	for _, name := range s.sizes {
		if _, ok := corpora[name]; !ok {
			return s, fmt.Errorf("there is no corpus %q: small or large", name)
		}
	}
	if s.seconds < 1 || s.seconds > 120 {
		return s, fmt.Errorf("-seconds is %d, and should be 1 to 120", s.seconds)
	}
	var err error
	s.only, err = regexp.Compile(*only)
	return s, err
}

// run measures every size and prints the table.
func run(ctx context.Context, s settings) error {
	var all []result
	for _, size := range s.sizes {
		results, err := measure(ctx, s, corpora[size])
		all = append(all, results...)
		if err != nil {
			return err
		}
	}
	table(os.Stdout, s, all)
	if s.out == "" {
		return nil
	}
	return writeBenchstat(s.out, s, all)
}

// measure makes a site where none is kept yet and runs every case on it.
func measure(ctx context.Context, s settings, c corpus) (out []result, err error) {
	site, err := prepare(ctx, s, c)
	if err != nil {
		return nil, fmt.Errorf("corpus %s: %w", c.Name, err)
	}
	srv, err := start(ctx, s.program, site)
	if err != nil {
		return nil, err
	}
	defer func() { srv.stop() }()
	if s.only.MatchString("start") {
		if srv, out, err = measureStart(ctx, s, site, srv); err != nil {
			return out, err
		}
	}
	for _, k := range cases {
		if !s.only.MatchString(k.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s %s…\n", c.Name, k.name)
		r, err := k.measure(ctx, s, site, srv)
		if err != nil {
			return out, fmt.Errorf("%s: %w", k.name, err)
		}
		out = append(out, r)
	}
	if s.only.MatchString("memory after") {
		out = append(out, result{corpus: c.Name, name: "memory after the rows above", bytes: srv.memory()})
	}
	if s.only.MatchString("stream") {
		srv.stop() // streams have a process of their own
		streams, err := measureStreams(ctx, s, site)
		return append(out, streams...), err
	}
	return out, nil
}

// settle is how long a server is left alone before it is asked for anything that is counted.
const settle = 500 * time.Millisecond
