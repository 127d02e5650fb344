package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"strings"
	"testing"

	"dayroom/internal/core"

	"pgregory.net/rapid"
)

func made(t testing.TB, data []byte) Image {
	t.Helper()
	img, err := transform(data, MaxPixels)
	if err != nil {
		t.Fatal(err)
	}
	decoded(t, img.Full)
	decoded(t, img.Thumb)
	return img
}

func TestAPictureComesInTwoSizesThatKeepItsShape(t *testing.T) {
	for _, c := range []struct{ w, h, fw, fh, tw, th int }{
		{3200, 2400, 1600, 1200, 480, 360},
		{1000, 2000, 800, 1600, 240, 480},
		{1600, 100, 1600, 100, 480, 30},
		{300, 200, 300, 200, 300, 200}, // never made larger
		{1, 1, 1, 1, 1, 1},
		{5000, 1, 1600, 1, 480, 1},
	} {
		img := made(t, asJPEG(t, scene(c.w, c.h)))
		if img.Full.Width != c.fw || img.Full.Height != c.fh || img.Thumb.Width != c.tw || img.Thumb.Height != c.th {
			t.Errorf("%v: %d by %d and %d by %d", c, img.Full.Width, img.Full.Height, img.Thumb.Width, img.Thumb.Height)
		}
	}
}

func TestAPictureStandsUprightAsItsNoteSays(t *testing.T) {
	red, green, blue, white := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}, color.RGBA{0, 0, 255, 255}, color.RGBA{255, 255, 255, 255}
	// For each orientation, what stands in the corners: top left, top right, bottom left, bottom right.
	want := [][4]color.RGBA{
		{red, green, blue, white}, {red, green, blue, white}, {green, red, white, blue}, {white, blue, green, red}, {blue, white, red, green},
		{red, blue, green, white}, {blue, red, white, green}, {white, green, blue, red}, {green, white, red, blue}, {red, green, blue, white},
	}
	plain, drawing := asJPEG(t, corners(64, 32)), asPNG(t, corners(64, 32))
	for how, colours := range want {
		for name, data := range map[string][]byte{
			"JPEG": jpegWithExif(plain, how),
			"PNG":  pngWithChunk(drawing, "eXIf", exif(binary.LittleEndian, "II*\x00", how)),
		} {
			img := decoded(t, made(t, data).Full)
			w, h := img.Bounds().Dx(), img.Bounds().Dy()
			if tall := how >= 5 && how <= 8; tall != (h > w) {
				t.Errorf("%s %d: %d by %d", name, how, w, h)
			}
			for i, at := range []image.Point{{4, 4}, {w - 5, 4}, {4, h - 5}, {w - 5, h - 5}} {
				if !near(img, at.X, at.Y, colours[i]) {
					t.Errorf("%s %d: corner %d is %v", name, how, i, img.At(at.X, at.Y))
				}
			}
		}
	}
}

func TestNothingLeavesButWhatOurEncoderWrote(t *testing.T) {
	hidden := []byte("PK\x03\x04 <script>GPS-SECRET</script> %PDF-1.4")
	for name, data := range map[string][]byte{
		"a JPEG with notes and a file behind it": append(jpegWithExif(asJPEG(t, scene(50, 50)), 1), hidden...),
		"a PNG with notes and a file behind it":  append(pngWithChunk(asPNG(t, noise(50, 50)), "tEXt", hidden), hidden...),
		"a drawing":                              append(pngWithChunk(asPNG(t, corners(50, 50)), "iTXt", hidden), hidden...),
		"a WebP":                                 append(bytes.Clone(webpLossless), hidden...),
	} {
		img := made(t, data)
		for _, p := range []Picture{img.Full, img.Thumb} {
			for _, trace := range []string{"SECRET", "Exif", "script", "PK\x03\x04", "%PDF", "tEXt", "iTXt"} {
				if bytes.Contains(p.Data, []byte(trace)) {
					t.Errorf("%s: %q is left", name, trace)
				}
			}
			if end := map[string]string{"image/jpeg": "\xff\xd9", "image/png": "IEND\xaeB`\x82"}[p.MIME]; !bytes.HasSuffix(p.Data, []byte(end)) {
				t.Errorf("%s: does not end where the picture ends", name)
			}
		}
	}
}

