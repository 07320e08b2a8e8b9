package crowd

import (
	"context"
	"maps"
	"sync"
	"time"
)

// Outcome is what became of a crowd.
type Outcome struct {
	Consumers int
	Took      time.Duration // until the last was served, or all had given up
	Served    [Kinds]int
	Last      [Kinds]time.Duration // when the last of a kind was served
	Statuses  map[int]int          // answers
	Broken    int                  // requests without a whole answer
	Requests  int
	Bytes     int64
	Wave      []time.Duration // when those whose first refusal fell into the first second were told to come back
}

// Done counts those who were served.
func (o *Outcome) Done() int {
	n := 0
	for _, k := range o.Served {
		n += k
	}
	return n
}

// Refused counts the answers that sent somebody away.
func (o *Outcome) Refused() int { return o.Statuses[503] + o.Statuses[429] }

// Storm is a crowd that is coming.
type Storm struct {
	t    *tally
	done chan struct{}
}

// Come brings all consumers back at one instant, now. ctx bounds how long they
// try.
func Come(ctx context.Context, all []*Consumer) *Storm {
	s := &Storm{t: &tally{began: time.Now(), Outcome: Outcome{Consumers: len(all), Statuses: map[int]int{}}}, done: make(chan struct{})}
	var wg sync.WaitGroup
	for _, c := range all {
		wg.Go(func() { c.consume(ctx, s.t) })
	}
	go func() {
		wg.Wait()
		s.t.mu.Lock()
		s.t.Took = time.Since(s.t.began)
		s.t.mu.Unlock()
		close(s.done)
	}()
	return s
}

// Done is closed when all were served or have given up.
func (s *Storm) Done() <-chan struct{} { return s.done }

// Outcome is what became of them so far.
func (s *Storm) Outcome() Outcome {
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	o := s.t.Outcome
	o.Statuses = maps.Clone(o.Statuses)
	if o.Took == 0 {
		o.Took = time.Since(s.t.began)
	}
	return o
}

// tally is counted by all consumers.
type tally struct {
	began time.Time
	mu    sync.Mutex
	Outcome
}

// note counts an answer; first says that it is the consumer's first refusal.
func (t *tally) note(a answer, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Requests++
	t.Bytes += a.bytes
	if a.status == 0 {
		t.Broken++
		return
	}
	t.Statuses[a.status]++
	if now := time.Since(t.began); first && now < wave {
		t.Wave = append(t.Wave, now+a.wait)
	}
}

// wave is how long those count as refused together who were refused at first.
const wave = time.Second

func (t *tally) served(k Kind) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Served[k]++
	t.Last[k] = time.Since(t.began)
}
