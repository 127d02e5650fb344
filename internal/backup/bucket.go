package backup

import (
	"context"
	"errors"

	"dayroom/internal/platform/media"
)

// stagedBucket are images in a bucket. They cannot be put beside their place and moved: a mark tells that they are not the site's yet.
type stagedBucket struct {
	ctx    context.Context
	bucket *media.Bucket
}

// stageBucket marks a bucket that holds no images. What a restore that was killed has left there is marked, and taken away.
func stageBucket(ctx context.Context, b *media.Bucket) (*stagedBucket, error) {
	m := &stagedBucket{context.WithoutCancel(ctx), b}
	marked, err := b.Marked(ctx)
	if err != nil {
		return nil, err
	}
	if marked {
		if err := m.clear(); err != nil {
			return nil, err
		}
	}
	for _, err := range b.Names() {
		if err == nil {
			err = errors.New("the bucket for images holds some already, and a restore never writes over images. Give another bucket, or another prefix in it")
		}
		return nil, err
	}
	return m, b.Mark(ctx)
}

func (m *stagedBucket) shelf() shelf { return m.bucket }

func (m *stagedBucket) place() error { return nil }

func (m *stagedBucket) unmark() error { return m.bucket.Unmark(m.ctx) }

func (m *stagedBucket) drop() error { return errors.Join(m.clear(), m.unmark()) }

func (m *stagedBucket) clear() error {
	for name, err := range m.bucket.Names() {
		if err == nil {
			err = m.bucket.Delete(m.ctx, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
