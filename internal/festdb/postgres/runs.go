package postgres

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"

	"github.com/festd/festd/internal/festdb"
)

// runs packs a list of numbers as runs of numbers that follow each other.
func runs(ids []int32) (first, count []int32) {
	first, count = []int32{}, []int32{}
	for _, id := range ids {
		if n := len(first); n > 0 && first[n-1]+count[n-1] == id {
			count[n-1]++
			continue
		}
		first, count = append(first, id), append(count, 1)
	}
	return first, count
}

// unroll is the list that was packed. n is how long it must be.
func unroll(first, count []int32, n int) ([]int32, error) {
	if len(first) != len(count) || n < 0 {
		return nil, fmt.Errorf("%w: %d runs and %d lengths", festdb.ErrDamaged, len(first), len(count))
	}
	ids := make([]int32, 0, min(n, 1<<20))
	for i, f := range first {
		if count[i] < 1 || int(count[i]) > n-len(ids) || int64(f)+int64(count[i]) > math.MaxInt32 {
			return nil, fmt.Errorf("%w: run %d has %d entries from %d on", festdb.ErrDamaged, i, count[i], f)
		}
		for k := range count[i] {
			ids = append(ids, f+k)
		}
	}
	if len(ids) != n {
		return nil, fmt.Errorf("%w: the runs have %d entries, want %d", festdb.ErrDamaged, len(ids), n)
	}
	return ids, nil
}

// lineEncoder packs line numbers: zstd of the differences, as zigzag varints.
type lineEncoder struct {
	b    []byte
	last int
}

func (e *lineEncoder) add(line int) {
	e.b = binary.AppendVarint(e.b, int64(line-e.last))
	e.last = line
}

func (e *lineEncoder) bytes() ([]byte, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer enc.Close() //nolint:errcheck // nothing is written through it
	return enc.EncodeAll(e.b, nil), nil
}

// decodeLines gives n line numbers.
func decodeLines(packed []byte, n int) ([]int, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(n)*binary.MaxVarintLen64+1024))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	b, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: line numbers: %w", festdb.ErrDamaged, err)
	}
	lines := make([]int, 0, n)
	last := 0
	for len(b) > 0 && len(lines) < n {
		d, k := binary.Varint(b)
		if k <= 0 {
			break
		}
		b = b[k:]
		last += int(d)
		lines = append(lines, last)
	}
	if len(b) > 0 || len(lines) != n {
		return nil, fmt.Errorf("%w: line numbers: %w", festdb.ErrDamaged, errors.New("not one for each entry"))
	}
	return lines, nil
}
