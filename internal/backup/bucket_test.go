package backup_test

import (
	"strings"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/backup"
	"dayroom/internal/platform/media"
	"dayroom/internal/platform/media/mediatest"
)

// inBucket lets a site have its images in a bucket.
func inBucket(c app.Config, o media.BucketOptions) app.Config {
	c.Media, c.MediaKey, c.MediaSecret = o.Address, o.Key, o.Secret
	return c
}

func TestASiteMovesItsImagesIntoABucketAndBack(t *testing.T) {
	each(t, func(t *testing.T, postgres bool) {
		server := mediatest.Run(t)
		s := newSite(t, postgres)
		r, there := s.restore(s.save(), inBucket(s.target(postgres), server.Options("site")), backup.RestoreOptions{})
		if n := server.Files(t, "site"); !r.imageThere() || n != there.Images || n == 0 {
			t.Errorf("%d images were moved, %d lie in the bucket", there.Images, n)
		}
		back, report := r.restore(r.save(), r.target(postgres), backup.RestoreOptions{})
		if !back.imageThere() || report.Images != there.Images {
			t.Errorf("%d images came back of %d", report.Images, there.Images)
		}
		_, err := r.Thread.Delete(ctx, r.ada, r.thread)
		r.must(err)
		if n := server.Files(t, "site"); r.imageThere() || n >= there.Images {
			t.Errorf("the image of a thread that was deleted lies in the bucket, with %d others", n)
		}
	})
}

func TestImagesInABucketAreNotWrittenOver(t *testing.T) {
	server := mediatest.Run(t)
	s := newSite(t, false)
	name := media.NewName("image/png")
	s.must(server.Bucket(t, "site").Put(ctx, name, []byte("another site's")))
	_, err := backup.Restore(ctx, s.save(), place(t, inBucket(s.target(false), server.Options("site"))), backup.RestoreOptions{Options: plain})
	if err == nil || !strings.Contains(err.Error(), "never writes over images") {
		t.Fatalf("got %v", err)
	}
	if n := server.Files(t, "site"); n != 1 {
		t.Errorf("%d images are there", n)
	}
}

func TestWhatAKilledRestoreLeftInABucketIsTakenAway(t *testing.T) {
	server := mediatest.Run(t)
	s := newSite(t, false)
	b := server.Bucket(t, "site")
	s.must(b.Mark(ctx))
	s.must(b.Put(ctx, media.NewName("image/png"), []byte("half a site's")))
	_, report := s.restore(s.save(), inBucket(s.target(false), server.Options("site")), backup.RestoreOptions{})
	if n := server.Files(t, "site"); n != report.Images {
		t.Errorf("%d images are there, and %d were restored", n, report.Images)
	}
	if marked, err := b.Marked(ctx); err != nil || marked {
		t.Errorf("the bucket is marked still (%v)", err)
	}
}

func TestARestoreThatFailsLeavesNothingInABucket(t *testing.T) {
	server := mediatest.Run(t)
	s := newSite(t, false)
	c := inBucket(s.target(false), server.Options("site"))
	c.DB = s.Config.DB // a site is there already
	if _, err := backup.Restore(ctx, s.save(), place(t, c), backup.RestoreOptions{Options: plain}); err == nil {
		t.Fatal("it was written over")
	}
	marked, err := server.Bucket(t, "site").Marked(ctx)
	if n := server.Files(t, "site"); n != 0 || marked || err != nil {
		t.Errorf("%d images are there, marked: %v %v", n, marked, err)
	}
}
