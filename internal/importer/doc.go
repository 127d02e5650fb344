// Package importer brings conversations from elsewhere into a space: threads with their comments, from a file of JSON Lines.
//
// A file is read as a stream, so its length does not matter. Lines are parsed and their texts rendered by several goroutines;
// what is ready is written in the order of the file, in small transactions, so that pages keep being answered in between. What
// each line made is noted in import_ref within the same transaction: running a file again changes nothing, and an import that was
// interrupted goes on where it stopped. A line that cannot be used is reported with its number and a reason, and the rest goes on;
// a line is imported whole or not at all.
//
// Authors of imported posts are placeholders: members who cannot sign in and count in no statistic. The identities that a file
// gives to threads and authors are kept as hashes only, because they are often mail addresses or names.
package importer

import (
	"context"
	"errors"
	"io"
	"runtime"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/space"
)

// Format is the form of a file.
type Format string

// The formats. JSONLines is described in docs/IMPORT.md; MedQuAD is a public collection of answered questions.
const (
	JSONLines Format = "jsonl"
	MedQuAD   Format = "medquad"
)

// Input is what to import, and where to.
type Input struct {
	Space  string // the slug of the space
	Source string // names where the file's identities come from; empty: the space's slug
	Format Format // empty: JSONLines
	From   io.Reader
	Size   int64 // of what From gives, in bytes; 0: not known

	// Progress is told what was done so far, many times a second; Rejected of each line that cannot be used. Both may be nil.
	Progress func(Summary)
	Rejected func(Rejection)
}

// Summary counts what an import has done so far.
type Summary struct {
	Done     int64 `json:"bytes"`    // of From that are read
	Size     int64 `json:"of_bytes"` // Input.Size
	Lines    int64 `json:"lines"`
	Threads  int64 `json:"threads"`
	Comments int64 `json:"comments"`
	Known    int64 `json:"known"` // lines that an earlier run imported
	Rejected int64 `json:"rejected"`
	Authors  int64 `json:"authors"` // made
}

// Rejection is a line that was left out, counted from 1, and why.
type Rejection struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
}

// Service imports. Safe for concurrent use.
type Service struct {
	db      *db.DB
	ids     *core.IDMaker
	clock   core.Clock
	account *account.Service
}

// New makes the service.
func New(d *db.DB, ids *core.IDMaker, clock core.Clock, a *account.Service) *Service {
	return &Service{db: d, ids: ids, clock: clock, account: a}
}

// Import reads a file to its end. Lines that cannot be used are no error; an error means that it stopped before the end, and that
// the same call goes on from there. Only admins and the server itself may import.
func (s *Service) Import(ctx context.Context, actor core.Actor, in Input) (sum Summary, err error) {
	defer core.Wrap(&err, "importer.Import(%s)", in.Space)
	if err := policy.ManageSite(actor).Err(); err != nil {
		return sum, err
	}
	r, err := s.prepare(ctx, actor, in)
	if err != nil {
		return sum, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	src, err := open(in.From)
	if err != nil {
		return sum, err
	}
	err = r.run(ctx, src)
	r.sum.Done = src.read()
	// What was brought in is found a little later: a server makes the rest of the index beside its other work.
	return r.sum, errors.Join(err, s.db.Update(context.WithoutCancel(ctx), func(tx *db.Tx) error { return search.AddFill(tx, s.ids, s.clock.Now()) }))
}

// prepare finds the space and chooses the format.
func (s *Service) prepare(ctx context.Context, actor core.Actor, in Input) (*run, error) {
	f := core.Fields{}
	f.Check(in.Format == "" || in.Format == JSONLines || in.Format == MedQuAD, "format", "import.format")
	f.Check(len(in.Source) <= maxSource, "source", "import.source")
	if err := f.Err(); err != nil {
		return nil, err
	}
	var sp space.Space
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		sp, _, err = space.LoadBySlug(tx, s.clock.Now(), actor, in.Space)
		return err
	})
	switch {
	case core.IsNotFound(err):
		return nil, core.Field("space", "import.space.missing").Because(err)
	case err != nil:
		return nil, err
	case !sp.ArchivedAt.IsZero():
		return nil, core.Field("space", "import.space.archived")
	}
	if in.Source == "" {
		in.Source = sp.Slug
	}
	r := &run{Service: s, in: in, space: sp, seen: map[key]int64{}, authors: map[key]author{}, speakers: map[string]core.ID{}}
	r.sum.Size = in.Size
	r.parse = parseLine
	if in.Format == MedQuAD {
		r.parse = parseMedQuAD
	}
	return r, nil
}

// workers is how many goroutines render beside the one that writes: half of the processors, the others are for pages.
func workers() int { return max(1, runtime.GOMAXPROCS(0)/2) }

// Pause is how long an import leaves the database to others after each transaction: without it, another process would wait for
// its turn until the end.
const Pause = 4 * time.Millisecond

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "import_ref", Export: "none", Keep: "always, so that what was deleted does not come back with the next import; hashes and ids only"},
}
