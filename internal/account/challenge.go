package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// newToken gives 256 random bits for a cookie or a link.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashToken is what is stored of a token. Tokens are random, so one round of SHA-256 is enough.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Purposes of challenges.
const (
	forCreate  = "passkey.create"  // a member adds a passkey
	forSignUp  = "passkey.sign_up" // somebody signs up with a passkey
	forGet     = "passkey.get"     // somebody signs in with a passkey
	forConfirm = "passkey.confirm" // a member proves who they are with a passkey
	forSecond  = "second"          // the password was right, the code is awaited
	forReset   = "reset"           // a link that sets a new password
	forMail    = "mail"            // a link that confirms an address
	forTOTP    = "totp"            // the secret of a device that has not shown its first code
	forJoined  = "joined"          // a form that somebody has joined with
	forStopped = "stopped"         // what is left of a sign-in that a ban ended: its browser may be told why
)

// challenge is a one-time secret between two requests.
type challenge struct {
	member core.ID
	data   []byte
}

func scanChallenge(r db.Row) (c challenge, err error) {
	err = r.Scan(&c.member, &c.data)
	return c, err
}

// put keeps data under a new token for a while.
func (s *Service) put(tx *db.Tx, purpose string, member core.ID, data []byte, age time.Duration) (token string, err error) {
	if data == nil {
		data = []byte{}
	}
	token = newToken()
	_, err = tx.Exec("INSERT INTO challenge (token_hash, purpose, member, data, expires_at) VALUES ($1, $2, $3, $4, $5)",
		hashToken(token), purpose, member, data, db.Millis(s.now().Add(age)))
	return token, err
}

// replace is put, after which it is the member's only one for the purpose.
func (s *Service) replace(tx *db.Tx, purpose string, member core.ID, data []byte, age time.Duration) (token string, err error) {
	if err := drop(tx, purpose, member); err != nil {
		return "", err
	}
	return s.put(tx, purpose, member, data, age)
}

func drop(tx *db.Tx, purpose string, member core.ID) error {
	_, err := tx.Exec("DELETE FROM challenge WHERE member = $1 AND purpose = $2", member, purpose)
	return err
}

// use uses a token up: of two who come with it, one gets it. What is unknown, used or too old is core.NotFound.
func (s *Service) use(tx *db.Tx, purpose, token string) (challenge, error) {
	return db.One(tx, scanChallenge, "DELETE FROM challenge WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING member, data",
		hashToken(token), purpose, db.Millis(s.now()))
}

// peek reads a token without using it up.
func (s *Service) peek(tx *db.Tx, purpose, token string) (challenge, error) {
	return db.One(tx, scanChallenge, "SELECT member, data FROM challenge WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3",
		hashToken(token), purpose, db.Millis(s.now()))
}

// pending reads what a member has open for a purpose.
func (s *Service) pending(tx *db.Tx, purpose string, member core.ID) (challenge, error) {
	return db.One(tx, scanChallenge, "SELECT member, data FROM challenge WHERE member = $1 AND purpose = $2 AND expires_at > $3 ORDER BY expires_at DESC LIMIT 1",
		member, purpose, db.Millis(s.now()))
}
