package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// confineVar makes the test's program confine itself and become the command
// that the variable describes.
const confineVar = "FESTD_TEST_CONFINE"

// confinement is how a container of the image would run.
type confinement struct {
	Root, Data   string
	UID, GID     int
	Command, Env []string
}

func TestMain(m *testing.M) {
	if asked := os.Getenv(confineVar); asked != "" {
		fmt.Fprintln(os.Stderr, "confining:", confine(asked))
		os.Exit(125)
	}
	code := m.Run()
	if s := built(); s.dir != "" {
		_ = os.RemoveAll(s.dir) // what is left is in the folder of temporary files
	}
	os.Exit(code)
}

// confine returns only when it fails.
func confine(asked string) error {
	runtime.LockOSThread()
	var c confinement
	if err := json.Unmarshal([]byte(asked), &c); err != nil {
		return err
	}
	for _, m := range []struct {
		source, target string
		flags          uintptr
	}{
		{"", "/", unix.MS_REC | unix.MS_PRIVATE},
		{c.Root, c.Root, unix.MS_BIND},
		{c.Data, filepath.Join(c.Root, "data"), unix.MS_BIND},
		{"", filepath.Join(c.Root, "data"), unix.MS_BIND | unix.MS_REMOUNT | unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC},
		{"", c.Root, unix.MS_BIND | unix.MS_REMOUNT | unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV},
	} {
		if err := unix.Mount(m.source, m.target, "", m.flags, ""); err != nil {
			return fmt.Errorf("mounting %s: %w", m.target, err)
		}
	}
	if err := unix.Chroot(c.Root); err != nil {
		return err
	}
	if err := unix.Chdir("/"); err != nil {
		return err
	}
	for capability := 0; capability <= unix.CAP_LAST_CAP; capability++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(capability), 0, 0, 0); err != nil {
			break // newer than the kernel
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	// As MemoryDenyWriteExecute of the systemd unit; kernels before 6.3 lack it.
	if err := unix.Prctl(unix.PR_SET_MDWE, unix.PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0); err != nil && err != unix.EINVAL {
		return err
	}
	unix.Umask(0o077)
	// By the thread that goes on: exec ends the others.
	if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); e != 0 {
		return e
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESGID, uintptr(c.GID), uintptr(c.GID), uintptr(c.GID)); e != 0 {
		return e
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(c.UID), uintptr(c.UID), uintptr(c.UID)); e != 0 {
		return e
	}
	return unix.Exec(c.Command[0], c.Command, c.Env)
}
