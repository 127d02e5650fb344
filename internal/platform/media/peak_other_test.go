//go:build !linux

package media

func childrenPeakMB() float64 { return 0 }

const memoryIsLimited = false
