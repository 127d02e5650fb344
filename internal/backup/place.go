package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dayroom/internal/platform/media"
)

// stagedMedia is a folder of images beside its place.
type stagedMedia struct {
	to, staged string
	folder     *media.Folder
	placed     bool
}

// shelf takes images.
type shelf interface {
	Put(ctx context.Context, name string, data []byte) error
	Delete(ctx context.Context, names ...string) error
}

// placed are images that are on their way into a site. place and unmark put them there; drop takes everything away.
type placed interface {
	shelf() shelf
	place() error
	unmark() error
	drop() error
}

// stage prepares the place that the images are for.
func (t Target) stage(ctx context.Context) (placed, error) {
	if t.Bucket != nil {
		return stageBucket(ctx, t.Bucket)
	}
	return stageMedia(t.Media)
}

// stageMedia makes a folder beside the one that the images are for, which has to be empty or not there.
func stageMedia(to string) (*stagedMedia, error) {
	if err := dropMarked(to); err != nil {
		return nil, err
	}
	there, err := os.ReadDir(to)
	switch {
	case err == nil && len(there) > 0:
		return nil, fmt.Errorf("the folder for images, %s, is not empty, and a restore never writes over images. Move it away", to)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	m := &stagedMedia{to: to, staged: filepath.Clean(to) + stageSuffix}
	if err := os.RemoveAll(m.staged); err != nil { // of a restore that was killed
		return nil, err
	}
	if m.folder, err = media.OpenFolder(m.staged); err != nil {
		return nil, err
	}
	return m, os.WriteFile(filepath.Join(m.staged, folderMark), []byte("A restore is putting these images here.\n"), 0o600)
}

// folderMark is a file in a folder that a restore made and did not finish.
const folderMark = ".restoring"

// dropMarked takes away the folder of a restore that was killed between putting the images and the database in their places.
func dropMarked(folder string) error {
	_, err := os.Stat(filepath.Join(folder, folderMark))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(folder)
}

func (m *stagedMedia) shelf() shelf { return m.folder }

// place puts the folder where it belongs, marked. The mark is taken away as the last thing before the site can be served.
func (m *stagedMedia) place() error {
	if err := m.folder.Close(); err != nil {
		return err
	}
	if err := os.Remove(m.to); err != nil && !errors.Is(err, fs.ErrNotExist) { // fails unless it is empty
		return err
	}
	if err := os.Rename(m.staged, m.to); err != nil {
		return err
	}
	m.placed = true
	return syncFolder(filepath.Dir(m.to))
}

func (m *stagedMedia) unmark() error { return os.Remove(filepath.Join(m.to, folderMark)) }

// drop takes everything away, for a restore that failed.
func (m *stagedMedia) drop() error {
	err := errors.Join(m.folder.Close(), os.RemoveAll(m.staged))
	if m.placed {
		err = errors.Join(err, os.RemoveAll(m.to))
	}
	return err
}

// images puts the images into the staged folder, which takes names of its own form only.
func (r *restore) images() error {
	for i, p := range r.from.Media {
		var data []byte
		err := r.from.read(p, func(part io.Reader) (err error) {
			data, err = io.ReadAll(part)
			return err
		})
		if err == nil {
			err = r.media.shelf().Put(r.ctx, mediaPart.FindStringSubmatch(p.File)[1], data)
		}
		if err != nil {
			return err
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		r.report.Images++
		r.tell("images", int64(i+1), Images)
	}
	return nil
}

// removeImages deletes files that the ledger took out.
func (r *restore) removeImages(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	return r.media.shelf().Delete(ctx, names...)
}

// besides are the files that SQLite keeps beside a database.
var besides = []string{"-wal", "-shm", "-journal"}

func removeSQLite(path string) error {
	var errs []error
	for _, suffix := range append([]string{""}, besides...) {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// placeSQLite gives a closed database its name. A log that another database left there would be played into it, so it goes first.
func placeSQLite(from, to string) error {
	if info, err := os.Stat(from + "-wal"); err == nil && info.Size() > 0 {
		return fmt.Errorf("%s was not closed cleanly", from)
	}
	if err := removeSQLite(to); err != nil { // an empty file; stageFile has looked
		return err
	}
	f, err := os.OpenFile(from, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}
