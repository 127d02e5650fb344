package media

import (
	"bytes"
	"encoding/binary"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// jpegNotes looks through a JPEG's segments up to the first scan (ITU T.81, B.1.1.4; Exif 2.32, 4.5.4).
func jpegNotes(data []byte) (n notes) {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(data) {
			return n
		}
		if rest, ok := bytes.CutPrefix(data[at+4:at+2+size], []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			n.turn = orientation(rest)
			return n
		}
		at += 2 + size
	}
	return n
}

// pngNotes looks through a PNG's chunks (PNG third edition, 5.3): acTL tells an animation, eXIf holds the orientation.
func pngNotes(data []byte) (n notes) {
	for at := len(pngHead); at+12 <= len(data); {
		size := int64(binary.BigEndian.Uint32(data[at:]))
		end := int64(at) + 12 + size
		if end > int64(len(data)) {
			return n
		}
		switch string(data[at+4 : at+8]) {
		case "acTL":
			n.moves = true
		case "eXIf":
			n.turn = orientation(data[at+8 : end-4])
		case "IEND":
			return n
		}
		at = int(end)
	}
	return n
}

// webpNotes looks through a WebP's chunks (RFC 9649, 2.7).
func webpNotes(data []byte) (n notes) {
	for at := 12; at+8 <= len(data); {
		size := int64(binary.LittleEndian.Uint32(data[at+4:]))
		end := int64(at) + 8 + size
		if end > int64(len(data)) {
			return n
		}
		body := data[at+8 : end]
		switch string(data[at : at+4]) {
		case "VP8X":
			n.moves = n.moves || len(body) > 0 && body[0]&2 != 0
		case "ANIM", "ANMF":
			n.moves = true
		case "EXIF":
			n.turn = orientation(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
		}
		at = int(end + size%2) // chunks begin at even offsets
	}
	return n
}

const (
	tagOrientation = 0x0112
	typeShort      = 3
)

// orientation reads the one tag of interest from the first directory of a TIFF structure (TIFF 6.0, section 2). 0 is none.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort && order.Uint32(entries[4:]) == 1 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}
