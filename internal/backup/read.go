package backup

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"dayroom/internal/core"
)

// maxManifest bounds the only part whose length nothing else tells: a million images take half of it.
const maxManifest = 256 << 20

// archive is a backup that was found to be whole.
type archive struct {
	Manifest
	parts map[string]*zip.File
}

// Verify reads a backup from end to end and tells what it holds. An error says what is wrong with it.
func Verify(ctx context.Context, path string, opt Options) (_ Manifest, err error) {
	defer core.Wrap(&err, "check %s", path)
	f, size, err := openFile(path)
	if err != nil {
		return Manifest{}, err
	}
	defer f.Close()
	a, err := verify(f, size, opt)
	if err != nil {
		return Manifest{}, err
	}
	return a.Manifest, ctx.Err()
}

func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// verify checks the digest of the file and then every part against the manifest.
func verify(f io.ReaderAt, size int64, opt Options) (*archive, error) {
	a, err := openArchive(f, size, opt)
	if err != nil {
		return nil, err
	}
	for _, t := range a.Tables {
		rows := int64(0)
		if err := a.read(t.Part, func(r io.Reader) error {
			return lines(r, func([]byte) error { rows++; return nil })
		}); err != nil {
			return nil, err
		}
		if rows != t.Rows {
			return nil, fmt.Errorf("table %s has %d rows, and %d by the manifest", t.Name, rows, t.Rows)
		}
	}
	for _, p := range a.Media {
		if err := a.read(p, func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// openArchive checks the digest and that the archive holds what its manifest says, no less and no more.
func openArchive(f io.ReaderAt, size int64, opt Options) (*archive, error) {
	if err := checkSeal(f, size, func(n int64) { opt.tell("checking", n, Bytes) }); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, fmt.Errorf("the archive cannot be read: %w", err)
	}
	a := &archive{parts: map[string]*zip.File{}}
	for _, part := range z.File {
		if a.parts[part.Name] != nil {
			return nil, fmt.Errorf("the archive has two parts called %q", part.Name)
		}
		a.parts[part.Name] = part
	}
	raw, err := a.readManifest()
	if err != nil {
		return nil, err
	}
	if a.Manifest, err = readManifest(raw); err != nil {
		return nil, err
	}
	wanted := len(a.Tables) + len(a.Media) + 1
	if len(a.parts) != wanted {
		return nil, fmt.Errorf("the archive has %d parts, and %d by its manifest", len(a.parts), wanted)
	}
	return a, nil
}

func (a *archive) readManifest() ([]byte, error) {
	part := a.parts[manifestName]
	if part == nil {
		return nil, errNotMade
	}
	r, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err == nil && len(raw) > maxManifest {
		err = fmt.Errorf("the manifest is longer than %d bytes", maxManifest)
	}
	return raw, err
}

// read gives a part's content to use and then makes sure that it was what the manifest says. However small a part is packed, no
// more than its stated length is unpacked. What use did has to be undone when read fails.
func (a *archive) read(p Part, use func(io.Reader) error) error {
	part := a.parts[p.File]
	if part == nil {
		return fmt.Errorf("the part %s is missing", p.File)
	}
	r, err := part.Open()
	if err != nil {
		return fmt.Errorf("part %s: %w", p.File, err)
	}
	defer r.Close()
	sum := sha256.New()
	limited := &io.LimitedReader{R: r, N: p.Bytes + 1}
	tee := io.TeeReader(limited, sum)
	if err := use(tee); err != nil {
		return fmt.Errorf("part %s: %w", p.File, err)
	}
	if _, err := io.Copy(io.Discard, tee); err != nil {
		return fmt.Errorf("part %s: %w", p.File, err)
	}
	if limited.N != 1 || hex.EncodeToString(sum.Sum(nil)) != p.SHA256 {
		return fmt.Errorf("the part %s is not what the manifest says", p.File)
	}
	return nil
}

// lines gives each line without its end to use, which must not keep it.
func lines(r io.Reader, use func([]byte) error) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), maxRow)
	for in.Scan() {
		if line := bytes.TrimSpace(in.Bytes()); len(line) > 0 {
			if err := use(line); err != nil {
				return err
			}
		}
	}
	return in.Err()
}
