package importer_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/importer"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/db/dbtest"
)

// medQuADFile opens the real collection, which is no part of the repository: DAYROOM_TEST_DATA names the folder with development data,
// else it is looked for beside the repository.
func medQuADFile(t testing.TB) *os.File {
	t.Helper()
	dir := os.Getenv("DAYROOM_TEST_DATA")
	if dir == "" {
		_, here, _, _ := runtime.Caller(0)
		dir = filepath.Join(filepath.Dir(here), "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, "medquad", "medquad_answered.jsonl")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the collection MedQuAD is not at %s: set DAYROOM_TEST_DATA to the folder that has medquad/medquad_answered.jsonl", path)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

const medQuADLines = 16_407

func TestAllOfMedQuADImportsAndASecondRunChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		medQuADLines := medQuADLines
		if w.db.Engine() == db.Postgres { // which takes a minute for all of them; the lines are no others
			medQuADLines = 3000
		}
		for turn := range 2 {
			f := medQuADFile(w)
			text, err := io.ReadAll(f)
			w.must(err)
			text = bytes.Join(bytes.SplitAfterN(text, []byte("\n"), medQuADLines+1)[:medQuADLines], nil)
			begun := time.Now()
			sum, err := w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", Format: importer.MedQuAD, From: bytes.NewReader(text), Size: int64(len(text)),
				Rejected: func(r importer.Rejection) { w.Errorf("line %d: %s", r.Line, r.Reason) }})
			w.must(err)
			if turn == 0 && (sum.Threads != int64(medQuADLines) || sum.Comments != sum.Threads || sum.Authors < 3) || turn == 1 && sum.Known != int64(medQuADLines) {
				w.Fatalf("run %d: %+v", turn+1, sum)
			}
			w.Logf("run %d: %.0f threads and comments a second", turn+1, 2*float64(medQuADLines)/time.Since(begun).Seconds())
		}
		if n := w.number("SELECT COUNT(*) FROM thread t JOIN comment c ON c.thread = t.id AND c.organisation > 0 WHERE t.replies = 1 AND t.kind = 'question'"); n != int64(medQuADLines) {
			w.Errorf("%d answered questions are there, want %d", n, medQuADLines)
		}
		for what, query := range map[string]string{
			"a title with odd spaces":       "SELECT COUNT(*) FROM thread WHERE title LIKE '%  %' OR title LIKE '% ?'",
			"an answer with runs of spaces": "SELECT COUNT(*) FROM comment WHERE body LIKE '%   %'",
			"an answer shown as code":       "SELECT COUNT(*) FROM comment WHERE html LIKE '%<pre>%' OR html LIKE '%<code>%'",
		} {
			if n := w.number(query); n > 0 {
				w.Errorf("%s: %d times", what, n)
			}
		}
	})
}

func BenchmarkImport(b *testing.B) {
	for name, open := range map[string]func() *world{
		"sqlite":   func() *world { return newWorld(b, dbtest.OpenSQLite(b)) },
		"postgres": func() *world { return newWorld(b, dbtest.OpenPostgres(b)) },
	} {
		b.Run(name, func(b *testing.B) {
			if name == "postgres" && os.Getenv(dbtest.PostgresEnv) == "" {
				b.Skip("no PostgreSQL: set " + dbtest.PostgresEnv)
			}
			text, posts := generated(5000), 15000.0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				w := open()
				b.StartTimer()
				_, err := w.Import(ctx, core.SystemActor, importer.Input{Space: "breathing", From: strings.NewReader(text)})
				w.must(err)
			}
			b.ReportMetric(posts*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}
