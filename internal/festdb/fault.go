package festdb

// op is a step that changes the disk. Before each, the disk asks its fault
// hook; tests make the step fail there, or kill the process.
type op string

const (
	opCreate  op = "create"
	opWrite   op = "write"
	opSync    op = "sync"
	opRename  op = "rename"
	opSyncDir op = "syncdir"
	opRemove  op = "remove"
	opLock    op = "lock"
)

// ops are all of them.
func ops() []op { return []op{opCreate, opWrite, opSync, opRename, opSyncDir, opRemove, opLock} }

// fault returns an error to make the step fail; nil in production.
type fault func(o op, path string) error

func (f fault) before(o op, path string) error {
	if f == nil {
		return nil
	}
	return f(o, path)
}
