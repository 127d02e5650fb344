package media

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"dayroom/internal/core"
)

func folder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "media")
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, dir
}

func TestAFileIsKeptAndReadAndDeleted(t *testing.T) {
	f, _ := folder(t)
	name := NewName("image/png")
	for _, content := range []string{"first", "second, longer"} {
		if err := f.Put(t.Context(), name, []byte(content)); err != nil {
			t.Fatal(err)
		}
		file, err := f.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(file)
		if err != nil || string(got) != content || file.Close() != nil {
			t.Errorf("%q %v", got, err)
		}
	}
	for range 2 { // the second time there is nothing left to do
		if err := f.Delete(t.Context(), name, NewName("image/jpeg")); err != nil {
			t.Error(err)
		}
		if _, err := f.Open(t.Context(), name); !core.IsNotFound(err) {
			t.Errorf("%v", err)
		}
	}
}

func TestFilesAreForTheOwnerOnlyAndSpreadOverFolders(t *testing.T) {
	f, dir := folder(t)
	const name = "abcd0000000000000000000000000000.jpg"
	if err := f.Put(t.Context(), name, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]fs.FileMode{"": 0o700, "ab": 0o700, "ab/cd": 0o700, "ab/cd/" + name: 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%q: %v %v", path, info, err)
		}
	}
}

func TestOnlyNamesOfOursAreTaken(t *testing.T) {
	f, _ := folder(t)
	for _, name := range []string{
		"", ".", "..", "a", "../../etc/passwd", "abcd0000000000000000000000000000", "ABCD0000000000000000000000000000.jpg",
		"abcd0000000000000000000000000000.svg", "abcd0000000000000000000000000000.jpg\n", "/bcd0000000000000000000000000000.jpg",
		"abcd0000000000000000000000000000.jpg.part", "abcd000000000000000000000000000.jpg", "abcd/000000000000000000000000000.jpg",
	} {
		if err := f.Put(t.Context(), name, []byte("x")); core.CodeOf(err) != core.Internal {
			t.Errorf("put %q: %v", name, err)
		}
		if _, err := f.Open(t.Context(), name); !core.IsNotFound(err) {
			t.Errorf("open %q: %v", name, err)
		}
		if err := f.Delete(t.Context(), name); core.CodeOf(err) != core.Internal {
			t.Errorf("delete %q: %v", name, err)
		}
		if MIMEOf(name) != "" {
			t.Errorf("%q has a type", name)
		}
	}
	if a, b := NewName("image/jpeg"), NewName("image/jpeg"); a == b || MIMEOf(a) != "image/jpeg" || MIMEOf(NewName("image/png")) != "image/png" {
		t.Errorf("%s %s", a, b)
	}
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	f, dir := folder(t)
	outside := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "ab", "cd")); err != nil {
		t.Skip("no symbolic links here")
	}
	if err := f.Put(t.Context(), "abcd0000000000000000000000000000.jpg", []byte("x")); err == nil {
		t.Error("wrote outside")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("%v %v", entries, err)
	}
}

func TestAFileThatWasCutOffIsFoundAndDeleted(t *testing.T) {
	f, dir := folder(t)
	whole, cut := "abcd0000000000000000000000000000.jpg", "abcd0000000000000000000000000001.jpg"
	if err := f.Put(t.Context(), whole, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, stray := range []string{whole + partial, cut + partial, "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, "ab", "cd", stray), []byte("y"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for name, err := range f.Names() {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if !slices.Equal(names, []string{whole, cut}) {
		t.Errorf("%v", names)
	}
	if _, err := f.Open(t.Context(), cut); !core.IsNotFound(err) {
		t.Errorf("half a file is none: %v", err)
	}
	if err := f.Delete(t.Context(), names...); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "ab", "cd")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}
