package festdb

import (
	"os"

	"golang.org/x/sys/unix"
)

// beginWriteback asks the kernel to begin writing a range to the device and
// does not wait. It is a hint: the sync afterwards decides.
func beginWriteback(f *os.File, off, n int64) {
	_ = unix.SyncFileRange(int(f.Fd()), off, n, unix.SYNC_FILE_RANGE_WRITE)
}
