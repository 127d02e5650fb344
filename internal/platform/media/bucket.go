package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dayroom/internal/core"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bounds of a bucket.
const (
	bucketTime  = 30 * time.Second // one request
	bucketTries = 3
	bucketBytes = 32 << 20 // one file; what the processor makes is far smaller
)

// BucketOptions say where a bucket is and how it is opened.
type BucketOptions struct {
	Address string // https://HOST/BUCKET or https://HOST/BUCKET/PREFIX
	Key     string // access key
	Secret  string
	Region  string // us-east-1 unless told; most stores of one's own do not care
}

// Bucket is a Store in an S3 store. Its files are for who has the key only: members get them from the site, by the rule of their post.
// Safe for concurrent use.
type Bucket struct {
	client *minio.Client
	name   string
	prefix string
}

var _ Store = (*Bucket)(nil)

// IsBucket tells whether a place of images is a bucket's address and not a folder.
func IsBucket(place string) bool {
	return strings.HasPrefix(place, "https://") || strings.HasPrefix(place, "http://")
}

// CheckBucket says what is wrong with an address.
func CheckBucket(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") == "" {
		return fmt.Errorf("%q should look like https://s3.example.org/BUCKET or https://s3.example.org/BUCKET/PREFIX", address)
	}
	return nil
}

// OpenBucket looks whether the bucket is there and may be used. One that keeps old versions of files is refused: what a member deletes has to be gone.
func OpenBucket(ctx context.Context, o BucketOptions) (_ *Bucket, err error) {
	defer core.Wrap(&err, "images in %s", o.Address)
	if err := CheckBucket(o.Address); err != nil {
		return nil, err
	}
	u, err := url.Parse(o.Address)
	if err != nil {
		return nil, err
	}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.ResponseHeaderTimeout = 16, bucketTime
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(o.Key, o.Secret, ""), Secure: u.Scheme == "https", Region: o.Region,
		Transport: transport, BucketLookup: minio.BucketLookupPath, MaxRetries: bucketTries})
	if err != nil {
		return nil, err
	}
	name, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if prefix != "" {
		prefix += "/"
	}
	b := &Bucket{client, name, prefix}
	return b, b.look(ctx)
}

func (b *Bucket) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bucketTime)
	defer cancel()
	there, err := b.client.BucketExists(ctx, b.name)
	if err != nil {
		return err
	}
	if !there {
		return fmt.Errorf("there is no bucket %q: make it first", b.name)
	}
	versions, err := b.client.GetBucketVersioning(ctx, b.name)
	if err == nil && versions.Enabled() { // a store that does not know versions, or does not tell us, has none that we could see
		return fmt.Errorf("the bucket %q keeps old versions, and so what members delete would stay: switch versioning off", b.name)
	}
	return nil
}

// Close does nothing: connections end by themselves.
func (b *Bucket) Close() error { return nil }

// key is where a file lies; an error for any name that NewName cannot have made.
func (b *Bucket) key(name string) (string, error) {
	dir, err := dirOf(name)
	return b.prefix + dir + "/" + name, err
}

// Put implements Store. A store acknowledges what is safe with it, and shows it whole or not at all.
func (b *Bucket) Put(ctx context.Context, name string, data []byte) (err error) {
	defer core.Wrap(&err, "media.Put(%s)", name)
	key, err := b.key(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, bucketTime)
	defer cancel()
	_, err = b.client.PutObject(ctx, b.name, key, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{ContentType: MIMEOf(name), DisableMultipart: true})
	return away(err)
}

// Open implements Store. The file is read whole before it is given, so that an answer that has begun does not break off.
func (b *Bucket) Open(ctx context.Context, name string) (_ io.ReadSeekCloser, err error) {
	key, err := b.key(name)
	if err != nil {
		return nil, core.Missing("file")
	}
	ctx, cancel := context.WithTimeout(ctx, bucketTime)
	defer cancel()
	object, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, away(err)
	}
	defer object.Close()
	data, err := io.ReadAll(io.LimitReader(object, bucketBytes))
	if err != nil {
		return nil, away(err)
	}
	if len(data) == bucketBytes {
		return nil, core.E(core.Internal, "error.internal").Because(fmt.Errorf("%s is larger than any image of ours", name))
	}
	return file{bytes.NewReader(data)}, nil
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

// Delete implements Store. It goes on after an error, so that one bad file does not keep the others.
func (b *Bucket) Delete(ctx context.Context, names ...string) error {
	var failed []error
	for _, name := range names {
		key, err := b.key(name)
		if err == nil {
			err = b.remove(ctx, key)
		}
		failed = append(failed, err)
	}
	err := errors.Join(failed...)
	core.Wrap(&err, "media.Delete(%d names)", len(names))
	return err
}

func (b *Bucket) remove(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, bucketTime)
	defer cancel()
	if err := b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}); err != nil && !core.IsNotFound(away(err)) {
		return away(err)
	}
	return nil
}

// Names goes through all names in order.
func (b *Bucket) Names() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel() // ends the listing where the caller has seen enough
		for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
			name := o.Key[strings.LastIndexByte(o.Key, '/')+1:]
			if o.Err == nil && !namePattern.MatchString(name) {
				continue
			}
			if !yield(name, away(o.Err)) {
				return
			}
		}
	}
}

// markKey is a file in a bucket that a restore fills and has not finished.
const markKey = ".restoring"

// Mark says that the images here are on their way.
func (b *Bucket) Mark(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bucketTime)
	defer cancel()
	text := "A restore is putting these images here.\n"
	_, err := b.client.PutObject(ctx, b.name, b.prefix+markKey, strings.NewReader(text), int64(len(text)), minio.PutObjectOptions{ContentType: "text/plain"})
	return away(err)
}

// Marked tells whether a restore was not finished.
func (b *Bucket) Marked(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, bucketTime)
	defer cancel()
	_, err := b.client.StatObject(ctx, b.name, b.prefix+markKey, minio.StatObjectOptions{})
	if err = away(err); core.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// Unmark says that they are there.
func (b *Bucket) Unmark(ctx context.Context) error { return b.remove(ctx, b.prefix+markKey) }

// away puts a store's error into ours: what is not there, and a store that cannot be reached.
func away(err error) error {
	if err == nil {
		return nil
	}
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey:
		return core.Missing("file")
	case minio.AccessDenied, minio.InvalidAccessKeyID, minio.SignatureDoesNotMatch, minio.NoSuchBucket:
		return core.E(core.Internal, "error.internal").Because(err)
	}
	return core.E(core.Unavailable, "error.unavailable").Because(err)
}
