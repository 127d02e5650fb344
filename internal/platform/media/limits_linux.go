package media

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"
)

const (
	// workerMemory is what a worker may map beyond what it had at its start, in bytes. The dearest picture that is allowed, a
	// progressive JPEG of 40 megapixels with full colour, holds 480 MB of coefficients and 120 MB of pixels.
	workerMemory = 1 << 30
	// workerSeconds is the processor time a worker may use; 40 megapixels take about 3 s on a slow machine.
	workerSeconds = 15
	// workerFiles is the highest number of open files: the three it has, and those of the Go runtime.
	workerFiles = 16
)

// limitSelf takes from this process what decoding a picture does not need. The limits hold until it ends; it cannot raise
// them again.
func limitSelf() error {
	debug.SetMemoryLimit(workerMemory * 3 / 4) // collect harder before the kernel refuses
	for _, l := range []struct {
		what int
		most uint64
	}{
		{unix.RLIMIT_AS, mapped() + workerMemory},
		{unix.RLIMIT_CPU, workerSeconds},
		{unix.RLIMIT_NOFILE, workerFiles},
		{unix.RLIMIT_FSIZE, 0}, // no file may be written; pipes may
		{unix.RLIMIT_CORE, 0},  // a crash leaves no copy of the picture
	} {
		if err := unix.Setrlimit(l.what, &unix.Rlimit{Cur: l.most, Max: l.most}); err != nil {
			return err
		}
	}
	return nil
}

// mapped is the address space in use, in bytes. The Go runtime reserves about 1 GB at its start that it never touches.
func mapped() uint64 {
	const unknown = 2 << 30
	fields, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return unknown
	}
	pages, err := strconv.ParseUint(string(bytes.SplitN(fields, []byte(" "), 2)[0]), 10, 64)
	if err != nil {
		return unknown
	}
	return pages * uint64(os.Getpagesize())
}

// executable is this very program, also after its file was replaced by a newer one whose worker may answer otherwise.
func executable() (string, error) {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}
