package disk_test

import (
	"path/filepath"
	"testing"

	"dayroom/internal/platform/disk"
)

func TestThereIsRoomWhereATestCanWrite(t *testing.T) {
	dir := t.TempDir()
	free, known, err := disk.Free(dir)
	if err != nil || known && free <= 0 {
		t.Errorf("%d, %v, %v", free, known, err)
	}
	if _, known, err := disk.Free(filepath.Join(dir, "nowhere")); known && err == nil {
		t.Error("a folder that is not there has room")
	}
}
