package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"dayroom/internal/core"
)

// Options of a Processor. The zero value is what a server uses.
type Options struct {
	Children int           // at most this many at once; 2 unless told
	Timeout  time.Duration // for waiting for a turn, and again for the child; 20 s unless told
	Command  []string      // the worker and its arguments; this executable with WorkerArg unless told
}

// Processor turns files that members send into pictures, each in a child process. Safe for concurrent use.
type Processor struct {
	turns   chan struct{}
	timeout time.Duration
	command []string
}

// NewProcessor makes a Processor. It starts nothing until the first picture.
func NewProcessor(opt Options) *Processor {
	if opt.Children <= 0 {
		opt.Children = 2
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 20 * time.Second
	}
	return &Processor{turns: make(chan struct{}, opt.Children), timeout: opt.Timeout, command: opt.Command}
}

// Process reads a JPEG, PNG or WebP of at most MaxBytes and MaxPixels and gives it in two sizes. Errors are Invalid:
// "media.too_large", "media.not_an_image" (also for one that moves), "media.too_many_pixels", "media.broken"; and Unavailable
// "media.busy" when no turn came in time.
func (p *Processor) Process(ctx context.Context, r io.Reader) (Image, error) {
	// Everything is read first: a slow line must not hold a turn.
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Image{}, core.E(core.Invalid, "media.broken").Because(err)
	}
	if len(data) > MaxBytes {
		return Image{}, core.E(core.Invalid, "media.too_large")
	}
	if _, ok := formatOf(data); !ok { // not worth a child
		return Image{}, core.E(core.Invalid, "media.not_an_image")
	}
	if err := p.take(ctx); err != nil {
		return Image{}, err
	}
	defer func() { <-p.turns }()
	return p.run(ctx, data)
}

// take waits for a turn.
func (p *Processor) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	select {
	case p.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return core.E(core.Unavailable, "media.busy").Because(ctx.Err())
	}
}

// run starts a child and reads its answer.
func (p *Processor) run(ctx context.Context, data []byte) (Image, error) {
	command := p.command
	if len(command) == 0 {
		self, err := executable()
		if err != nil {
			return Image{}, core.E(core.Internal, "error.internal").Because(err)
		}
		command = []string{self, WorkerArg}
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	out, log := &bounded{most: maxAnswer}, &bounded{most: 4 << 10, drop: true}
	child := exec.CommandContext(ctx, command[0], command[1:]...)
	child.Env = []string{"GOTRACEBACK=none"} // and nothing of ours: secrets are often there
	child.Dir = "/"
	child.Stdin, child.Stdout, child.Stderr = bytes.NewReader(data), out, log
	child.WaitDelay = time.Second
	if err := child.Start(); err != nil {
		return Image{}, core.E(core.Unavailable, "media.busy").Because(err)
	}
	err := child.Wait()
	if ctx.Err() != nil {
		return Image{}, core.E(core.Unavailable, "media.busy").Because(ctx.Err())
	}
	if err != nil {
		return Image{}, core.E(core.Invalid, "media.broken").Because(fmt.Errorf("worker: %w: %.200q", err, log.kept.Bytes()))
	}
	img, err := readAnswer(out.kept.Bytes())
	var refused *core.Error
	if err != nil && !errors.As(err, &refused) {
		return Image{}, core.E(core.Invalid, "media.broken").Because(fmt.Errorf("worker: %w", err))
	}
	return img, err
}

// bounded keeps at most so many bytes; what is more is an error, or dropped. The buffer is not embedded: its ReadFrom would
// be taken instead of Write, and has no bound.
type bounded struct {
	kept bytes.Buffer
	most int
	drop bool
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - b.kept.Len()
	if len(p) <= room {
		return b.kept.Write(p)
	}
	if !b.drop {
		return 0, errors.New("answer too long")
	}
	_, _ = b.kept.Write(p[:room])
	return len(p), nil
}
