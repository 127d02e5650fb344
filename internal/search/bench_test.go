package search

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

// medquad gives posts as people write them, or skips.
func medquad(b *testing.B) (docs []doc) {
	b.Helper()
	dir := os.Getenv("DAYROOM_TEST_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, "medquad", "medquad_answered.jsonl"))
	if err != nil {
		b.Skip(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && len(docs) < 4000 {
		var row struct{ Q, A string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			b.Fatal(err)
		}
		id := core.ID(len(docs) + 1)
		docs = append(docs, doc{Post: 2 * id, Thread: 2 * id, Space: 1, Kind: "question", Created: 1.7e12, Title: row.Q, Body: row.Q},
			doc{Post: 2*id + 1, Thread: 2 * id, Space: 1, Kind: "question", Created: 1.7e12, Body: row.A})
	}
	return docs
}

func BenchmarkPrepare(b *testing.B) {
	docs := medquad(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		docs[i%len(docs)].prepare()
	}
}

func BenchmarkPut(b *testing.B) {
	docs := medquad(b)
	d := dbtest.OpenSQLite(b)
	at := 0
	b.ResetTimer()
	for at < b.N {
		err := d.Update(b.Context(), func(tx *db.Tx) error {
			for range 200 {
				x := docs[at%len(docs)]
				x.Post += core.ID(at / len(docs) * 1_000_000)
				if err := put(tx, x); err != nil {
					return err
				}
				at++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
