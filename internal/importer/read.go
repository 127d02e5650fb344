package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// Bounds of what is read.
const (
	maxLine   = 1 << 20 // bytes of a line
	bufferFor = 64 << 10
)

// source gives the lines of a file, plain or compressed with gzip, and never holds more than one line of maxLine.
type source struct {
	raw  *counter
	in   *bufio.Reader
	line []byte
	n    int64 // lines so far
}

// counter counts what is read of the file itself, compressed or not.
type counter struct {
	from io.Reader
	n    atomic.Int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func open(from io.Reader) (*source, error) {
	raw := &counter{from: from}
	in := bufio.NewReaderSize(raw, bufferFor)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		packed, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("the file begins like gzip and cannot be unpacked: %w", err)
		}
		in = bufio.NewReaderSize(packed, bufferFor)
	}
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
	}
	return &source{raw: raw, in: in}, nil
}

// read is how many bytes of the file were read.
func (s *source) read() int64 { return s.raw.n.Load() }

// next gives the next line without its end, and its number from 1. tooLong lines are passed over without being kept. The bytes are
// the caller's. io.EOF ends the file; a last line without a line break counts.
func (s *source) next() (line []byte, number int64, tooLong bool, err error) {
	s.line = s.line[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		if len(s.line)+len(part) > maxLine+2 {
			tooLong, s.line = true, s.line[:0]
		}
		if !tooLong {
			s.line = append(s.line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(s.line) > 0 || tooLong), err == nil:
			s.n++
			cut := bytes.TrimRight(s.line, "\r\n")
			return bytes.Clone(cut), s.n, tooLong || len(cut) > maxLine, nil
		case errors.Is(err, io.EOF):
			return nil, s.n, false, io.EOF
		}
		return nil, s.n, false, fmt.Errorf("read line %d: %w", s.n+1, err)
	}
}