func TestAPictureIsKeptWithoutLossOnlyWhereLossShows(t *testing.T) {
	clear := noise(40, 40)
	clear.Pix[3], clear.Pix[0], clear.Pix[1], clear.Pix[2] = 0, 0, 0, 0
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"a photograph", "image/jpeg", asJPEG(t, scene(40, 40))},
		{"a drawing sent as JPEG", "image/jpeg", asJPEG(t, corners(40, 40))},
		{"a photograph sent as PNG", "image/jpeg", asPNG(t, noise(40, 40))},
		{"a drawing", "image/png", asPNG(t, corners(40, 40))},
		{"a picture with see-through parts", "image/png", asPNG(t, clear)},
		{"a WebP with see-through parts", "image/png", webpAlpha},
	} {
		if got := made(t, c.data).Full.MIME; got != c.want {
			t.Errorf("%s is %s", c.name, got)
		}
	}
	kept := decoded(t, made(t, asPNG(t, corners(40, 40))).Full)
	if kept.At(39, 39) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("a drawing changed its colour to %v", kept.At(39, 39))
	}
	made(t, webpLossy)
}

func TestWhatIsNoPictureOfOursIsRefusedWithItsReason(t *testing.T) {
	photo := asJPEG(t, scene(400, 400))
	for _, c := range []struct {
		name, key string
		data      []byte
	}{
		{"nothing", "media.not_an_image", nil},
		{"a text", "media.not_an_image", []byte("hello")},
		{"a GIF", "media.not_an_image", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")},
		{"an SVG", "media.not_an_image", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
		{"a WebP that moves", "media.not_an_image", webpMoving},
		{"a PNG that moves", "media.not_an_image", pngWithChunk(asPNG(t, corners(9, 9)), "acTL", make([]byte, 8))},
		{"half a photograph", "media.broken", photo[:len(photo)/2]},
		{"a head only", "media.broken", photo[:3]},
		{"a promise of four gigapixels", "media.too_many_pixels", pngOfSize(1<<16, 1<<16)},
		{"a promise that overflows", "media.too_many_pixels", pngOfSize(1<<29, 1<<29)},
		{"a promise that is not kept", "media.broken", pngOfSize(5000, 5000)},
	} {
		_, err := transform(c.data, MaxPixels)
		var e *core.Error
		if !errors.As(err, &e) || e.Code != core.Invalid || e.Key != c.key {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestShrinkingIsTheMeanOfTheArea(t *testing.T) {
	src := image.NewGray(image.Rect(7, 7, 13, 10)) // bounds need not begin at zero
	copy(src.Pix, []byte{0, 10, 20, 30, 40, 50, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110})
	dst := shrink(src, 2) // 6 by 3 becomes 2 by 1
	if got := []byte{dst.Pix[0], dst.Pix[4]}; !bytes.Equal(got, []byte{30, 60}) {
		t.Errorf("%v", got)
	}
}

func TestShrinkingNeverInventsABrightness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 60).Draw(t, "w"), rapid.IntRange(1, 60).Draw(t, "h")
		side := rapid.IntRange(1, 70).Draw(t, "side")
		src := image.NewGray(image.Rect(0, 0, w, h))
		low, high := byte(255), byte(0)
		for i := range src.Pix {
			src.Pix[i] = rapid.Byte().Draw(t, "v")
			low, high = min(low, src.Pix[i]), max(high, src.Pix[i])
		}
		dst := shrink(src, side)
		if long := max(dst.Rect.Dx(), dst.Rect.Dy()); long != min(side, max(w, h)) {
			t.Fatalf("%v", dst.Rect)
		}
		for i := 0; i < len(dst.Pix); i += 4 {
			if p := dst.Pix[i]; p < low || p > high || dst.Pix[i+3] != 255 {
				t.Fatalf("%d is outside %d to %d", p, low, high)
			}
		}
	})
}

func FuzzTransform(f *testing.F) {
	f.Add(asJPEG(f, corners(20, 10)))
	f.Add(jpegWithExif(asJPEG(f, corners(20, 10)), 6))
	f.Add(asPNG(f, corners(20, 10)))
	f.Add(asPNG(f, noise(9, 9)))
	f.Add(pngWithChunk(asPNG(f, corners(9, 9)), "eXIf", exif(binary.LittleEndian, "II*\x00", 8)))
	f.Add(pngOfSize(1<<31-1, 1<<31-1))
	f.Add(webpLossy)
	f.Add(webpLossless)
	f.Add(webpAlpha)
	f.Add(webpMoving)
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := transform(data, 10_000)
		if err != nil {
			var e *core.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Key, "media.") {
				t.Fatalf("a refusal without a sentence: %v", err)
			}
			return
		}
		decoded(t, img.Full)
		decoded(t, img.Thumb)
	})
}
