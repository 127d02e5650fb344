package thread

import (
	"context"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/keys"
	"dayroom/internal/platform/markup"
	"dayroom/internal/platform/media"
	"dayroom/internal/policy"
)

const (
	maxAlt    = 300
	maxLoose  = 24             // images uploaded and not posted, of one member
	looseTime = 24 * time.Hour // how long such an image stays
)

// Image is an image as its row describes it.
type Image struct {
	ID     core.ID
	Owner  core.ID
	Post   core.ID // zero: uploaded and not posted
	Name   string  // of the file
	Thumb  string
	Type   string // MIME
	Width  int
	Height int
	Alt    string
	Public bool // its post is there for everybody; told by SeeImage
}

// Path is the address at which the image is seen, by whoever may read its post.
func (i Image) Path() string { return "/media/" + i.ID.String() + "/" + i.Name }

const imageColumns = "m.id, m.owner, m.post, m.name, m.thumb, m.type, m.width, m.height, m.alt"

func scanImage(r db.Row) (i Image, err error) {
	err = r.Scan(&i.ID, &i.Owner, &i.Post, &i.Name, &i.Thumb, &i.Type, &i.Width, &i.Height, &i.Alt)
	return i, err
}

// AddImage stores an image that was re-encoded by package media. Until a post shows it, only its owner sees it.
func (s *Service) AddImage(ctx context.Context, a core.Actor, pic media.Image, alt string) (img Image, err error) {
	defer core.Wrap(&err, "thread.AddImage")
	if !a.MayWrite() || a.Member == 0 {
		return img, core.E(core.Unauthenticated, policy.SignInFirst)
	}
	alt = markup.Line(alt)
	if !within(alt, 1, maxAlt) {
		return img, core.Field("alt", "thread.media.alt")
	}
	img = Image{ID: s.ids.Next(), Owner: a.Member, Name: media.NewName(pic.Full.MIME), Thumb: media.NewName(pic.Thumb.MIME),
		Type: pic.Full.MIME, Width: pic.Full.Width, Height: pic.Full.Height, Alt: alt}
	if err := s.shelf.Put(ctx, img.Name, pic.Full.Data); err != nil {
		return img, err
	}
	if err = s.shelf.Put(ctx, img.Thumb, pic.Thumb.Data); err == nil {
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			loose, err := db.One(tx, db.Int64, "SELECT COUNT(*) FROM media WHERE owner = $1 AND post = 0", a.Member)
			if err != nil {
				return err
			}
			if loose >= maxLoose {
				return core.E(core.Forbidden, "thread.media.loose")
			}
			_, err = tx.Exec(`INSERT INTO media (id, owner, space, thread, post, name, thumb, type, thumb_type, width, height, bytes, alt, created_at)
				VALUES ($1, $2, 0, 0, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, img.ID, a.Member, img.Name, img.Thumb, img.Type, pic.Thumb.MIME,
				img.Width, img.Height, len(pic.Full.Data)+len(pic.Thumb.Data), alt, db.Millis(s.clock.Now()))
			return err
		})
	}
	if err != nil { // no row knows the files: they go again
		s.shelf.Delete(context.WithoutCancel(ctx), img.Name, img.Thumb)
	}
	return img, err
}

// SeeImage gives an image that the actor may see: its owner's own, or one whose post the actor may read. The name is part of the
// address, so that an id alone, which can be guessed, leads nowhere.
func (s *Service) SeeImage(ctx context.Context, a core.Actor, id core.ID, name string) (img Image, err error) {
	defer core.Wrap(&err, "thread.SeeImage(%s)", id)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		img, err = db.One(tx, scanImage, "SELECT "+imageColumns+" FROM media m WHERE m.id = $1 AND (m.name = $2 OR m.thumb = $2)", id, name)
		if err != nil {
			return err
		}
		if a.Member != 0 && img.Owner == a.Member && a.IsMember() {
			return nil
		}
		if img.Post == 0 {
			return core.Missing("image")
		}
		p, err := s.Load(tx, a, img.Post)
		img.Public = policy.ReadPost(core.Visitor, p.Space.Facts(), policy.Ties{}, p.Facts()).OK()
		return err
	})
	return img, err
}

// mediaByPath tells whether a text by the actor may show the image at an address: the actor's own that belongs to no post yet, or
// one that belongs to the post being edited already.
func mediaByPath(tx *db.Tx, a core.Actor, src string, post core.ID) (core.ID, bool, error) {
	rest, ok := strings.CutPrefix(src, "/media/")
	number, name, cut := strings.Cut(rest, "/")
	id, err := core.ParseID(number)
	if !ok || !cut || err != nil {
		return 0, false, nil
	}
	img, err := db.One(tx, scanImage, "SELECT "+imageColumns+" FROM media m WHERE m.id = $1 AND m.name = $2", id, name)
	if core.IsNotFound(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	fresh := img.Post == 0 && a.Member != 0 && img.Owner == a.Member
	return id, fresh || post != 0 && img.Post == post, nil
}

// adoptMedia ties images to the post that shows them.
func adoptMedia(tx *db.Tx, post, thread, space core.ID, images []core.ID) error {
	for _, id := range images {
		if err := tx.Must("UPDATE media SET post = $1, thread = $2, space = $3 WHERE id = $4 AND post IN (0, $1)", post, thread, space, id); err != nil {
			return err
		}
	}
	return nil
}

// dropMedia removes the rows of a post's images and gives the names of their files.
func dropMedia(tx *db.Tx, post core.ID) (files []string, err error) {
	images, err := db.All(tx, scanImage, "SELECT "+imageColumns+" FROM media m WHERE m.post = $1", post)
	if err != nil || len(images) == 0 {
		return nil, err
	}
	for _, i := range images {
		files = append(files, i.Name, i.Thumb)
	}
	_, err = tx.Exec("DELETE FROM media WHERE post = $1", post)
	return files, err
}

// SweepImages removes images that were uploaded and not posted within a day, and notes them in the erasure ledger.
func (s *Service) SweepImages(ctx context.Context) (n int, err error) {
	before := db.Millis(s.clock.Now().Add(-looseTime))
	var old []Image
	err = s.db.View(ctx, func(tx *db.Tx) error {
		old, err = db.All(tx, scanImage, "SELECT "+imageColumns+" FROM media m WHERE m.post = 0 AND m.created_at < $1 LIMIT 500", before)
		return err
	})
	for _, i := range old {
		gone := false
		if err := s.keys.Erase(ctx, s.clock.Now(), keys.ErasedMedia, i.ID); err != nil {
			return n, err
		}
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			k, err := tx.Exec("DELETE FROM media WHERE id = $1 AND post = 0", i.ID)
			gone = k > 0
			return err
		})
		if err != nil {
			return n, err
		}
		if !gone {
			continue
		}
		n++
		if err := s.shelf.Delete(ctx, i.Name, i.Thumb); err != nil {
			return n, err
		}
	}
	return n, err
}
