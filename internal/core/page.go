package core

import (
	"encoding/base64"
	"encoding/binary"
)

// Page asks for a part of a list by keyset: what comes after the last key seen, in the list's own order. An offset would grow
// slower with every page and skip rows that move.
type Page struct {
	After Cursor
	Limit int
}

// DefaultLimit and MaxLimit bound a page: a phone shows about 8 rows, and 100 is what one query answers quickly.
const (
	DefaultLimit = 30
	MaxLimit     = 100
)

// Size is Limit, within bounds.
func (p Page) Size() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	}
	return p.Limit
}

// Cursor is the key of a row in a list: a sort value and an id that breaks ties. The zero Cursor is the beginning.
type Cursor struct{ Sort, ID int64 }

// IsZero tells the beginning of a list.
func (c Cursor) IsZero() bool { return c == Cursor{} }

const cursorBytes = 16

// String is the token in an address: 22 characters, empty at the beginning.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	var b [cursorBytes]byte
	binary.BigEndian.PutUint64(b[:8], uint64(c.Sort))
	binary.BigEndian.PutUint64(b[8:], uint64(c.ID))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// ParseCursor reads a token. A broken one is Invalid: whoever changed it gets told, and a list never restarts in silence.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) != cursorBytes {
		return Cursor{}, Field("after", "error.page_token").Because(err)
	}
	return Cursor{int64(binary.BigEndian.Uint64(raw[:8])), int64(binary.BigEndian.Uint64(raw[8:]))}, nil
}

// List is a part of a list and where the next part begins; Next is zero at the end.
type List[T any] struct {
	Items []T
	Next  Cursor
}

// CutList makes a List from up to limit+1 rows: one more than asked for tells that there is a next part.
func CutList[T any](rows []T, limit int, key func(T) Cursor) List[T] {
	if len(rows) <= limit {
		return List[T]{Items: rows}
	}
	return List[T]{Items: rows[:limit], Next: key(rows[limit-1])}
}
