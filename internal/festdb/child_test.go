package festdb_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festdb"
	"github.com/festd/festd/internal/festdb/storetest"
)

// Some tests need another process: they run the test binary again as a child,
// with the role in the environment.
const roleVar, dirVar, seedVar, stepVar = "FESTDB_TEST_ROLE", "FESTDB_TEST_DIR", "FESTDB_TEST_SEED", "FESTDB_TEST_STEP"

// child starts the test binary again to run the test of this name in a role.
func child(t *testing.T, role, dir string, seed, step int) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), roleVar+"="+role, dirVar+"="+dir, seedVar+"="+strconv.Itoa(seed), stepVar+"="+strconv.Itoa(step))
	return cmd
}

// TestChild is what children run. On its own it has nothing to do.
func TestChild(t *testing.T) {
	dir := os.Getenv(dirVar)
	seed, _ := strconv.Atoi(os.Getenv(seedVar))
	step, _ := strconv.Atoi(os.Getenv(stepVar))
	switch os.Getenv(roleVar) {
	case "":
		return
	case "killed at a step":
		count := 0
		s := open(t, festdb.WithFault(festdb.Options{Dir: dir}, func(op, path string) error {
			if count++; count == step {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
			fmt.Printf("did %s %s\n", op, filepath.Base(path))
			return nil
		}))
		importNext(t, s, 40, seed)
	case "killed any time":
		importNext(t, open(t, festdb.Options{Dir: dir}), 4000, seed)
	case "waits before publishing":
		s := open(t, festdb.Options{Dir: dir})
		cur, err := s.Current(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		g, c, src := storetest.Seal(t, s, 40, uint64(seed))
		fmt.Printf("sealed %s\n", c.Digest)
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		_, err = g.Publish(context.Background(), c, src, cur.Serial)
		fmt.Printf("published conflict=%v\n", errors.Is(err, festdb.ErrConflict))
	case "disk full":
		diskFull(t, dir)
	case "read-only directory":
		readOnlyDirectory(t, dir)
	}
	fmt.Println("child is done")
}

// importNext publishes made-up content after whatever is served.
func importNext(t *testing.T, s festdb.Store, n, seed int) {
	cur, err := s.Current(context.Background())
	if err != nil && !errors.Is(err, festdb.ErrNoRelease) {
		t.Fatal(err)
	}
	storetest.Publish(t, s, n, uint64(seed), cur.Serial)
}

// TestKilledAtEveryStep kills an importing process before each single step
// that changes the disk. What was served is served still, or, after the rename
// of CURRENT, the new release; the next import succeeds.
func TestKilledAtEveryStep(t *testing.T) {
	dir := t.TempDir()
	s := open(t, festdb.Options{Dir: dir})
	cur := storetest.Publish(t, s, 40, 1, 0)
	for step := 1; ; step++ {
		out, err := child(t, "killed at a step", dir, step+1, step).Output()
		done := strings.Contains(string(out), "child is done")
		if !done && !killed(err) {
			t.Fatalf("step %d: the child ended by itself: %v\n%s", step, err, out)
		}
		now := current(t, s)
		published := strings.Contains(string(out), "did rename CURRENT")
		if moved := now.Serial != cur.Serial; moved != published {
			t.Errorf("killed at step %d: release %d after %d; CURRENT was renamed: %v\n%s", step, now.Serial, cur.Serial, published, out)
		}
		readAll(t, s, now.Content.Digest)
		cur = storetest.Publish(t, s, 30, uint64(step+1000), now.Serial)
		wantClean(t, dir, 1)
		if done {
			break
		}
		if step > 200 {
			t.Fatal("an import never ends")
		}
	}
}

// TestKilledAnyTime kills an importing process by the clock.
func TestKilledAnyTime(t *testing.T) {
	dir := t.TempDir()
	s := open(t, festdb.Options{Dir: dir})
	storetest.Publish(t, s, 40, 1, 0)
	for i := range 12 {
		before := current(t, s)
		cmd := child(t, "killed any time", dir, 100+i, 0)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+15*i) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		now := current(t, s)
		if now.Serial < before.Serial {
			t.Errorf("release %d after %d", now.Serial, before.Serial)
		}
		readAll(t, s, now.Content.Digest)
		storetest.Publish(t, s, 30, uint64(1000+i), now.Serial)
		wantClean(t, dir, 1)
	}
}

// TestStoppedImporter: an importer is stopped for so long that another one
// publishes. Meanwhile nobody sweeps what it sealed; resumed, it is refused;
// and when it was killed instead, what it left goes.
func TestStoppedImporter(t *testing.T) {
	for _, kill := range []bool{false, true} {
		t.Run(fmt.Sprintf("kill=%v", kill), func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, festdb.Options{Dir: dir})
			base := storetest.Publish(t, s, 40, 1, 0)
			cmd := child(t, "waits before publishing", dir, 2, 0)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			pipe, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
			out := bufio.NewReader(pipe)
			digest := fest.Digest(waitFor(t, out, "sealed "))
			if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			newer := storetest.Publish(t, open(t, festdb.Options{Dir: dir}), 50, 3, base.Serial)
			readAll(t, s, digest) // claimed by one who lives
			if kill {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			} else {
				if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(in, "go\n"); err != nil {
					t.Fatal(err)
				}
				if got := waitFor(t, out, "published "); got != "conflict=true" {
					t.Errorf("the importer that was overtaken: %s", got)
				}
				_ = in.Close()
				if err := cmd.Wait(); err != nil {
					t.Error(err)
				}
			}
			if got := current(t, s); got.Serial != newer.Serial {
				t.Errorf("release %d is served, want %d", got.Serial, newer.Serial)
			}
			wantClean(t, dir, 2)
		})
	}
}

