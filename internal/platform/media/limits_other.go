//go:build !linux

package media

import (
	"os"
	"runtime/debug"
)

// limitSelf only asks the garbage collector to be thrifty: the other systems that we build for are for trying things out, and
// the parent's deadline holds everywhere.
func limitSelf() error {
	debug.SetMemoryLimit(768 << 20)
	return nil
}

func executable() (string, error) { return os.Executable() }
