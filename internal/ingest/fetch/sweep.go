package fetch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// ours are the names that a fetch may leave behind.
var ours = regexp.MustCompile(`^([0-9a-f]{16})(\.part|\.tmp-[0-9a-f]{8}|-[0-9a-f]{12}-[0-9a-f]{8}\.[a-z0-9]{1,8})$`)

// How old a leftover is before it goes, where no lock says that it is in use.
const (
	oldRecord = time.Hour
	oldPart   = 7 * 24 * time.Hour
)

// sweep removes what killed processes left: whole downloads that nobody has
// locked, records never renamed, and parts of other URLs that nobody resumed.
// Records of other URLs stay: they are small, and the URL may come back.
func (f files) sweep(now time.Time) error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		m := ours.FindStringSubmatch(e.Name())
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // gone
		}
		age, path := now.Sub(info.ModTime()), filepath.Join(f.dir, e.Name())
		switch {
		case m[2] == partSuffix:
			if m[1] != f.key[:16] && age > oldPart {
				errs = append(errs, f.sweepOne(path, path+stateSuffix))
			}
		case m[2][0] == '-':
			errs = append(errs, f.sweepOne(path))
		case age > oldRecord:
			errs = append(errs, f.remove(path))
		}
	}
	return errors.Join(errs...)
}

// sweepOne removes a file, and what goes with it, unless it is in use.
func (f files) sweepOne(path string, with ...string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	defer func() { _ = file.Close() }() // nothing was written
	if free, err := lock(file); err != nil || !free {
		return err
	}
	errs := []error{f.remove(path)}
	for _, other := range with {
		errs = append(errs, f.remove(other))
	}
	return errors.Join(errs...)
}
