package media

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
)

// The pictures of these tests are made here, so that each shows its one point.

// corners is a picture of four flat quarters: red, green / blue, white.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			case x >= w/2:
				c = color.RGBA{0, 255, 0, 255}
			case y >= h/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// noise is a picture with as many colours as a photograph.
func noise(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(random.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// scene is smooth with some grain, as a telephone's picture is.
func scene(w, h int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	random := rand.New(rand.NewPCG(3, 4))
	for y := range h {
		for x := range w {
			img.Y[y*img.YStride+x] = byte((x*255/w+y*255/h)/2) ^ byte(random.Uint32()&7)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(i*200/len(img.Cb)), byte(128+i%40)
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a TIFF structure with an orientation and the word GPS-SECRET behind it.
func exif(order binary.AppendByteOrder, mark string, turn int) []byte {
	b := []byte(mark)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, tagOrientation)
	b = order.AppendUint16(b, typeShort)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, uint16(turn))
	return append(b, "\x00\x00GPS-SECRET"...)
}

func jpegWithExif(plain []byte, turn int) []byte {
	body := append([]byte("Exif\x00\x00"), exif(binary.BigEndian, "MM\x00*", turn)...)
	head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(body)+2))
	return append(append(head, body...), plain[2:]...)
}

// pngWithChunk puts a chunk right after the header of a PNG.
func pngWithChunk(plain []byte, kind string, body []byte) []byte {
	const header = len(pngHead) + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, plain[:header]...), chunk...), plain[header:]...)
}

// pngOfSize is a header that promises a picture, and nothing behind it.
func pngOfSize(w, h uint32) []byte {
	body := binary.BigEndian.AppendUint32(nil, w)
	body = binary.BigEndian.AppendUint32(body, h)
	body = append(body, 8, 6, 0, 0, 0)
	chunk := append([]byte("IHDR"), body...)
	out := binary.BigEndian.AppendUint32([]byte(pngHead), uint32(len(body)))
	out = append(out, chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

// Four WebP pictures of one pixel: with loss, without, with transparency, and one that moves.
var (
	webpLossy    = unpack("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	webpLossless = unpack("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	webpAlpha    = unpack("UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==")
	webpMoving   = unpack("UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQAAAC8AAAAQBxAREYiI/gcA")
)

func unpack(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// decoded reads a picture back and checks that it is what it says.
func decoded(t testing.TB, p Picture) image.Image {
	t.Helper()
	f, ok := formatOf(p.Data)
	if !ok {
		t.Fatalf("no picture: %.20q", p.Data)
	}
	img, err := f.decode(bytes.NewReader(p.Data))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != p.Width || size.Y != p.Height || f.lossy != (p.MIME == "image/jpeg") {
		t.Fatalf("%v %s says it is %d by %d", size, p.MIME, p.Width, p.Height)
	}
	return img
}

// near tells whether a pixel has about a colour; JPEG changes it a little.
func near(img image.Image, x, y int, want color.RGBA) bool {
	c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
	far := func(a, b byte) bool { return max(a, b)-min(a, b) > 24 }
	return !far(c.R, want.R) && !far(c.G, want.G) && !far(c.B, want.B)
}
