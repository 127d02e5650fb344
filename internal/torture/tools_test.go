package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/backup"
	"dayroom/internal/platform/db"
)

// importKills is how often an import and a restore are killed in one run.
const importKills = 6

// killAt starts the binary with arguments and kills it after some time; done tells that it came to its end before.
func (w *world) killAt(after time.Duration, args ...string) (done bool) {
	w.Helper()
	ctx, stop := context.WithTimeout(context.Background(), after) // CommandContext kills with SIGKILL
	defer stop()
	err := exec.CommandContext(ctx, w.binary, args...).Run()
	return err == nil
}

// talk writes a file of threads with a comment each.
func talk(t *testing.T, threads int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "talk.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range threads {
		_, err = fmt.Fprintf(f, `{"external":"%d","author":{"name":"A%d"},"time":%d,"title":"Brought in %d","body":"%s","comments":[{"author":{"name":"B"},"time":1709280000000,"body":"One."}]}`+"\n",
			i, i%90, 1709270000000+i, i, strings.Repeat("Words that take room. ", 20))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// counts gives the threads that an import brought, those of them that have their comment, and the placeholders.
func counts(w *world, path string) (threads, whole, people int64) {
	w.Helper()
	d, err := db.Open(context.Background(), path)
	w.must(err)
	defer d.Close()
	w.must(d.Check(context.Background()))
	w.must(d.View(context.Background(), func(tx *db.Tx) error {
		for query, into := range map[string]*int64{
			"SELECT COUNT(*) FROM thread WHERE title LIKE 'Brought in %'":                                                         &threads,
			"SELECT COUNT(*) FROM thread t JOIN comment c ON c.thread = t.id WHERE t.title LIKE 'Brought in %' AND t.replies = 1": &whole,
			"SELECT COUNT(*) FROM member WHERE standing = 'placeholder'":                                                          &people,
		} {
			if *into, err = db.One(tx, db.Int64, query); err != nil {
				return err
			}
		}
		return nil
	}))
	return threads, whole, people
}

// An import and a restore that are killed at any moment leave a database that is whole, and the same command goes on, or begins anew.
func TestKilledImportsAndRestoresCanBeDoneAgain(t *testing.T) {
	w := newWorld(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	moments := rand.New(rand.NewPCG(seed, 2))
	w.start() // the demo's spaces
	w.kill()
	const threads = 12_000
	file := talk(t, threads)
	load := []string{"import", "--data", w.data, "--space", "breathing-space", "--json", file}
	for range importKills {
		if w.killAt(time.Duration(100+moments.IntN(500))*time.Millisecond, load...) {
			break
		}
		if have, whole, _ := counts(w, filepath.Join(w.data, "dayroom.db")); have != whole {
			t.Fatalf("%d threads are there, %d of them whole", have, whole)
		}
	}
	if out, err := exec.Command(w.binary, load...).CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	if have, whole, people := counts(w, filepath.Join(w.data, "dayroom.db")); have != threads || whole != threads || people != 91 {
		t.Errorf("%d threads, %d of them whole, and %d people; want %d and 91", have, whole, people, threads)
	}

	saved, there := filepath.Join(t.TempDir(), "site.backup"), filepath.Join(t.TempDir(), "there")
	if out, err := exec.Command(w.binary, "backup", "--data", w.data, saved).CombinedOutput(); err != nil {
		t.Fatalf("backup: %v\n%s", err, out)
	}
	again := []string{"restore", "--data", there, "--keys", filepath.Join(w.data, "keys.db"), "--key-file", filepath.Join(w.data, "root.key"), saved}
	for range importKills {
		if w.killAt(time.Duration(50+moments.IntN(900))*time.Millisecond, again...) {
			w.must(os.RemoveAll(there))
			continue
		}
		if _, err := os.Stat(filepath.Join(there, "dayroom.db")); err == nil {
			finished(w, there) // killed between the last step and the end
			w.must(os.RemoveAll(there))
		}
	}
	if out, err := exec.Command(w.binary, again...).CombinedOutput(); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	finished(w, there)
	if have, whole, _ := counts(w, filepath.Join(there, "dayroom.db")); have != threads || whole != threads {
		t.Errorf("%d threads came back, %d of them whole", have, whole)
	}
}

// finished makes sure that what lies in the place of a restored database is a finished one.
func finished(w *world, data string) {
	w.Helper()
	d, err := db.Open(context.Background(), filepath.Join(data, "dayroom.db"))
	w.must(err)
	defer d.Close()
	w.must(d.Check(context.Background()))
	w.must(backup.Unfinished(context.Background(), d))
}
