package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/importer"
	"dayroom/internal/platform/db"
)

type importCmd struct {
	File   string `arg:"" help:"File of JSON Lines, plain or gzip; - reads standard input."`
	Space  string `required:"" placeholder:"SLUG" help:"The space to import into: the last part of its address."`
	Format string `enum:"jsonl,medquad" default:"jsonl" help:"Form of the file: jsonl or medquad (${default})."`
	Source string `placeholder:"NAME" help:"Names where the file's identities come from (the space's slug)."`
	JSON   bool   `name:"json" help:"Write the summary, with all rejected lines, as JSON."`
}

// Help is shown by dayroom import --help.
func (importCmd) Help() string {
	return `Each line of the file is a thread:

  {"external": "t-1", "author": {"name": "Marta"}, "time": "2024-05-01T18:30:00Z",
   "title": "Cleaning the spacer?", "body": "Mine smells after a week.",
   "comments": [{"author": {"name": "Tom"}, "time": "2024-05-01T19:02:00Z", "body": "Soap."}]}

(on one line; docs/IMPORT.md has every field). Lines that cannot be used are reported with their number and the reason, and the
rest goes on. Running the same file again changes nothing, so after an interruption, or after mending the lines that were
rejected, run the same command again. The site can be used meanwhile.

The exit status is 0 when every line is in, 2 when lines were rejected, and 1 when the import could not be done.`
}

// errRejected ends an import some of whose lines could not be used: a script has to notice.
var errRejected = errors.New("some lines were rejected. Mend them and run the same command again: what is in is not brought in twice")

// Run imports.
func (cmd importCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if err := wantSite(cfg); err != nil {
		return err
	}
	from, size, err := openInput(cmd.File)
	if err != nil {
		return err
	}
	defer from.Close()
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	ctx, stop := keepLease(ctx, a)
	defer stop()
	bar, begun, rejected := newProgress(), time.Now(), []importer.Rejection{}
	sum, err := importer.New(a.DB, a.Lease.IDs, a.Clock, a.Account).Import(ctx, core.SystemActor, importer.Input{
		Space: cmd.Space, Source: cmd.Source, Format: importer.Format(cmd.Format), From: from, Size: size,
		Progress: func(s importer.Summary) { bar.show(s.Done, s.Size, importWords(s, time.Since(begun))) },
		Rejected: func(r importer.Rejection) {
			if cmd.JSON {
				rejected = append(rejected, r)
			} else {
				bar.note(fmt.Sprintf("line %d: %s", r.Line, r.Reason))
			}
		},
	})
	bar.end()
	if errors.Is(err, context.Canceled) {
		err = errors.New("the import was stopped. What is in, stays; run the same command again to go on")
	}
	var wrong *core.Error
	if errors.As(err, &wrong) && wrong.Fields["space"] == "import.space.missing" {
		return fmt.Errorf("there is no space %q here. A space's name for this is the last part of its address, as in /s/%s; an admin makes one at /spaces/new", cmd.Space, cmd.Space)
	}
	if err == nil && sum.Rejected > 0 {
		err = errRejected
	}
	if cmd.JSON {
		return errors.Join(err, writeJSON(struct {
			importer.Summary
			Lines []importer.Rejection `json:"rejected_lines"`
		}{sum, rejected}))
	}
	fmt.Println(importWords(sum, time.Since(begun)) + ".")
	return err
}

func importWords(s importer.Summary, spent time.Duration) string {
	words := of(s.Threads, "thread", "threads") + " and " + of(s.Comments, "comment", "comments")
	if s.Known > 0 {
		words += ", " + count(s.Known) + " here already"
	}
	if s.Rejected > 0 {
		words += ", " + of(s.Rejected, "line", "lines") + " rejected"
	}
	if seconds := spent.Seconds(); s.Threads > 0 && seconds > 0.5 {
		words += fmt.Sprintf(", %s threads and comments a second", count(int64(float64(s.Threads+s.Comments)/seconds)))
	}
	return words
}

// openInput opens a file or standard input; the size of the latter is 0, not known.
func openInput(path string) (io.ReadCloser, int64, error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), 0, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("read the file to import: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder; give a file", path)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	if !info.Mode().IsRegular() {
		return f, 0, nil
	}
	return f, info.Size(), nil
}

// keepLease renews the process number as long as a tool writes, as a server does. Losing it ends the context: another process
// could make the same ids.
func keepLease(ctx context.Context, a *app.App) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(db.LeaseRenewal)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := a.Lease.Renew(ctx); core.CodeOf(err) == core.Conflict {
					cancel(err)
				}
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-done
	}
}
