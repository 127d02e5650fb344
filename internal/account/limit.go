package account

import (
	"context"
	"encoding/hex"
	"time"

	"dayroom/internal/site"
)

// Limits on asking. Those per account are counted per address too, so that a stranger who guesses does not lock the owner out;
// the one over all addresses is wide enough that only a crowd of machines reaches it.
var (
	limitAddress   = site.Limit{Name: "sign_in.address", Count: 50, Window: 15 * time.Minute}
	limitAccount   = site.Limit{Name: "sign_in.account", Count: 10, Window: 15 * time.Minute}
	limitEverybody = site.Limit{Name: "sign_in.everybody", Count: 100, Window: time.Hour}
	limitSecond    = site.Limit{Name: "sign_in.second", Count: 10, Window: 15 * time.Minute}
	limitRecovery  = site.Limit{Name: "recovery", Count: 10, Window: time.Hour}
	limitReset     = site.Limit{Name: "reset", Count: 5, Window: time.Hour}
	limitSignUp    = site.Limit{Name: "sign_up", Count: 20, Window: time.Hour}
	limitCeremony  = site.Limit{Name: "passkey", Count: 60, Window: 15 * time.Minute}
	limitMail      = site.Limit{Name: "mail", Count: 5, Window: time.Hour}
)

// bucket names what is counted without keeping it: a keyed hash of an address, a handle, or both.
func (s *Service) bucket(parts ...string) string {
	joined := ""
	for _, p := range parts {
		joined += p + "\x00"
	}
	return hex.EncodeToString(s.keys.Index("throttle", joined)[:16])
}

// slow counts an act against limits by address and by account.
func (s *Service) slow(ctx context.Context, l site.Limit, parts ...string) error {
	return s.site.Throttle(ctx, l, s.bucket(parts...))
}
