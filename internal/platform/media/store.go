package media

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"regexp"
	"strings"
	"sync"

	"dayroom/internal/core"
)

// Store keeps files under names that NewName made. A name tells nothing and cannot be guessed, and yet is no permission.
type Store interface {
	// Put keeps data under name; when it returns, a power cut does not lose it. The same name again replaces it whole.
	Put(ctx context.Context, name string, data []byte) error
	// Open reads a file; NotFound when it is not there. The caller closes it.
	Open(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Delete removes files at once and for good. One that is not there is no error.
	Delete(ctx context.Context, names ...string) error
}

// Shelf is a Store that is closed at the end.
type Shelf interface {
	Store
	Close() error
}

// OpenShelf opens what images lie in: a folder, or a bucket where the address is one.
func OpenShelf(ctx context.Context, o BucketOptions) (Shelf, error) {
	if IsBucket(o.Address) {
		return OpenBucket(ctx, o)
	}
	return OpenFolder(o.Address)
}

var namePattern = regexp.MustCompile(`^[0-9a-f]{32}\.(?:jpg|png)$`)

// NewName makes a name of 128 random bits for a picture of a MIME type.
func NewName(mime string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	if mime == "image/png" {
		return hex.EncodeToString(b[:]) + ".png"
	}
	return hex.EncodeToString(b[:]) + ".jpg"
}

// MIMEOf gives the MIME type that a name stands for; it is empty for what is no name of ours.
func MIMEOf(name string) string {
	switch {
	case !namePattern.MatchString(name):
		return ""
	case strings.HasSuffix(name, ".png"):
		return "image/png"
	}
	return "image/jpeg"
}

// Folder is a Store in a directory: ab/cd/abcd….jpg, so that no directory grows beyond what file systems like. Files are for
// the owner only. It never follows a link out of the directory. Safe for concurrent use.
type Folder struct {
	root   *os.Root
	making sync.Mutex // a directory that is there is also written down
}

var _ Store = (*Folder)(nil)

// OpenFolder opens a directory for files, and makes it when it is not there.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &Folder{root: root}, nil
}

// Close lets go of the directory.
func (f *Folder) Close() error { return f.root.Close() }

const partial = ".part" // the end of a file's name while it is written

// Put implements Store. The file appears whole or not at all.
func (f *Folder) Put(_ context.Context, name string, data []byte) (err error) {
	defer core.Wrap(&err, "media.Put(%s)", name)
	dir, err := dirOf(name)
	if err != nil {
		return err
	}
	if err := f.makeDirs(dir); err != nil {
		return err
	}
	path := dir + "/" + name
	if err := f.write(path+partial, data); err != nil {
		_ = f.root.Remove(path + partial)
		return err
	}
	if err := f.root.Rename(path+partial, path); err != nil {
		return err
	}
	return f.sync(dir)
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, name string) (io.ReadSeekCloser, error) {
	dir, err := dirOf(name)
	if err != nil {
		return nil, core.Missing("file")
	}
	file, err := f.root.Open(dir + "/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, core.Missing("file")
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Delete implements Store. It goes on after an error, so that one bad file does not keep the others.
func (f *Folder) Delete(_ context.Context, names ...string) error {
	var failed []error
	for _, name := range names {
		dir, err := dirOf(name)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		gone := 0
		for _, path := range []string{dir + "/" + name, dir + "/" + name + partial} {
			switch err := f.root.Remove(path); {
			case err == nil:
				gone++
			case !errors.Is(err, fs.ErrNotExist):
				failed = append(failed, err)
			}
		}
		if gone > 0 {
			failed = append(failed, f.sync(dir))
		}
	}
	err := errors.Join(failed...)
	core.Wrap(&err, "media.Delete(%d names)", len(names))
	return err
}

// Names goes through all names in order, for a backup and for finding files that nothing refers to. A file whose writing was
// cut off is among them: Delete removes it too.
func (f *Folder) Names() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		last := ""
		_ = fs.WalkDir(f.root.FS(), ".", func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				if !yield("", err) {
					return fs.SkipAll
				}
				return nil
			}
			name := strings.TrimSuffix(d.Name(), partial)
			if d.IsDir() || name == last || !namePattern.MatchString(name) {
				return nil
			}
			last = name
			if !yield(name, nil) {
				return fs.SkipAll
			}
			return nil
		})
	}
}

// dirOf gives the directory of a name, and an error for any name that NewName cannot have made.
func dirOf(name string) (string, error) {
	if !namePattern.MatchString(name) {
		return "", core.E(core.Internal, "error.internal").Because(errors.New("no name of ours"))
	}
	return name[:2] + "/" + name[2:4], nil
}

// makeDirs makes ab/cd and makes the new entries last.
func (f *Folder) makeDirs(dir string) error {
	f.making.Lock()
	defer f.making.Unlock()
	if _, err := f.root.Stat(dir); err == nil {
		return nil
	}
	if err := f.root.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(f.sync(dir[:2]), f.sync("."))
}

func (f *Folder) write(path string, data []byte) error {
	file, err := f.root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// sync makes a directory's entries survive a power cut: writing a file down does not write down its name.
func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
