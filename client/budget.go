package client

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// budget bounds retries by what goes well: each good answer earns a share of
// a retry. So a client that only fails all but stops retrying.
type budget struct {
	share float64

	mu     sync.Mutex
	tokens float64
}

// budgetMost is what can be saved up, and what a new client begins with.
const budgetMost = 10

func newBudget(share float64) *budget { return &budget{share: share, tokens: budgetMost} }

func (b *budget) earn() {
	b.mu.Lock()
	b.tokens = min(budgetMost, b.tokens+b.share)
	b.mu.Unlock()
}

func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// exhausted is how long until there is something left of a quota that has
// nothing left, by the header RateLimit: "default";r=0;t=5.
func exhausted(header string) time.Duration {
	left, reset := -1, 0
	for _, p := range strings.Split(header, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			continue
		}
		switch name {
		case "r":
			left = n
		case "t":
			reset = n
		}
	}
	if left != 0 || reset == 0 {
		return 0
	}
	// The bucket is full then; the first token is there sooner.
	return min(time.Duration(reset)*time.Second, time.Second)
}
