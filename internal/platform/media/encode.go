package media

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"dayroom/internal/core"
)

// encode writes a picture as PNG where it has something to lose by JPEG (see-through parts, or the few flat colours of a
// drawing or a screen) and did not come as JPEG; else as JPEG.
func encode(img *image.RGBA, lossy bool) (Picture, error) {
	out := Picture{MIME: "image/jpeg", Width: img.Rect.Dx(), Height: img.Rect.Dy()}
	var b bytes.Buffer
	var err error
	if keep, ok := lossless(img, lossy); ok {
		out.MIME = "image/png"
		err = png.Encode(&b, keep)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return Picture{}, core.E(core.Internal, "error.internal").Because(err)
	}
	out.Data = b.Bytes()
	return out, nil
}

// lossless gives the form in which a picture is kept as PNG, and false when JPEG serves it better.
func lossless(img *image.RGBA, lossy bool) (image.Image, bool) {
	if lossy {
		return nil, false
	}
	if !img.Opaque() {
		kept := image.NewNRGBA(img.Rect)
		draw.Draw(kept, kept.Rect, img, img.Rect.Min, draw.Src)
		return kept, true
	}
	return palette(img)
}

// palette gives an opaque picture by its palette, and false when it has more than fewColours.
func palette(img *image.RGBA) (*image.Paletted, bool) {
	kept := image.NewPaletted(img.Rect, nil)
	seen := map[[3]byte]byte{}
	for i := 0; i < len(img.Pix); i += 4 {
		rgb := [3]byte(img.Pix[i : i+3])
		index, known := seen[rgb]
		if !known {
			if len(seen) == fewColours {
				return nil, false
			}
			index = byte(len(seen))
			seen[rgb] = index
			kept.Palette = append(kept.Palette, color.RGBA{rgb[0], rgb[1], rgb[2], 255})
		}
		kept.Pix[i/4] = index
	}
	return kept, true
}
