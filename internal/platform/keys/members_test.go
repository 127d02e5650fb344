package keys_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"dayroom/internal/core"
	"dayroom/internal/platform/keys"
)

func TestLookingForAKeyStoreMakesNone(t *testing.T) {
	each(t, func(t *testing.T, address, root string) {
		ctx := context.Background()
		if there, err := keys.Exists(ctx, address); there || err != nil {
			t.Fatalf("%v, %v before it was made", there, err)
		}
		if _, err := os.Stat(root); !os.IsNotExist(err) {
			t.Errorf("looking made a key file: %v", err)
		}
		s := open(t, address, root)
		if there, err := keys.Exists(ctx, address); !there || err != nil {
			t.Errorf("%v, %v after it was made", there, err)
		}
		for _, id := range []core.ID{9, 7} {
			if err := s.Create(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Members(ctx); err != nil || !slices.Equal(got, []core.ID{7, 9}) {
			t.Errorf("%v %v", got, err)
		}
	})
}
