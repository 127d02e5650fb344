package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// contents is all that a key store holds.
type contents struct {
	check   []byte
	members []wrapped
	erased  []Erased
}

type wrapped struct {
	member core.ID
	key    []byte
}

// Copy writes the key store at one address to another, which may be of the other engine, while it is in use, and gives the number of
// members in it. An older copy there is replaced, so that the keys of members who were erased since do not live on in it; another
// site's key store is not, nor a newer one of this site. The keys stay wrapped: the root key is not needed.
func Copy(ctx context.Context, from, to string) (members int, err error) {
	defer core.Wrap(&err, "copy the key store")
	if same(from, to) {
		return 0, errors.New("the copy would be the key store itself: choose another place")
	}
	there, err := Exists(ctx, from)
	if err != nil {
		return 0, err
	}
	if !there {
		return 0, errors.New("there is no key store to copy")
	}
	c, err := readAll(ctx, from)
	if err != nil {
		return 0, err
	}
	if err := c.mayReplace(ctx, to); err != nil {
		return 0, err
	}
	if db.IsPostgres(to) {
		return len(c.members), c.writeTo(ctx, to)
	}
	return len(c.members), c.writeFile(ctx, to)
}

// same tells whether two addresses are one place.
func same(a, b string) bool {
	if a == b {
		return true
	}
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

func readAll(ctx context.Context, address string) (c contents, err error) {
	d, err := db.Open(ctx, address)
	if err != nil {
		return c, err
	}
	defer d.Close()
	return c, d.Snapshot(ctx, func(tx *db.Tx) error {
		if c.check, err = db.One(tx, scanBytes, "SELECT value FROM key_check WHERE name = 'root'"); err != nil {
			return err
		}
		c.members, err = db.All(tx, func(r db.Row) (w wrapped, err error) {
			err = r.Scan(&w.member, &w.key)
			return w, err
		}, "SELECT member, wrapped FROM member_key ORDER BY member")
		if err != nil {
			return err
		}
		c.erased, err = db.All(tx, scanErased, "SELECT kind, id, at FROM erasure ORDER BY at, kind, id")
		return err
	})
}

// mayReplace refuses a place that has another site's key store.
func (c contents) mayReplace(ctx context.Context, address string) error {
	there, err := Exists(ctx, address)
	if err != nil || !there {
		return err
	}
	old, err := readAll(ctx, address)
	if err != nil {
		return err
	}
	if !bytes.Equal(old.check, c.check) {
		return errors.New("in its place lies the key store of another site: choose another place")
	}
	has := map[core.ID]bool{}
	for _, w := range c.members {
		has[w.member] = true
	}
	for _, e := range c.erased {
		has[e.ID] = has[e.ID] || e.Kind == ErasedMember
	}
	for _, w := range old.members {
		if !has[w.member] {
			return errors.New("in its place lies a newer key store of this site, with keys that would be lost: are the two places mixed up?")
		}
	}
	return nil
}

func (c contents) writeTo(ctx context.Context, address string) error {
	d, err := db.Open(ctx, address)
	if err != nil {
		return err
	}
	if err := prepare(ctx, d); err != nil {
		return errors.Join(err, d.Close())
	}
	return errors.Join(d.Load(ctx, c.write), d.Close())
}

func (c contents) write(tx *db.Tx) error {
	for _, table := range []string{"key_check", "member_key", "erasure"} {
		if _, err := tx.Exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	for _, w := range c.members {
		if _, err := tx.Exec("INSERT INTO member_key (member, wrapped) VALUES ($1, $2)", w.member, w.key); err != nil {
			return err
		}
	}
	for _, e := range c.erased {
		if _, err := tx.Exec("INSERT INTO erasure (kind, id, at) VALUES ($1, $2, $3)", e.Kind, e.ID, db.Millis(e.At)); err != nil {
			return err
		}
	}
	_, err := tx.Exec("INSERT INTO key_check (name, value) VALUES ('root', $1)", c.check)
	return err
}

// writeFile puts the copy together beside its place, so that an interruption leaves the older copy.
func (c contents) writeFile(ctx context.Context, path string) error {
	part := path + ".part"
	if err := remove(part, part+"-wal", part+"-shm"); err != nil { // of a copy that was interrupted
		return err
	}
	if err := c.writeTo(ctx, part); err != nil {
		return errors.Join(err, remove(part, part+"-wal", part+"-shm"))
	}
	if info, err := os.Stat(part + "-wal"); err == nil && info.Size() > 0 {
		return fmt.Errorf("%s was not closed cleanly", part)
	}
	if err := remove(path+"-wal", path+"-shm"); err != nil { // the older copy's log would be played into the new one
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func remove(paths ...string) error {
	var errs []error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
