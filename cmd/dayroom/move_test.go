package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/importer"
)

// run runs a command as main does and gives what it writes to standard output.
func run(t *testing.T, data string, cmd interface {
	Run(context.Context, *cli) error
}) (string, error) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, errs := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = w, w
	said := make(chan string)
	go func() {
		text, _ := io.ReadAll(r)
		said <- string(text)
	}()
	failed := cmd.Run(context.Background(), &cli{Data: data})
	os.Stdout, os.Stderr = out, errs
	w.Close()
	return <-said, failed
}

// A site is filled from a file, saved, moved, and goes on where it stopped.
func TestASiteMovesByTheCommandsOfTheManual(t *testing.T) {
	dir := t.TempDir()
	here, there := filepath.Join(dir, "here"), filepath.Join(dir, "there")
	file, saved := filepath.Join(dir, "talk.jsonl"), filepath.Join(dir, "site.backup")
	lines := `{"external":"1","author":{"name":"Marta"},"time":"2024-05-01T18:30:00Z","title":"Cleaning the spacer?","body":"Mine smells."}
{"external":"2","author":{"name":"Tom"},"time":"2044-05-01T18:30:00Z","title":"From the future","body":"Hello."}
`
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	fill(t, here)

	said, err := run(t, here, importCmd{File: file, Space: "breathing-space", Format: "jsonl"})
	if !errors.Is(err, errRejected) || !strings.Contains(said, "line 2: time 2044-05-01T18:30:00Z lies in the future") || !strings.Contains(said, "1 thread and 0 comments, 1 line rejected") {
		t.Errorf("import: %s %v", said, err)
	}
	said, err = run(t, here, backupCmd{File: saved})
	if err != nil || !strings.Contains(said, "found whole") || !strings.Contains(said, "root.key") {
		t.Errorf("backup: %s %v", said, err)
	}
	said, err = run(t, here, restoreCmd{File: saved, Check: true})
	if err != nil || !strings.Contains(said, "is whole: made at") {
		t.Errorf("check: %s %v", said, err)
	}
	if said, err = run(t, there, restoreCmd{File: saved}); err == nil || !strings.Contains(err.Error(), "--without-ledger") {
		t.Errorf("restore without keys: %s %v", said, err)
	}
	if err := os.Mkdir(there, 0o700); err != nil {
		t.Fatal(err)
	}
	if said, err = run(t, here, copyKeysCmd{To: filepath.Join(there, "keys.db")}); err != nil || !strings.Contains(said, "are copied") {
		t.Errorf("copy-keys: %s %v", said, err)
	}
	key, err := os.ReadFile(filepath.Join(here, "root.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(there, "root.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	said, err = run(t, there, restoreCmd{File: saved})
	if err != nil || !strings.Contains(said, "The site is restored") {
		t.Errorf("restore: %s %v", said, err)
	}
	said, err = run(t, there, importCmd{File: file, Space: "breathing-space", Format: "jsonl", JSON: true})
	var sum struct {
		importer.Summary
		Lines []importer.Rejection `json:"rejected_lines"`
	}
	if jsonErr := json.Unmarshal([]byte(said[strings.IndexByte(said, '{'):]), &sum); !errors.Is(err, errRejected) || jsonErr != nil || sum.Known != 1 || sum.Threads != 0 || len(sum.Lines) != 1 {
		t.Errorf("import again: %s %v %v", said, err, jsonErr)
	}
}

// fill makes a site with the demo's spaces.
func fill(t *testing.T, data string) {
	t.Helper()
	cfg, err := (&cli{Data: data}).load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(context.Background(), cfg, app.Logger(cfg, io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.FillDemo(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestToolsNameWhatIsNotThereInWordsOfATerminal(t *testing.T) {
	data, file := filepath.Join(t.TempDir(), "site"), filepath.Join(t.TempDir(), "talk.jsonl")
	fill(t, data)
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := run(t, data, memberResetCmd{Handle: "nosuch"})
	if err == nil || explain(err) != "nobody here has the handle nosuch" {
		t.Errorf("member reset: %v", err)
	}
	_, err = run(t, data, importCmd{File: file, Space: "nosuch", Format: "jsonl"})
	if err == nil || !strings.HasPrefix(explain(err), `there is no space "nosuch" here.`) || strings.Contains(explain(err), "SELECT") {
		t.Errorf("import: %v", err)
	}
	for _, addr := range []string{"nonsense", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:http!"} {
		if _, _, err := app.LoadConfig(map[string]string{"addr": addr, "data": data}, func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "HOST:PORT") {
			t.Errorf("the address %q: %v", addr, err)
		}
	}
}

func TestToolsSayWhatToDo(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "nothing")
	for want, cmd := range map[string]interface {
		Run(context.Context, *cli) error
	}{
		"name the site's folder with --data": backupCmd{File: filepath.Join(t.TempDir(), "b")},
		"its database with --db":             importCmd{File: filepath.Join(t.TempDir(), "none"), Space: "x"},
		"no key store to copy":               copyKeysCmd{To: filepath.Join(t.TempDir(), "k")},
		"not a backup of Dayroom":            restoreCmd{File: os.Args[0], Check: true},
	} {
		if said, err := run(t, empty, cmd); err == nil || !strings.Contains(explain(err), want) {
			t.Errorf("want %q: %s %v", want, said, err)
		}
	}
	if _, err := os.Stat(empty); err == nil {
		t.Error("a tool that found no site made one")
	}
	for path, want := range map[string]string{filepath.Join(empty, "none"): "no such file", t.TempDir(): "is a folder; give a file"} {
		if _, _, err := openInput(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
