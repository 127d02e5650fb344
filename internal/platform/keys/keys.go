// Package keys keeps the secrets that make forgetting possible: a key for each member, and the ledger of what was erased.
//
// Private fields are sealed with AES-256-GCM under their member's key. Member keys lie in a database of their own, never in a
// backup, each wrapped with AES-256-GCM under a key derived (HKDF-SHA-256, RFC 5869) from the root key, which lies in a file.
// Destroying a member's key makes every copy of that member's sealed fields unreadable, the oldest backup's too. The ledger
// tells a restore what was erased since the backup was made.
//
// A key is durable before its member exists: Create commits before the caller's transaction does. Losing the root key or the
// key store loses what was sealed; both are refused loudly when they do not fit together, and nothing is overwritten.
package keys

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

const keySize = 32

// Store seals and opens members' private fields. Safe for concurrent use.
type Store struct {
	db    *db.DB
	wrap  cipher.AEAD
	site  cipher.AEAD
	index []byte
}

// Open opens the key store at an address (see db.Open) with the root key in a file. Where neither exists yet, both are made.
func Open(ctx context.Context, address, rootFile string) (*Store, error) {
	d, err := db.Open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("open the key store: %w", err)
	}
	s, err := open(ctx, d, rootFile)
	if err != nil {
		d.Close()
		return nil, err
	}
	return s, nil
}

func open(ctx context.Context, d *db.DB, rootFile string) (*Store, error) {
	if err := prepare(ctx, d); err != nil {
		return nil, fmt.Errorf("prepare the key store: %w", err)
	}
	check, err := readCheck(ctx, d)
	if err != nil {
		return nil, err
	}
	root, err := rootKey(rootFile, check == nil)
	if err != nil {
		return nil, err
	}
	mark := derive(root, "dayroom key store check")
	if check == nil {
		if err := writeCheck(ctx, d, mark); err != nil {
			return nil, err
		}
	} else if !hmac.Equal(check, mark) {
		return nil, fmt.Errorf("the key file %s does not belong to this key store: put back the key file that was beside it", rootFile)
	}
	wrap, err := newAEAD(derive(root, "dayroom wrap member keys"))
	if err != nil {
		return nil, err
	}
	site, err := newAEAD(derive(root, "dayroom site secrets"))
	if err != nil {
		return nil, err
	}
	return &Store{db: d, wrap: wrap, site: site, index: derive(root, "dayroom blind index")}, nil
}

// prepare makes the tables on opening: the key store has two tables and outlives every version of the other schema.
func prepare(ctx context.Context, d *db.DB) error {
	bytes := "BLOB"
	if d.Engine() == db.Postgres {
		bytes = "BYTEA"
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		for _, statement := range []string{
			"CREATE TABLE IF NOT EXISTS key_check (name TEXT PRIMARY KEY, value " + bytes + " NOT NULL)",
			"CREATE TABLE IF NOT EXISTS member_key (member BIGINT PRIMARY KEY, wrapped " + bytes + " NOT NULL)",
			"CREATE TABLE IF NOT EXISTS erasure (kind TEXT NOT NULL, id BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (kind, id))",
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
}

func scanBytes(r db.Row) (b []byte, err error) { err = r.Scan(&b); return }

func readCheck(ctx context.Context, d *db.DB) (check []byte, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		check, err = db.One(tx, scanBytes, "SELECT value FROM key_check WHERE name = 'root'")
		if core.IsNotFound(err) {
			return nil
		}
		return err
	})
	return check, err
}

func writeCheck(ctx context.Context, d *db.DB, mark []byte) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO key_check (name, value) VALUES ('root', $1)", mark)
		return err
	})
}

func derive(root []byte, purpose string) []byte {
	k, err := hkdf.Key(sha256.New, root, nil, purpose, keySize)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return k
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Create makes the key of a member to be. It is durable when Create returns. A key that is there already stays.
func (s *Store) Create(ctx context.Context, member core.ID) error {
	key := make([]byte, keySize)
	rand.Read(key)
	wrapped := s.wrap.Seal(nil, nil, key, memberBytes(member))
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO member_key (member, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING", member, wrapped)
		return err
	})
}

// Seal encrypts a private field of a member. The field's name is bound in: a sealed e-mail cannot be passed off as a draft.
func (s *Store) Seal(ctx context.Context, member core.ID, field string, plain []byte) ([]byte, error) {
	aead, err := s.member(ctx, member)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, additional(member, field)), nil
}

// Open decrypts what Seal made for the same member and field. An erased member's field is core.NotFound.
func (s *Store) Open(ctx context.Context, member core.ID, field string, sealed []byte) ([]byte, error) {
	aead, err := s.member(ctx, member)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed, additional(member, field))
	if err != nil {
		return nil, fmt.Errorf("field %s of member %s does not open: %w", field, member, err)
	}
	return plain, nil
}

func (s *Store) member(ctx context.Context, member core.ID) (cipher.AEAD, error) {
	var wrapped []byte
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		wrapped, err = db.One(tx, scanBytes, "SELECT wrapped FROM member_key WHERE member = $1", member)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("key of member %s: %w", member, err)
	}
	key, err := s.wrap.Open(nil, nil, wrapped, memberBytes(member))
	if err != nil {
		return nil, fmt.Errorf("key of member %s does not open: %w", member, err)
	}
	return newAEAD(key)
}

func memberBytes(member core.ID) []byte { return binary.BigEndian.AppendUint64(nil, uint64(member)) }

func additional(member core.ID, field string) []byte { return append(memberBytes(member), field...) }

// Index is a blind index: equal values give equal 32 bytes, and without the root key nothing can be learnt from them. The purpose
// keeps indexes of different columns apart.
func (s *Store) Index(purpose, value string) []byte {
	mac := hmac.New(sha256.New, s.index)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

// Kinds of erasure.
const (
	ErasedMember = "member"
	ErasedPost   = "post"
	ErasedMedia  = "media"

	erasedWords = "words "
)

// ErasedWords is the kind of erasure that took the words out of one version of a post, whose id the entry has.
func ErasedWords(version int64) string { return erasedWords + strconv.FormatInt(version, 10) }

// Words tells whether an entry is of that kind, and of which version.
func (e Erased) Words() (version int64, ok bool) {
	number, ok := strings.CutPrefix(e.Kind, erasedWords)
	if !ok {
		return 0, false
	}
	version, err := strconv.ParseInt(number, 10, 64)
	return version, err == nil
}

// Erased is an entry of the ledger.
type Erased struct {
	Kind string
	ID   core.ID
	At   time.Time
}

// Erase notes in the ledger that something is erased, and destroys the key of a member. Call it before the erasing transaction:
// after a crash in between, doing it again completes it.
func (s *Store) Erase(ctx context.Context, now time.Time, kind string, ids ...core.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec("INSERT INTO erasure (kind, id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", kind, id, db.Millis(now)); err != nil {
				return err
			}
			if kind != ErasedMember {
				continue
			}
			if _, err := tx.Exec("DELETE FROM member_key WHERE member = $1", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Ledger reads what was erased, oldest first.
func (s *Store) Ledger(ctx context.Context) (out []Erased, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(tx, scanErased, "SELECT kind, id, at FROM erasure ORDER BY at, kind, id")
		return err
	})
	return out, err
}

func scanErased(r db.Row) (e Erased, err error) {
	var at int64
	err = r.Scan(&e.Kind, &e.ID, &at)
	e.At = db.Moment(at)
	return e, err
}
