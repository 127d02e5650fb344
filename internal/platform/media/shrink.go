package media

import (
	"image"
	"image/draw"
)

// shrink gives src with its longest side at most side pixels, as the mean of the covered area; a smaller picture keeps its
// size. The sums are whole numbers, so equal areas give exactly their colour: a source pixel is dst wide in units in which a
// pixel of the result is src wide, and reaches over at most two of them.
func shrink(src image.Image, side int) *image.RGBA {
	from := src.Bounds()
	sw, sh := from.Dx(), from.Dy()
	dw, dh := fit(sw, sh, side)
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	if dw == sw && dh == sh {
		draw.Draw(dst, dst.Bounds(), src, from.Min, draw.Src)
		return dst
	}
	line := image.NewRGBA(image.Rect(0, 0, sw, 1)) // a row of the source, whatever its colour model
	row := make([]uint64, 4*dw)                    // that row shrunk in width; sums up to 255*sw
	sums := make([]uint64, 4*dw)                   // the row of the result that fills; sums up to 255*sw*sh
	columns := shares(sw, dw)
	area := uint64(sw) * uint64(sh)
	y := 0
	for sy, part := range shares(sh, dh) {
		draw.Draw(line, line.Bounds(), src, image.Pt(from.Min.X, from.Min.Y+sy), draw.Src)
		squeeze(row, line.Pix, columns)
		if part.index != y {
			settle(dst.Pix[y*dst.Stride:], sums, area)
			y = part.index
		}
		gather(sums, row, part.first)
		if part.second > 0 {
			settle(dst.Pix[y*dst.Stride:], sums, area)
			y++
			gather(sums, row, part.second)
		}
	}
	settle(dst.Pix[y*dst.Stride:], sums, area)
	return dst
}

// fit gives the size that a picture of w by h has when its longest side is at most side.
func fit(w, h, side int) (int, int) {
	long := max(w, h)
	if long <= side {
		return w, h
	}
	scale := func(n int) int { return max(1, (n*side+long/2)/long) }
	return scale(w), scale(h)
}

// share says to which pixel of the result a source pixel belongs and how much of it; the rest goes to the next one.
type share struct {
	index         int
	first, second uint64
}

// shares spreads n source pixels over m of the result; m is at most n.
func shares(n, m int) []share {
	all := make([]share, n)
	for i := range all {
		begin, index := i*m, i*m/n
		first := min(begin+m, (index+1)*n) - begin
		all[i] = share{index, uint64(first), uint64(m - first)}
	}
	return all
}

// squeeze shrinks one row in width.
func squeeze(row []uint64, pix []byte, columns []share) {
	clear(row)
	for x, part := range columns {
		p := pix[4*x : 4*x+4 : 4*x+4]
		to := row[4*part.index:]
		for c := range 4 {
			to[c] += uint64(p[c]) * part.first
		}
		if part.second > 0 {
			for c := range 4 {
				to[4+c] += uint64(p[c]) * part.second
			}
		}
	}
}

func gather(sums, row []uint64, weight uint64) {
	for i, v := range row {
		sums[i] += v * weight
	}
}

// settle writes the means into a row of the result and begins the next.
func settle(pix []byte, sums []uint64, area uint64) {
	for i, sum := range sums {
		pix[i] = byte((sum + area/2) / area)
	}
	clear(sums)
}

// turn makes a picture upright by its EXIF orientation: 1 is upright, 2 to 8 are the mirrored and turned ones.
func turn(src *image.RGBA, how int) *image.RGBA {
	if how < 2 || how > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := w, h
	if how >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch how {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(dst.Pix[dst.PixOffset(tx, ty):], src.Pix[src.PixOffset(x, y):src.PixOffset(x, y)+4])
		}
	}
	return dst
}
