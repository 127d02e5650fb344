package media

import (
	"bytes"
	"testing"
)

// BenchmarkTelephonePicture is a JPEG of 12 megapixels through a child, with the child's largest resident memory.
func BenchmarkTelephonePicture(b *testing.B) {
	data := asJPEG(b, scene(4000, 3000))
	p := NewProcessor(Options{})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := p.Process(b.Context(), bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(childrenPeakMB(), "MB-peak")
}

// BenchmarkTransform is the same without the child.
func BenchmarkTransform(b *testing.B) {
	data := asJPEG(b, scene(4000, 3000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := transform(data, MaxPixels); err != nil {
			b.Fatal(err)
		}
	}
}