func waitFor(t *testing.T, r *bufio.Reader, prefix string) string {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest)
		}
		if err != nil {
			t.Fatalf("the child never said %q: %v", prefix, err)
		}
	}
}

// TestDiskFull: files cannot grow beyond a size that an import needs.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	storetest.Publish(t, open(t, festdb.Options{Dir: dir}), 40, 1, 0)
	out, err := child(t, "disk full", dir, 0, 0).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "child is done") {
		t.Fatalf("%v\n%s", err, out)
	}
	wantClean(t, dir, 1)
}

func diskFull(t *testing.T, dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	s := open(t, festdb.Options{Dir: dir})
	cur := current(t, s)
	before := names(t, dir)
	limit := unix.Rlimit{Cur: 100 << 10, Max: unix.RLIM_INFINITY}
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	limit.Max = old.Max
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	_, err := storetest.TryPublish(t, s, 3000, 2, cur.Serial)
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("error %v, want %v", err, syscall.EFBIG)
	}
	if now := current(t, s); now.Serial != cur.Serial {
		t.Errorf("release %d is served, want %d", now.Serial, cur.Serial)
	}
	readAll(t, s, cur.Content.Digest)
	for _, name := range names(t, dir) {
		if !strings.HasPrefix(name, "live/") && !contains(before, name) {
			t.Errorf("%s was left behind", name)
		}
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	storetest.Publish(t, s, 3000, 2, cur.Serial)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// TestReadOnlyDirectory: a process that may only read serves what is there and
// says why it cannot import.
func TestReadOnlyDirectory(t *testing.T) {
	tmp := t.TempDir()
	dir := filepath.Join(tmp, "data")
	s := open(t, festdb.Options{Dir: dir})
	storetest.Publish(t, s, 40, 1, 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{filepath.Dir(tmp), tmp} { // the child may be another user
		if err := os.Chmod(p, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	chmod := func(dirs, files os.FileMode) {
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case e.IsDir():
				return os.Chmod(path, dirs)
			default:
				return os.Chmod(path, files)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	chmod(0o555, 0o444)
	defer chmod(0o755, 0o644)
	out, err := child(t, "read-only directory", dir, 0, 0).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "child is done") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func readOnlyDirectory(t *testing.T, dir string) {
	if os.Geteuid() == 0 { // root may write anywhere
		for _, err := range []error{syscall.Setgroups(nil), syscall.Setgid(65534), syscall.Setuid(65534)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, readOnly := range []bool{false, true} {
		s := open(t, festdb.Options{Dir: dir, ReadOnly: readOnly})
		cur := current(t, s)
		readAll(t, s, cur.Content.Digest)
		_, err := s.Stage(context.Background())
		want := error(syscall.EACCES)
		if readOnly {
			want = festdb.ErrReadOnly
		}
		if !errors.Is(err, want) {
			t.Errorf("an import: error %v, want %v", err, want)
		}
		if _, err := s.Disk().CreateSnapshot(cur.Content.Digest, 1); !errors.Is(err, want) {
			t.Errorf("a snapshot: error %v, want %v", err, want)
		}
	}
	if _, err := festdb.Open(festdb.Options{Dir: filepath.Join(dir, "new")}); !errors.Is(err, syscall.EACCES) {
		t.Errorf("a new store: error %v, want %v", err, syscall.EACCES)
	}
}

func killed(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func current(t testing.TB, s festdb.Store) fest.Release {
	t.Helper()
	r, err := s.Current(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}
