package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"dayroom/internal/core"

	"golang.org/x/crypto/argon2"
)

// Cost is what one hash takes.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// Standard is the second choice of the OWASP Password Storage Cheat Sheet for argon2id: 19 MiB and two passes, about 26 ms on a
// small server. More memory would let a burst of sign-ins push a one-gigabyte machine into swap.
var Standard = Cost{Memory: 19 * 1024, Time: 2, Threads: 1}

const saltSize, sumSize = 16, 32

// Bounds of what Verify takes from a stored hash, so that a damaged row cannot ask for all memory.
const maxMemory, maxTime = 256 * 1024, 16

// Hasher makes and checks hashes, a few at a time. Safe for concurrent use.
type Hasher struct {
	cost  Cost
	slots chan struct{}
	dummy func() string
}

// NewHasher makes a hasher. At most as many hashes run at once as the machine has processors: more would only take memory.
func NewHasher(cost Cost) *Hasher {
	h := &Hasher{cost: cost, slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))}
	h.dummy = sync.OnceValue(func() string { return encode(cost, rand.Text()) })
	return h
}

// Hash gives the PHC string of a password: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return encode(h.cost, password), nil
}

// Verify tells whether password belongs to a stored hash. An empty hash (no such member, or no password) takes the same work and
// is never right, so that an answer's time does not tell who is here.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	known := stored != ""
	if !known {
		stored = h.dummy()
	}
	cost, salt, sum, err := decode(stored)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, cost.Time, cost.Memory, cost.Threads, uint32(len(sum)))
	return subtle.ConstantTimeCompare(got, sum) == 1 && known, nil
}

// Outdated tells that a stored hash was made at another cost and should be made anew when the password is next seen.
func (h *Hasher) Outdated(stored string) bool {
	cost, _, _, err := decode(stored)
	return err == nil && cost != h.cost
}

func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return core.E(core.Unavailable, "error.unavailable").Because(ctx.Err())
	}
}

func (h *Hasher) leave() { <-h.slots }

func encode(c Cost, password string) string {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	sum := argon2.IDKey([]byte(password), salt, c.Time, c.Memory, c.Threads, sumSize)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads, b64(salt), b64(sum))
}

var errFormat = errors.New("the stored password hash cannot be read")

func decode(phc string) (c Cost, salt, sum []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errFormat
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); n != 3 || err != nil {
		return c, nil, nil, errFormat
	}
	if c.Memory == 0 || c.Memory > maxMemory || c.Time == 0 || c.Time > maxTime || c.Threads == 0 {
		return c, nil, nil, errFormat
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	sum, sumErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 {
		return c, nil, nil, errFormat
	}
	return c, salt, sum, nil
}
