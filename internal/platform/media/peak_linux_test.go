package media

import "golang.org/x/sys/unix"

// childrenPeakMB is the largest resident memory that a child of this process has had.
func childrenPeakMB() float64 {
	var use unix.Rusage
	if unix.Getrusage(unix.RUSAGE_CHILDREN, &use) != nil {
		return 0
	}
	return float64(use.Maxrss) / 1024
}

const memoryIsLimited = true
