//go:build unix

package disk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Free gives the bytes that this process may still write in the file system that holds path. known is false where the system
// does not tell.
func Free(path string) (bytes int64, known bool, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false, fmt.Errorf("free room at %s: %w", path, err)
	}
	return int64(s.Bavail) * int64(s.Bsize), true, nil
}
