package site

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// NewSetUpCode makes the one-time code that guards the set-up page, where the site is not set up yet; empty where it is. The
// code is printed in the terminal; only its hash is stored, so that every server of a site knows it. A new code ends the old.
func (s *Service) NewSetUpCode(ctx context.Context) (code string, err error) {
	code = strings.ToLower(rand.Text()[:4] + "-" + rand.Text()[:4] + "-" + rand.Text()[:4])
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		in, err := Load(tx)
		if err != nil {
			return err
		}
		if in.Ready {
			code = ""
			return nil
		}
		_, err = tx.Exec("INSERT INTO setting (name, value) VALUES ('set_up_code', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value", hashCode(code))
		return err
	})
	return code, err
}

func hashCode(code string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(code))))
	return hex.EncodeToString(sum[:])
}

// CheckSetUpCode tells whether code opens the set-up page.
func (s *Service) CheckSetUpCode(ctx context.Context, code string) error {
	return s.db.View(ctx, func(tx *db.Tx) error { return checkSetUpCode(tx, code) })
}

func checkSetUpCode(tx *db.Tx, code string) error {
	in, err := Load(tx)
	if err != nil {
		return err
	}
	want, err := db.One(tx, db.String, "SELECT value FROM setting WHERE name = 'set_up_code'")
	if core.IsNotFound(err) || in.Ready {
		return core.Missing("set-up")
	}
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(hashCode(code))) != 1 {
		return core.Field("code", "site.setup.code")
	}
	return nil
}

// SetUp ends the set-up inside the transaction that makes the first admin: it checks and uses up the code and stores the settings.
func SetUp(tx *db.Tx, code string, in Settings) error {
	if err := checkSetUpCode(tx, code); err != nil {
		return err
	}
	in.Ready = true
	if err := in.Validate(); err != nil {
		return err
	}
	// Deleting the code decides between two who finish at once.
	if err := tx.Must("DELETE FROM setting WHERE name = 'set_up_code'"); err != nil {
		return err
	}
	return Store(tx, in)
}

// Forget drops the settings kept in memory. For the end of set-up and tests.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept, s.keptAt = Settings{}, time.Time{}
}
