package keys_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db/dbtest"
	"dayroom/internal/platform/keys"
)

// places runs a test once for each engine that a copy may be of. Calling to gives an empty place.
func places(t *testing.T, test func(t *testing.T, to func(t *testing.T) string)) {
	t.Run("to sqlite", func(t *testing.T) {
		test(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "copy.db") })
	})
	t.Run("to postgres", func(t *testing.T) { test(t, func(t *testing.T) string { return dbtest.EmptyPostgres(t) }) })
}

func TestACopyOpensWhatWasSealed(t *testing.T) {
	places(t, func(t *testing.T, place func(t *testing.T) string) {
		each(t, func(t *testing.T, address, root string) {
			ctx, s, to := context.Background(), open(t, address, root), place(t)
			for _, id := range []core.ID{1, 2} {
				must(t, s.Create(ctx, id))
			}
			sealed, err := s.Seal(ctx, 1, "mail", []byte("ada@example.org"))
			must(t, err)
			must(t, s.Erase(ctx, time.UnixMilli(5), keys.ErasedPost, 9))
			if n, err := keys.Copy(ctx, address, to); n != 2 || err != nil {
				t.Fatalf("%d members, %v", n, err)
			}
			other := open(t, to, root)
			if plain, err := other.Open(ctx, 1, "mail", sealed); err != nil || !bytes.Equal(plain, []byte("ada@example.org")) {
				t.Errorf("%q %v", plain, err)
			}
			if ledger, err := other.Ledger(ctx); err != nil || len(ledger) != 1 || ledger[0].ID != 9 || ledger[0].At.UnixMilli() != 5 {
				t.Errorf("%v %v", ledger, err)
			}
			must(t, other.Close())

			// The next copy forgets whoever was erased since.
			must(t, s.Erase(ctx, time.UnixMilli(6), keys.ErasedMember, 1))
			must(t, s.Create(ctx, 3))
			if n, err := keys.Copy(ctx, address, to); n != 2 || err != nil {
				t.Fatalf("%d members, %v", n, err)
			}
			other = open(t, to, root)
			if _, err := other.Open(ctx, 1, "mail", sealed); !core.IsNotFound(err) {
				t.Errorf("the erased member's key lives on in the copy: %v", err)
			}
			if _, err := other.Seal(ctx, 3, "mail", nil); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestACopyReplacesNeitherAnotherSitesKeysNorNewerOnes(t *testing.T) {
	places(t, func(t *testing.T, place func(t *testing.T) string) {
		ctx, dir, to := context.Background(), t.TempDir(), place(t)
		address, root := filepath.Join(dir, "keys.db"), filepath.Join(dir, "root.key")
		s := open(t, address, root)
		must(t, s.Create(ctx, 1))
		if _, err := keys.Copy(ctx, address, to); err != nil {
			t.Fatal(err)
		}
		copied := open(t, to, root)
		must(t, copied.Create(ctx, 2))
		must(t, copied.Close())
		strange := filepath.Join(dir, "strange.db")
		open(t, strange, filepath.Join(dir, "strange.key"))
		for from, want := range map[string]string{address: "newer", strange: "another site", to: "itself", filepath.Join(dir, "none"): "no key store"} {
			if _, err := keys.Copy(ctx, from, to); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		if got, err := open(t, to, root).Members(ctx); err != nil || len(got) != 2 {
			t.Errorf("%v %v", got, err)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
