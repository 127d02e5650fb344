package media

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"dayroom/internal/core"

	"golang.org/x/image/webp"
)

// format is one of the three that are taken. The formats are called by hand and not through image.Decode, where any imported
// package may register more.
type format struct {
	matches func(data []byte) bool
	config  func(io.Reader) (image.Config, error)
	decode  func(io.Reader) (image.Image, error)
	notes   func(data []byte) notes
	lossy   bool // made for photographs: never worth keeping without loss
}

// notes are what lies beside the pixels and matters.
type notes struct {
	turn  int // EXIF orientation, 1 to 8; 0 for none
	moves bool
}

var formats = []format{
	{
		matches: func(data []byte) bool { return bytes.HasPrefix(data, []byte("\xff\xd8\xff")) },
		config:  jpeg.DecodeConfig, decode: jpeg.Decode, notes: jpegNotes, lossy: true,
	},
	{
		matches: func(data []byte) bool { return bytes.HasPrefix(data, []byte(pngHead)) },
		config:  png.DecodeConfig, decode: png.Decode, notes: pngNotes,
	},
	{
		matches: func(data []byte) bool {
			return len(data) > 16 && string(data[:4]) == "RIFF" && string(data[8:15]) == "WEBPVP8"
		},
		config: webp.DecodeConfig, decode: webp.Decode, notes: webpNotes,
	},
}

func formatOf(data []byte) (format, bool) {
	for _, f := range formats {
		if f.matches(data) {
			return f, true
		}
	}
	return format{}, false
}

// transform makes the two sizes from a file. It is what the child does; nothing else may call it with a member's file.
// maxPixels is MaxPixels except where a test wants less.
func transform(data []byte, maxPixels int) (Image, error) {
	f, ok := formatOf(data)
	if !ok {
		return Image{}, core.E(core.Invalid, "media.not_an_image")
	}
	beside := f.notes(data)
	if beside.moves {
		return Image{}, core.E(core.Invalid, "media.not_an_image")
	}
	// The size is read before anything is allocated for it: a few bytes can promise a picture of a thousand megapixels.
	head, err := f.config(bytes.NewReader(data))
	if err != nil || head.Width <= 0 || head.Height <= 0 {
		return Image{}, core.E(core.Invalid, "media.broken").Because(err)
	}
	if head.Width > maxPixels/head.Height {
		return Image{}, core.E(core.Invalid, "media.too_many_pixels")
	}
	src, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return Image{}, core.E(core.Invalid, "media.broken").Because(err)
	}
	if size := src.Bounds().Size(); size.X != head.Width || size.Y != head.Height {
		return Image{}, core.E(core.Invalid, "media.broken")
	}
	upright := turn(shrink(src, FullSide), beside.turn)
	full, err := encode(upright, f.lossy)
	if err != nil {
		return Image{}, err
	}
	thumb, err := encode(shrink(upright, ThumbSide), f.lossy)
	return Image{Full: full, Thumb: thumb}, err
}
