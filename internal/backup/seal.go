package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
)

// sealComment begins the archive's comment, which ends the file; the digest follows it.
const (
	sealComment = "Dayroom backup. SHA-256 of every byte before this digest: "
	digestSize  = 2 * sha256.Size
)

// emptySeal is the comment before the digest is known.
var emptySeal = sealComment + strings.Repeat("0", digestSize)

// sealer passes on all that is written but the last 64 bytes, which it replaces by the digest of the others. So the digest can
// stand inside of the archive's last field although it covers the rest of it, and the file can be written to a pipe.
type sealer struct {
	to   io.Writer
	hash hash.Hash
	tail []byte
	n    int64
}

func newSealer(to io.Writer) *sealer { return &sealer{to: to, hash: sha256.New()} }

// Write implements io.Writer.
func (s *sealer) Write(p []byte) (int, error) {
	s.tail = append(s.tail, p...)
	if ready := len(s.tail) - digestSize; ready > 0 {
		if err := s.put(s.tail[:ready]); err != nil {
			return 0, err
		}
		s.hash.Write(s.tail[:ready])
		s.tail = append(s.tail[:0], s.tail[ready:]...)
	}
	return len(p), nil
}

func (s *sealer) put(p []byte) error {
	n, err := s.to.Write(p)
	s.n += int64(n)
	return err
}

// finish writes the digest.
func (s *sealer) finish() error {
	return s.put([]byte(hex.EncodeToString(s.hash.Sum(nil))))
}

// checkSeal reads a whole file and compares its digest.
func checkSeal(f io.ReaderAt, size int64, progress func(done int64)) error {
	end := make([]byte, len(emptySeal))
	if size < int64(len(end)) {
		return errNotMade
	}
	if _, err := f.ReadAt(end, size-int64(len(end))); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	digest, sealed := strings.CutPrefix(string(end), sealComment)
	if !sealed {
		return errNotMade
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sum, &counter{tell: progress}), io.NewSectionReader(f, 0, size-digestSize)); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return fmt.Errorf("the backup was changed or damaged after it was written: its SHA-256 is not the one at its end. Nothing was restored; use another copy")
	}
	return nil
}

// counter tells how much went through.
type counter struct {
	n    int64
	tell func(int64)
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	if c.tell != nil {
		c.tell(c.n)
	}
	return len(p), nil
}
