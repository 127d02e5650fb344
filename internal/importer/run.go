package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/policy"
	"dayroom/internal/space"
	"dayroom/internal/thread"
)

// Bounds of the pipeline. A transaction of 200 posts holds the writer for about 20 ms; a chunk is what one goroutine
// renders in about 5 ms.
const (
	batchThreads = 100
	batchPosts   = 200
	batchBytes   = 2 << 20
	chunkLines   = 32
	chunkBytes   = 256 << 10
)

// run is one import.
type run struct {
	*Service
	in    Input
	space space.Space
	parse func(line []byte, now time.Time) (record, error)
	sum   Summary

	seen     map[key]int64      // identities of this file, and the line that had each first
	authors  map[key]author     // those that are durable
	speakers map[string]core.ID // organisations that are durable, by short name
}

// chunk is some lines on their way from the reader to the writer.
type chunk struct {
	lines []numbered
	ready chan prepared
}

type prepared struct {
	lines []ready
	err   error
}

type numbered struct {
	n       int64
	text    []byte
	tooLong bool
}

// ready is a line that was parsed and rendered, or the reason why it cannot be used.
type ready struct {
	line   int64
	key    key
	rec    record
	plant  *thread.Planted
	known  bool // an earlier run imported it
	reason string
}

// run reads, renders and writes until the end of the file.
func (r *run) run(ctx context.Context, src *source) error {
	todo := make(chan chunk, workers())
	order := make(chan chunk, 4*workers()) // bounds how far reading runs ahead of writing
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var readErr error
	wg.Go(func() {
		defer close(todo)
		defer close(order)
		readErr = chunks(src, func(c chunk) bool {
			for _, to := range []chan chunk{todo, order} {
				select {
				case to <- c:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
	})
	now := r.clock.Now()
	for range workers() {
		wg.Go(func() {
			for c := range todo {
				lines, err := r.prepareLines(ctx, c.lines, now)
				c.ready <- prepared{lines, err}
			}
		})
	}
	if err := r.write(ctx, src, order); err != nil {
		return err
	}
	return readErr // order is closed after it was set
}

// chunks gives the lines of a file to put, until that says no.
func chunks(src *source, put func(chunk) bool) error {
	c, size := chunk{ready: make(chan prepared, 1)}, 0
	for {
		line, n, tooLong, err := src.next()
		if err == nil {
			c.lines, size = append(c.lines, numbered{n, line, tooLong}), size+len(line)
		}
		if len(c.lines) > 0 && (err != nil || len(c.lines) == chunkLines || size >= chunkBytes) {
			if !put(c) {
				return nil
			}
			c, size = chunk{ready: make(chan prepared, 1)}, 0
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// prepareLines parses lines and renders those that are not known yet, which lets an import that goes on pass quickly over what it
// has done. Whether a line is known is asked once more when it is written.
func (r *run) prepareLines(ctx context.Context, lines []numbered, now time.Time) ([]ready, error) {
	out := r.parseLines(lines, now)
	var keys []key
	for _, l := range out {
		if l.reason == "" {
			keys = append(keys, l.key)
		}
	}
	err := r.db.View(ctx, func(tx *db.Tx) error {
		known, err := r.references(tx, keys)
		for i := range out {
			_, out[i].known = known[out[i].key]
		}
		return err
	})
	if err == nil {
		r.render(out)
	}
	return out, err
}

// parseLines reads lines; empty ones are left out.
func (r *run) parseLines(lines []numbered, now time.Time) []ready {
	out := make([]ready, 0, len(lines))
	for _, l := range lines {
		done := ready{line: l.n}
		var err error
		switch {
		case l.tooLong:
			done.reason = fmt.Sprintf("the line is longer than %d bytes", maxLine)
		case len(l.text) == 0:
			continue
		default:
			if done.rec, err = r.parse(l.text, now); err != nil {
				done.reason = reason(err)
			}
		}
		done.key = r.key("thread", done.rec.External)
		out = append(out, done)
	}
	return out
}

// render renders the texts of lines that are to be written. It touches nothing that is shared.
func (r *run) render(lines []ready) {
	for i := range lines {
		l := &lines[i]
		if l.reason != "" || l.known {
			continue
		}
		var err error
		if l.plant, err = r.planted(l.rec); err != nil {
			l.reason = reason(err)
		}
	}
}

// planted makes the thread of a record, rendered, without ids of authors.
func (r *run) planted(rec record) (*thread.Planted, error) {
	p := &thread.Planted{Unindexed: true, Thread: thread.Thread{
		Space: r.space.ID, Kind: rec.Kind, Title: rec.Title, Body: rec.Body, Tags: rec.Tags, Warning: rec.Warning, CreatedAt: rec.Time,
	}}
	if rec.Kind == policy.Announcement {
		if r.space.Kind != policy.Channel {
			return nil, errors.New("an announcement is possible in a channel only")
		}
		p.Thread.Organisation = r.space.Organisation
	}
	for _, c := range rec.Comments {
		p.Comments = append(p.Comments, thread.PlantedComment{Comment: thread.Comment{Body: c.Body, CreatedAt: c.Time}, ReplyTo: c.ReplyTo})
	}
	return p, p.Render()
}

// reason puts an error into words for the operator.
func reason(err error) string {
	var e *core.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	p := i18n.For("en")
	for field, key := range e.Fields {
		return field + ": " + p.T(key, e.Args...)
	}
	return p.T(e.Key, e.Args...)
}

// write takes chunks in the order of the file and writes them in batches.
func (r *run) write(ctx context.Context, src *source, order <-chan chunk) error {
	var b batch
	for c := range order {
		var done prepared
		select {
		case done = <-c.ready:
		case <-ctx.Done():
			return ctx.Err()
		}
		if done.err != nil {
			return done.err
		}
		for _, l := range done.lines {
			r.sum.Lines++
			r.take(&b, l)
			if b.full() {
				if err := r.flush(ctx, &b, src); err != nil {
					return err
				}
			}
		}
		r.tell(src)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.flush(ctx, &b, src)
}

// take puts a line into the batch, or counts or reports it.
func (r *run) take(b *batch, l ready) {
	if l.reason == "" {
		if first, twice := r.seen[l.key]; twice {
			l.reason = fmt.Sprintf("external %q is line %d's already", shorten(l.rec.External), first)
		}
	}
	switch {
	case l.reason != "":
		r.reject(l.line, l.reason)
	case l.known:
		r.sum.Known++
	default:
		b.add(l)
	}
	if l.reason == "" {
		r.seen[l.key] = l.line
	}
}

func (r *run) reject(line int64, why string) {
	r.sum.Rejected++
	if r.in.Rejected != nil {
		r.in.Rejected(Rejection{line, why})
	}
}

// flush writes a batch, tells of it, and leaves the database to others for a moment.
func (r *run) flush(ctx context.Context, b *batch, src *source) error {
	if len(b.items) > 0 {
		first, last := b.items[0].line, b.items[len(b.items)-1].line
		var done outcome
		err := r.db.Update(ctx, func(tx *db.Tx) (err error) {
			done, err = r.store(tx, b)
			return err
		})
		if err != nil {
			return fmt.Errorf("lines %d to %d: %w", first, last, err)
		}
		r.settle(done)
	}
	*b = batch{}
	r.tell(src)
	return pause(ctx, Pause)
}

func (r *run) tell(src *source) {
	r.sum.Done = src.read()
	if r.in.Progress != nil {
		r.in.Progress(r.sum)
	}
}

// settle takes over what a transaction did, now that it is durable.
func (r *run) settle(done outcome) {
	r.sum.Threads += done.threads
	r.sum.Comments += done.comments
	r.sum.Known += done.known
	r.sum.Authors += done.made
	for k, a := range done.authors {
		r.authors[k] = a
	}
	for name, id := range done.speakers {
		r.speakers[name] = id
	}
	for _, rejected := range done.rejected {
		r.reject(rejected.Line, rejected.Reason)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// batch is what one transaction writes.
type batch struct {
	items []ready
	posts int
	bytes int
}

func (b *batch) add(l ready) {
	b.items = append(b.items, l)
	b.posts += 1 + len(l.plant.Comments)
	b.bytes += len(l.plant.Thread.HTML)
	for _, c := range l.plant.Comments {
		b.bytes += len(c.HTML)
	}
}

func (b *batch) full() bool {
	return len(b.items) >= batchThreads || b.posts >= batchPosts || b.bytes >= batchBytes
}
