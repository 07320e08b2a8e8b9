package festdb

import (
	"fmt"
	"io/fs"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/festd/festd/internal/fest"
)

// cachedBlocks is how many decompressed blocks a content keeps: some 4 MB.
const cachedBlocks = 16

// blockCache keeps the blocks that were used last. A block that several
// goroutines want at once is read once.
type blockCache struct {
	mu     sync.Mutex
	blocks []*cachedBlock // least recently used first
}

type cachedBlock struct {
	i    int
	load func() (*block, error) // at most once; then what it gave
}

func (c *blockCache) get(i int, read func(int) (*block, error)) (*block, error) {
	c.mu.Lock()
	at := slices.IndexFunc(c.blocks, func(b *cachedBlock) bool { return b.i == i })
	var b *cachedBlock
	if at >= 0 {
		b = c.blocks[at]
		copy(c.blocks[at:], c.blocks[at+1:])
		c.blocks[len(c.blocks)-1] = b
	} else {
		b = &cachedBlock{i: i, load: sync.OnceValues(func() (*block, error) { return read(i) })}
		if len(c.blocks) == cachedBlocks {
			copy(c.blocks, c.blocks[1:])
			c.blocks = c.blocks[:cachedBlocks-1]
		}
		c.blocks = append(c.blocks, b)
	}
	c.mu.Unlock()
	k, err := b.load()
	if err != nil { // another read may do better
		c.drop(b)
	}
	return k, err
}

func (c *blockCache) drop(b *cachedBlock) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocks = slices.DeleteFunc(c.blocks, func(x *cachedBlock) bool { return x == b })
}

func (c *blockCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocks = nil
}

// Slice finds the block by its first ordinal; see [Content].
func (c *contentFile) Slice(i int) (fest.Slice, error) {
	if i < 0 || i >= c.index.slices {
		return fest.Slice{}, fmt.Errorf("content %s: no entry %d: want 0 to %d", c.f.Name(), i, c.index.slices-1)
	}
	if c.closed.Load() {
		return fest.Slice{}, fmt.Errorf("content %s: %w", c.f.Name(), fs.ErrClosed)
	}
	n, found := slices.BinarySearchFunc(c.index.blocks, i, func(b blockInfo, i int) int { return b.first - i })
	if !found {
		n--
	}
	b, err := c.cache.get(n, c.block)
	if err != nil {
		return fest.Slice{}, err
	}
	return b.slice(i-c.index.blocks[n].first, c.index), nil
}

// Slices reads a few blocks ahead; see [Content].
func (c *contentFile) Slices() iter.Seq2[fest.Slice, error] {
	return func(yield func(fest.Slice, error) bool) {
		type result struct {
			b   *block
			err error
		}
		var running sync.WaitGroup
		defer running.Wait()
		ahead := make([]chan result, min(runtime.GOMAXPROCS(0)+1, len(c.index.blocks)))
		start := func(i int) {
			if i >= len(c.index.blocks) {
				return
			}
			ch := make(chan result, 1)
			ahead[i%len(ahead)] = ch
			running.Go(func() {
				b, err := c.block(i)
				ch <- result{b, err}
			})
		}
		for i := range ahead {
			start(i)
		}
		for i := range c.index.blocks {
			r := <-ahead[i%len(ahead)]
			if r.err != nil {
				yield(fest.Slice{}, r.err)
				return
			}
			start(i + len(ahead))
			for n := range r.b.entries {
				if !yield(r.b.slice(n, c.index), nil) {
					return
				}
			}
		}
	}
}
