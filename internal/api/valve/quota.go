package valve

import (
	"hash/maphash"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Quota is a token bucket: Burst tokens at most, Rate new ones a second. A
// request takes as many as it costs.
type Quota struct {
	Rate  float64
	Burst int
}

// Unlimited reports whether nothing is counted.
func (q Quota) Unlimited() bool { return q.Rate <= 0 || q.Burst <= 0 }

// Window is how long an empty bucket takes to fill.
func (q Quota) Window() time.Duration { return seconds(float64(q.Burst) / q.Rate) }

// reset is how long a bucket with so many whole tokens takes to fill, at most.
func (q Quota) reset(remaining int) time.Duration {
	return seconds(float64(max(0, q.Burst-remaining)) / q.Rate)
}

// Take is what became of a request's asking for tokens.
type Take struct {
	OK        bool
	Remaining int           // tokens left, whole ones
	Reset     time.Duration // until the bucket is full, if only whole tokens count
	Wait      time.Duration // until there would be enough; 0 if OK
}

func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64(math.Ceil(d.Seconds())), 10)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// shards is how many locks the table is spread over.
const shards = 64

// idleLooks is how many clients a full shard looks at for one to forget.
const idleLooks = 16

// Clients has a bucket for each client, in a table of bounded size. A client
// whose bucket is full again can be forgotten without a difference. Where none
// of those looked at is, a newcomer shares a bucket with the other newcomers of its
// shard: a full table is never unlimited. Named clients always have a bucket of
// their own: whoever names them bounds their number.
type Clients struct {
	shards   [shards]shard
	perShard int
	seed     maphash.Seed
	overflow atomic.Int64
}

type shard struct {
	mu      sync.Mutex
	clients map[Client]*bucket
	shared  *bucket
}

type bucket struct {
	limiter *rate.Limiter
	quota   Quota
}

// NewClients makes a table for at most so many clients.
func NewClients(most int) *Clients {
	c := &Clients{perShard: max(1, most/shards), seed: maphash.MakeSeed()}
	for i := range c.shards {
		c.shards[i].clients = map[Client]*bucket{}
	}
	return c
}

// Len is the number of clients in the table.
func (c *Clients) Len() int {
	n := 0
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		n += len(s.clients)
		s.mu.Unlock()
	}
	return n
}

// Overflows counts requests of newcomers that found the table full.
func (c *Clients) Overflows() int64 { return c.overflow.Load() }

// Take asks for tokens of a client's bucket. A request that costs more than a
// whole bucket takes the whole bucket, so that it can be served at all.
func (c *Clients) Take(who Client, q Quota, cost int, now time.Time) Take {
	if q.Unlimited() {
		return Take{OK: true, Remaining: math.MaxInt32}
	}
	cost = min(cost, q.Burst)
	s := &c.shards[maphash.Comparable(c.seed, who)%shards]
	s.mu.Lock()
	b := c.bucket(s, who, q, now)
	s.mu.Unlock()
	ok := b.limiter.AllowN(now, cost)
	left := b.limiter.TokensAt(now)
	t := Take{OK: ok, Remaining: max(0, int(left))}
	t.Reset = q.reset(t.Remaining)
	if !ok {
		t.Wait = seconds((float64(cost) - left) / q.Rate)
	}
	return t
}

// bucket finds or makes the client's bucket. The caller holds the shard's lock.
func (c *Clients) bucket(s *shard, who Client, q Quota, now time.Time) *bucket {
	if b := s.clients[who]; b != nil {
		if b.quota != q { // the configuration changed
			b.quota = q
			b.limiter.SetLimitAt(now, rate.Limit(q.Rate))
			b.limiter.SetBurstAt(now, q.Burst)
		}
		return b
	}
	if len(s.clients) >= c.perShard && !s.forget(now) && who.name == "" {
		c.overflow.Add(1)
		if s.shared == nil {
			s.shared = newBucket(q)
		}
		return s.shared
	}
	b := newBucket(q)
	s.clients[who] = b
	return b
}

func newBucket(q Quota) *bucket {
	return &bucket{limiter: rate.NewLimiter(rate.Limit(q.Rate), q.Burst), quota: q}
}

// forget makes room, if one of some clients, whichever the map has first, is idle.
func (s *shard) forget(now time.Time) bool {
	looked := 0
	for who, b := range s.clients {
		if b.limiter.TokensAt(now) >= float64(b.quota.Burst) {
			delete(s.clients, who)
			return true
		}
		if looked++; looked == idleLooks {
			return false
		}
	}
	return false
}
