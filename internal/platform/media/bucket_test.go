package media_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/media"
	"dayroom/internal/platform/media/mediatest"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

func TestABucketKeepsWhatAFolderKeeps(t *testing.T) {
	server := mediatest.Run(t)
	b := server.Bucket(t, "site")
	name, other := media.NewName("image/png"), media.NewName("image/jpeg")
	for _, content := range []string{"first", "second, longer"} {
		if err := b.Put(t.Context(), name, []byte(content)); err != nil {
			t.Fatal(err)
		}
		file, err := b.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Seek(2, io.SeekStart); err != nil {
			t.Error(err)
		}
		got, err := io.ReadAll(file)
		if err != nil || string(got) != content[2:] || file.Close() != nil {
			t.Errorf("%q %v", got, err)
		}
	}
	if err := b.Put(t.Context(), other, []byte("x")); err != nil {
		t.Fatal(err)
	}
	var names []string
	for n, err := range b.Names() {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	want := []string{name, other}
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("%v, wanted %v", names, want)
	}
	for _, err := range server.Bucket(t, "another").Names() {
		t.Errorf("another prefix is not empty: %v", err)
	}
	for range 2 { // the second time there is nothing left to do
		if err := b.Delete(t.Context(), name, media.NewName("image/jpeg"), other); err != nil {
			t.Error(err)
		}
		if _, err := b.Open(t.Context(), name); !core.IsNotFound(err) {
			t.Errorf("%v", err)
		}
	}
	if n := server.Files(t, "site"); n != 0 {
		t.Errorf("%d files are left on the disk of the store", n)
	}
}

func TestABucketTakesOnlyNamesOfOurs(t *testing.T) {
	b := mediatest.Run(t).Bucket(t, "site")
	for _, name := range []string{"", "..", "../../etc/passwd", "abcd0000000000000000000000000000.svg", "abcd/000000000000000000000000000.jpg", ".restoring"} {
		if err := b.Put(t.Context(), name, []byte("x")); core.CodeOf(err) != core.Internal {
			t.Errorf("put %q: %v", name, err)
		}
		if _, err := b.Open(t.Context(), name); !core.IsNotFound(err) {
			t.Errorf("open %q: %v", name, err)
		}
		if err := b.Delete(t.Context(), name); core.CodeOf(err) != core.Internal {
			t.Errorf("delete %q: %v", name, err)
		}
	}
}

func TestAStoreThatIsAwayIsUnavailableAndComesBack(t *testing.T) {
	server := mediatest.Run(t)
	b := server.Bucket(t, "site")
	name := media.NewName("image/png")
	if err := b.Put(t.Context(), name, []byte("kept")); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if err := b.Put(t.Context(), media.NewName("image/png"), []byte("x")); core.CodeOf(err) != core.Unavailable {
		t.Errorf("put: %v", err)
	}
	if _, err := b.Open(t.Context(), name); core.CodeOf(err) != core.Unavailable {
		t.Errorf("open: %v", err)
	}
	if err := b.Delete(t.Context(), name); core.CodeOf(err) != core.Unavailable {
		t.Errorf("delete: %v", err)
	}
	server.Start(t)
	file, err := b.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(file); string(got) != "kept" {
		t.Errorf("%q", got)
	}
}

func TestABucketThatCannotBeUsedIsSaidAtTheStart(t *testing.T) {
	server := mediatest.Run(t)
	good := server.Options("site")
	for name, edit := range map[string]func(*media.BucketOptions){
		"no bucket":     func(o *media.BucketOptions) { o.Address = strings.Replace(o.Address, "/images/", "/nowhere/", 1) },
		"another key":   func(o *media.BucketOptions) { o.Secret = "not-the-secret-of-it" },
		"no bucket's":   func(o *media.BucketOptions) { o.Address = "https://s3.example.org/" },
		"with password": func(o *media.BucketOptions) { o.Address = "https://a:b@s3.example.org/images" },
	} {
		o := good
		edit(&o)
		if _, err := media.OpenBucket(t.Context(), o); err == nil || strings.Contains(err.Error(), good.Secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a member deletes has to be gone, and not to lie there as an older version.
func TestABucketThatKeepsOldVersionsIsRefused(t *testing.T) {
	server := mediatest.Run(t)
	o := server.Options("site")
	client, err := minio.New(strings.Split(o.Address, "/")[2], &minio.Options{Creds: credentials.NewStaticV4(o.Key, o.Secret, ""), Region: "us-east-1"})
	err = errors.Join(err, client.EnableVersioning(context.Background(), "images"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := media.OpenBucket(t.Context(), o); err == nil || !strings.Contains(err.Error(), "switch versioning off") {
		t.Errorf("got %v", err)
	}
}
