package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"dayroom/internal/core"
)

// The answer of a worker, all numbers big-endian:
//
//	"DRM1" | status byte
//	status 0: twice (full, thumb): kind byte | width uint32 | height uint32 | length uint32 | bytes
//	status n: refusals[n-1]
const answerHead = "DRM1"

// refusals are the reasons that a worker may give. The order is part of the answer.
var refusals = []string{"media.broken", "media.not_an_image", "media.too_many_pixels", "media.too_large"}

var kinds = []string{"image/jpeg", "image/png"}

// maxAnswer bounds what is read back: a full PNG of 1600 by 1600 pixels with four bytes each, its thumb, and room.
const maxAnswer = FullSide*FullSide*4 + ThumbSide*ThumbSide*4 + 1<<20

// WorkerMain is the whole life of a child: it limits itself, reads a picture from in until it ends, and answers on out. The
// result is the exit status: 0 when an answer was written, be it a refusal.
func WorkerMain(in io.Reader, out io.Writer) int {
	if err := limitSelf(); err != nil {
		return 3
	}
	data, err := io.ReadAll(io.LimitReader(in, MaxBytes+1))
	if err != nil {
		return 1
	}
	if _, err := out.Write(answer(data)); err != nil {
		return 1
	}
	return 0
}

// answer transforms and writes down what came of it. A decoder that panics has met a broken picture.
func answer(data []byte) (written []byte) {
	defer func() {
		if recover() != nil {
			written = refusal("media.broken")
		}
	}()
	if len(data) > MaxBytes {
		return refusal("media.too_large")
	}
	img, err := transform(data, MaxPixels)
	var e *core.Error
	switch {
	case errors.As(err, &e):
		return refusal(e.Key)
	case err != nil:
		return refusal("media.broken")
	}
	written = append([]byte(answerHead), 0)
	for _, p := range []Picture{img.Full, img.Thumb} {
		written = append(written, byte(slices.Index(kinds, p.MIME)))
		for _, n := range []int{p.Width, p.Height, len(p.Data)} {
			written = binary.BigEndian.AppendUint32(written, uint32(n))
		}
		written = append(written, p.Data...)
	}
	return written
}

func refusal(key string) []byte {
	at := max(slices.Index(refusals, key), 0)
	return append([]byte(answerHead), byte(at+1))
}

// readAnswer reads what a child wrote, and believes none of it unchecked: the child has met a stranger's file.
func readAnswer(written []byte) (Image, error) {
	rest, ok := bytes.CutPrefix(written, []byte(answerHead))
	if !ok || len(rest) == 0 {
		return Image{}, errors.New("no answer")
	}
	status := int(rest[0])
	if status > 0 {
		if status > len(refusals) || len(rest) > 1 {
			return Image{}, fmt.Errorf("status %d", status)
		}
		return Image{}, core.E(core.Invalid, refusals[status-1])
	}
	full, rest, err := readPicture(rest[1:], FullSide)
	if err != nil {
		return Image{}, err
	}
	thumb, rest, err := readPicture(rest, ThumbSide)
	if err != nil {
		return Image{}, err
	}
	if len(rest) > 0 {
		return Image{}, fmt.Errorf("%d bytes too many", len(rest))
	}
	return Image{Full: full, Thumb: thumb}, nil
}

func readPicture(rest []byte, side int) (Picture, []byte, error) {
	const head = 1 + 3*4
	if len(rest) < head || int(rest[0]) >= len(kinds) {
		return Picture{}, nil, errors.New("broken head of a picture")
	}
	w, h, size := binary.BigEndian.Uint32(rest[1:]), binary.BigEndian.Uint32(rest[5:]), binary.BigEndian.Uint32(rest[9:])
	if w < 1 || h < 1 || w > uint32(side) || h > uint32(side) || uint64(size) > uint64(len(rest)-head) {
		return Picture{}, nil, fmt.Errorf("picture of %d by %d in %d bytes", w, h, size)
	}
	p := Picture{MIME: kinds[rest[0]], Width: int(w), Height: int(h), Data: rest[head : head+size : head+size]}
	if f, ok := formatOf(p.Data); !ok || f.lossy != (p.MIME == "image/jpeg") {
		return Picture{}, nil, errors.New("picture of another kind than announced")
	}
	return p, rest[head+size:], nil
}
