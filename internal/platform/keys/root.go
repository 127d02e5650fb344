package keys

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const rootHeader = "# Dayroom root key. Without this file, sealed fields cannot be read. Keep a copy apart from the backups.\n"

// rootKey reads the root key, or makes it where the key store is new. A file that is missing beside a used key store is an
// error: a new key would hide the loss and make it final.
func rootKey(file string, storeIsNew bool) ([]byte, error) {
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && storeIsNew:
		return makeRoot(file)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the key file %s is missing, and the key store was made with one: put it back from where you keep a copy", file)
	case err != nil:
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	key, err := hex.DecodeString(strings.TrimSpace(lines[len(lines)-1]))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("the key file %s is damaged: its last line should be %d hexadecimal digits", file, 2*keySize)
	}
	return key, nil
}

func makeRoot(file string) ([]byte, error) {
	key := make([]byte, keySize)
	rand.Read(key)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	// O_EXCL: two servers that start at once must not each make a key.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the key file: %w", err)
	}
	defer f.Close()
	if _, err := f.WriteString(rootHeader + hex.EncodeToString(key) + "\n"); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	return key, syncFolder(filepath.Dir(file))
}

// syncFolder makes the file's name durable, not its content only.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
