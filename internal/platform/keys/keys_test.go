package keys_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/keys"
)

func open(t *testing.T, address, root string) *keys.Store {
	t.Helper()
	s, err := keys.Open(context.Background(), address, root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func each(t *testing.T, test func(t *testing.T, address, root string)) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, dbtest.EmptyPostgres(t), filepath.Join(t.TempDir(), "root.key"))
	})
}

func TestASealedFieldOpensForItsMemberAndFieldOnly(t *testing.T) {
	each(t, func(t *testing.T, address, root string) {
		ctx, s := context.Background(), open(t, address, root)
		for _, m := range []core.ID{1, 2} {
			if err := s.Create(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
		sealed, err := s.Seal(ctx, 1, "mail", []byte("ada@example.org"))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sealed, []byte("example")) {
			t.Error("the sealed field can be read")
		}
		if plain, err := s.Open(ctx, 1, "mail", sealed); err != nil || string(plain) != "ada@example.org" {
			t.Errorf("got %q, %v", plain, err)
		}
		if _, err := s.Open(ctx, 1, "draft", sealed); err == nil {
			t.Error("it opened as another field")
		}
		if _, err := s.Open(ctx, 2, "mail", sealed); err == nil {
			t.Error("it opened for another member")
		}
	})
}

func TestAnErasedMemberIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, address, root string) {
		ctx, s := context.Background(), open(t, address, root)
		s.Create(ctx, 1)
		sealed, err := s.Seal(ctx, 1, "mail", []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Erase(ctx, time.UnixMilli(5), keys.ErasedMember, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(ctx, 1, "mail", sealed); !core.IsNotFound(err) {
			t.Errorf("got %v, want not found", err)
		}
		ledger, err := s.Ledger(ctx)
		if err != nil || len(ledger) != 1 || ledger[0].ID != 1 || ledger[0].Kind != keys.ErasedMember {
			t.Errorf("ledger %v, %v", ledger, err)
		}
	})
}

func TestAMissingOrWrongRootKeyStopsAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, address, root string) {
		ctx := context.Background()
		s := open(t, address, root)
		s.Create(ctx, 1)
		s.Close()
		kept, err := os.ReadFile(root)
		if err != nil {
			t.Fatal(err)
		}
		os.Remove(root)
		if _, err := keys.Open(ctx, address, root); err == nil || !strings.Contains(err.Error(), "is missing") {
			t.Errorf("missing file: got %v", err)
		}
		if _, err := os.Stat(root); err == nil {
			t.Error("a new key file was made")
		}
		os.WriteFile(root, []byte(strings.Repeat("ab", 32)), 0o600)
		if _, err := keys.Open(ctx, address, root); err == nil || !strings.Contains(err.Error(), "does not belong") {
			t.Errorf("wrong file: got %v", err)
		}
		os.WriteFile(root, []byte("nonsense"), 0o600)
		if _, err := keys.Open(ctx, address, root); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("damaged file: got %v", err)
		}
		os.WriteFile(root, kept, 0o600)
		open(t, address, root)
	})
}

func TestIndexTellsPurposesApart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	if !bytes.Equal(s.Index("mail", "a"), s.Index("mail", "a")) || bytes.Equal(s.Index("mail", "a"), s.Index("address", "a")) {
		t.Error("an index must be equal for equal input and differ between purposes")
	}
}

func TestASecretOfTheSiteOpensForItsPurposeUnderItsRootKeyOnly(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key"))
	sealed := s.SealSite("webhook 1", []byte("whsec"))
	if bytes.Contains(sealed, []byte("whsec")) {
		t.Error("the secret can be read")
	}
	if plain, err := s.OpenSite("webhook 1", sealed); err != nil || string(plain) != "whsec" {
		t.Errorf("got %q, %v", plain, err)
	}
	if _, err := s.OpenSite("webhook 2", sealed); err == nil {
		t.Error("it opened for another purpose")
	}
	other := open(t, filepath.Join(t.TempDir(), "keys.db"), filepath.Join(t.TempDir(), "root.key"))
	if _, err := other.OpenSite("webhook 1", sealed); err == nil {
		t.Error("it opened under another root key")
	}
}
