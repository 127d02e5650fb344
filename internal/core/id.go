package core

import (
	"fmt"
	"strconv"
	"sync"
	"time"
)

// ID identifies anything that has an identity: 63 bits, ordered by time, made by an IDMaker. Zero is no id.
//
//	bit 62..21 milliseconds since Epoch (42 bits: 139 years)
//	bit 20..12 the number of the process that made it (9 bits)
//	bit 11..0  a counter within the millisecond
type ID int64

// Epoch is where the milliseconds of an ID begin: 2024-01-01T00:00:00Z in Unix milliseconds.
const Epoch int64 = 1_704_067_200_000

// MaxProcess is the greatest process number that fits an ID.
const MaxProcess = 1<<9 - 1

const sequenceBits, processBits = 12, 9

// String is the form in addresses and JSON: decimal, because JavaScript's numbers end at 53 bits.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// Time is the moment an id was made, to the millisecond.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(id)>>(sequenceBits+processBits) + Epoch)
}

// MarshalText writes the decimal form: ids are strings in JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the decimal form, and "0" as no id: what MarshalText wrote can be read again.
func (id *ID) UnmarshalText(text []byte) error {
	if string(text) == "0" {
		*id = 0
		return nil
	}
	parsed, err := ParseID(string(text))
	*id = parsed
	return err
}

// ParseID reads the decimal form. Anything else is NotFound: an address with a broken id leads nowhere.
func ParseID(s string) (ID, error) {
	if len(s) == 0 || len(s) > 19 || s[0] < '1' || s[0] > '9' {
		return 0, Missing("id")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, Missing("id")
	}
	return ID(n), nil
}

// IDMaker makes ids for one process. Its ids never go back, even when the clock does: it then keeps counting from the last
// millisecond that it used. Safe for concurrent use.
type IDMaker struct {
	clock   Clock
	process int64
	mu      sync.Mutex
	last    int64 // milliseconds since Epoch
	seq     int64
}

// NewIDMaker makes ids marked with a process number that the caller has leased, none older than floor (Unix milliseconds),
// the greatest moment that earlier holders of the number may have used.
func NewIDMaker(clock Clock, process int, floor int64) (*IDMaker, error) {
	if process < 0 || process > MaxProcess {
		return nil, fmt.Errorf("process number %d is not within 0 to %d", process, MaxProcess)
	}
	return &IDMaker{clock: clock, process: int64(process), last: max(floor-Epoch, 0)}, nil
}

// Next gives a new id.
func (m *IDMaker) Next() ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock.Now().UnixMilli() - Epoch
	if now > m.last {
		m.last, m.seq = now, 0
	} else if m.seq++; m.seq >= 1<<sequenceBits {
		m.last, m.seq = m.last+1, 0
	}
	return ID(m.last<<(sequenceBits+processBits) | m.process<<sequenceBits | m.seq)
}

// High is the greatest moment that ids of this maker carry so far, in Unix milliseconds.
func (m *IDMaker) High() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last + Epoch
}
