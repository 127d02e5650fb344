package backup

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"dayroom/internal/platform/db"
)

// A row is a JSON list with a value for each column: numbers as they are (64 bits, so read them as integers), truth values, texts,
// bytes in base64 (RFC 4648, standard, padded), null.

// rowWriter scans rows and writes them.
type rowWriter struct {
	columns []db.Column
	into    []any
	line    []byte
}

func newRowWriter(columns []db.Column) *rowWriter {
	w := &rowWriter{columns: columns}
	for _, c := range columns {
		switch c.Kind {
		case db.Integer:
			w.into = append(w.into, new(sql.NullInt64))
		case db.Truth:
			w.into = append(w.into, new(sql.NullBool))
		case db.Bytes:
			w.into = append(w.into, new(sql.Null[[]byte]))
		default:
			w.into = append(w.into, new(sql.NullString))
		}
	}
	return w
}

// read gives a row as a line of JSON, which the next call overwrites.
func (w *rowWriter) read(r db.Row) ([]byte, error) {
	if err := r.Scan(w.into...); err != nil {
		return nil, err
	}
	line := append(w.line[:0], '[')
	for i, v := range w.into {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendValue(line, v)
	}
	w.line = append(line, ']', '\n')
	return w.line, nil
}

func appendValue(line []byte, v any) []byte {
	switch v := v.(type) {
	case *sql.NullInt64:
		if v.Valid {
			return strconv.AppendInt(line, v.Int64, 10)
		}
	case *sql.NullBool:
		if v.Valid {
			return strconv.AppendBool(line, v.Bool)
		}
	case *sql.NullString:
		if v.Valid {
			return appendText(line, v.String)
		}
	case *sql.Null[[]byte]:
		if v.Valid {
			line = append(line, '"')
			line = base64.StdEncoding.AppendEncode(line, v.V)
			return append(line, '"')
		}
	}
	return append(line, "null"...)
}

// appendText writes a JSON text. Bytes that are no UTF-8, which no table should hold, become U+FFFD.
func appendText(line []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	line = append(line, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		line = append(line, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			line = append(line, '\\', c)
		case '\n':
			line = append(line, '\\', 'n')
		default:
			line = append(line, fmt.Sprintf(`\u%04x`, c)...)
		}
	}
	return append(append(line, s[from:]...), '"')
}

// maxRow bounds a line: a post of 16 KB with its HTML is far below.
const maxRow = 64 << 20

// parseRow reads a line into values for the database.
func parseRow(line []byte, columns []db.Column) ([]any, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var values []any
	if err := d.Decode(&values); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the row")
	}
	if len(values) != len(columns) {
		return nil, fmt.Errorf("%d values for %d columns", len(values), len(columns))
	}
	for i, c := range columns {
		v, err := parseValue(values[i], c.Kind)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		values[i] = v
	}
	return values, nil
}

func parseValue(v any, kind db.Kind) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch kind {
	case db.Integer:
		if n, ok := v.(json.Number); ok {
			return strconv.ParseInt(n.String(), 10, 64)
		}
	case db.Truth:
		if b, ok := v.(bool); ok {
			return b, nil
		}
	case db.Text:
		if s, ok := v.(string); ok {
			return strings.ReplaceAll(s, "\x00", "\uFFFD"), nil // PostgreSQL knows no NUL
		}
	case db.Bytes:
		if s, ok := v.(string); ok {
			raw, err := base64.StdEncoding.DecodeString(s)
			if raw == nil {
				raw = []byte{} // nil would be NULL
			}
			return raw, err
		}
	}
	return nil, fmt.Errorf("a value of the wrong kind, want %s", kind)
}
