package httpx

// Remembered tells how many addresses f holds.
func Remembered(f *Flood) int { return len(f.whole) }
