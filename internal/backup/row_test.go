package backup

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"dayroom/internal/platform/db"
)

// A text and bytes come back as they were, whatever they hold; any JSON reader can read them.
func FuzzRow(f *testing.F) {
	f.Add("a \"text\"\\ with\nlines\t\u2028 and 😀", []byte{0, 255}, int64(math.MinInt64), true)
	f.Add("", []byte{}, int64(math.MaxInt64), false)
	columns := []db.Column{{Name: "t", Kind: db.Text}, {Name: "b", Kind: db.Bytes}, {Name: "n", Kind: db.Integer}, {Name: "y", Kind: db.Truth}, {Name: "x", Kind: db.Text}}
	f.Fuzz(func(t *testing.T, text string, raw []byte, n int64, yes bool) {
		w := newRowWriter(columns)
		line, err := w.read(row{sql.NullString{String: text, Valid: true}, sql.Null[[]byte]{V: raw, Valid: true}, sql.NullInt64{Int64: n, Valid: true},
			sql.NullBool{Bool: yes, Valid: true}, sql.NullString{}})
		if err != nil || !json.Valid(line) || bytes.Count(line, []byte("\n")) != 1 {
			t.Fatalf("%q %v", line, err)
		}
		got, err := parseRow(line, columns)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		if got[0] != want || !bytes.Equal(got[1].([]byte), raw) || got[1].([]byte) == nil || got[2] != n || got[3] != yes || got[4] != nil || !utf8.ValidString(got[0].(string)) {
			t.Errorf("%q became %v", text, got)
		}
	})
}

// row gives values to scan.
type row []any

func (r row) Scan(into ...any) error {
	for i, v := range r {
		switch to := into[i].(type) {
		case *sql.NullString:
			*to = v.(sql.NullString)
		case *sql.Null[[]byte]:
			*to = v.(sql.Null[[]byte])
		case *sql.NullInt64:
			*to = v.(sql.NullInt64)
		case *sql.NullBool:
			*to = v.(sql.NullBool)
		}
	}
	return nil
}

func FuzzParseRow(f *testing.F) {
	f.Add([]byte(`[1,"a",true,"AA==",null]`))
	f.Add([]byte(`[9223372036854775808,"a",true,"AA=",null]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		kinds := []db.Kind{db.Integer, db.Text, db.Truth, db.Bytes, db.Integer}
		columns := make([]db.Column, len(kinds))
		for i, k := range kinds {
			columns[i] = db.Column{Name: "c", Kind: k}
		}
		values, err := parseRow(line, columns)
		if err == nil && len(values) != len(columns) {
			t.Errorf("%q: %v", line, values)
		}
	})
}
