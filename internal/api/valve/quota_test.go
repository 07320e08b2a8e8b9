package valve

import (
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

func address(i int) Client {
	return Client{addr: netip.AddrFrom4([4]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})}
}

func TestQuotaIsTruthful(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, q := NewClients(1000), Quota{Rate: 10, Burst: 20}
		for i := range 20 {
			if got := c.Take(address(1), q, 1, time.Now()); !got.OK || got.Remaining != 19-i {
				t.Fatalf("request %d: %+v", i, got)
			}
		}
		refused := c.Take(address(1), q, 5, time.Now())
		if refused.OK || refused.Wait != 500*time.Millisecond || refused.Reset != 2*time.Second {
			t.Fatalf("the bucket is empty: %+v", refused)
		}
		if other := c.Take(address(2), q, 1, time.Now()); !other.OK {
			t.Error("another client pays for it")
		}
		time.Sleep(refused.Wait - time.Millisecond)
		if c.Take(address(1), q, 5, time.Now()).OK {
			t.Error("served before the time that was told")
		}
		time.Sleep(time.Millisecond)
		if !c.Take(address(1), q, 5, time.Now()).OK {
			t.Error("refused at the time that was told")
		}
	})
}

func TestQuotaHeaders(t *testing.T) {
	t.Parallel()
	p := NewPlan(Quota{Rate: 50, Burst: 200})
	if got, want := p.Policy()[0], `"default";q=200;w=4`; got != want {
		t.Errorf("policy %s, want %s", got, want)
	}
	for range 2 { // made, and kept
		for remaining, want := range map[int]string{7: `"default";r=7;t=4`, 200: `"default";r=200;t=0`, 0: `"default";r=0;t=4`, 199: `"default";r=199;t=1`} {
			if got := p.Limit(remaining)[0]; got != want {
				t.Errorf("limit %s, want %s", got, want)
			}
		}
	}
	large := NewPlan(Quota{Rate: 1e6, Burst: 1e7})
	if got, want := large.Limit(9_999_999)[0], `"default";r=9999999;t=1`; got != want {
		t.Errorf("limit %s, want %s", got, want)
	}
	if NewPlan(Quota{}).Policy() != nil {
		t.Error("an unlimited quota has a policy")
	}
}

// What is told is never too soon: at the reset the bucket is full.
func TestResetIsNeverTooSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, q := NewClients(10), Quota{Rate: 3, Burst: 10}
		for i := range 50 {
			time.Sleep(time.Duration(i*37) * time.Millisecond)
			take := c.Take(address(1), q, 1+i%4, time.Now())
			if take.OK {
				continue
			}
			if take.Reset < take.Wait {
				t.Fatalf("told to come back before there is enough: %+v", take)
			}
			time.Sleep(take.Reset)
			if !c.Take(address(1), q, q.Burst, time.Now()).OK {
				t.Fatalf("not full at the reset: %+v", take)
			}
		}
	})
}

// Those with names do not share with a flood of addresses.
func TestNamedClientsHaveTheirOwnBuckets(t *testing.T) {
	t.Parallel()
	c, q, now := NewClients(shards), Quota{Rate: 0.001, Burst: 2}, time.Now()
	for i := range 10_000 {
		c.Take(address(i), q, 1, now)
	}
	for i := range 100 {
		if !c.Take(Named(fmt.Sprint("client ", i)), q, 2, now).OK {
			t.Fatalf("client %d shares a bucket", i)
		}
	}
}

func TestQuotaOfCostlyRequest(t *testing.T) {
	t.Parallel()
	c := NewClients(10)
	if !c.Take(address(1), Quota{Rate: 1, Burst: 5}, 50, time.Now()).OK {
		t.Error("what costs more than a bucket can never be served")
	}
}

// A million clients, none of them idle: memory is that of the table, and
// nobody new is unlimited.
func TestQuotaTableIsBounded(t *testing.T) {
	t.Parallel()
	const most, clients = 1 << 14, 1_000_000
	c, q, now := NewClients(most), Quota{Rate: 0.001, Burst: 2}, time.Now()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	served := 0
	for i := range clients {
		if c.Take(address(i), q, 1, now).OK {
			served++
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n := c.Len(); n > most {
		t.Errorf("clients in the table: %d, want at most %d", n, most)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > most*1024 {
		t.Errorf("the table takes %d bytes for %d clients", grown, most)
	}
	if c.Overflows() == 0 {
		t.Error("the table was never full: the test shows nothing")
	}
	if most := most + 2*shards + 2; served > most {
		t.Errorf("served %d requests of newcomers, want at most %d: a full table is unlimited", served, most)
	}
	// A client that was there before is not touched by the flood.
	if !c.Take(address(0), q, 1, now).OK {
		t.Error("a client in the table lost its own tokens")
	}
	runtime.KeepAlive(c)
}

func TestQuotaForgetsWhoIsIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, q := NewClients(shards), Quota{Rate: 1, Burst: 1}
		for i := range 10_000 {
			if i%100 == 0 {
				time.Sleep(2 * time.Second) // whoever was there is idle again
			}
			c.Take(address(i), q, 1, time.Now())
		}
		if n := c.Len(); n > shards {
			t.Errorf("clients in the table: %d, want at most %d", n, shards)
		}
		time.Sleep(2 * time.Second)
		before := c.Overflows()
		if !c.Take(address(123_456), q, 1, time.Now()).OK || c.Overflows() != before {
			t.Error("a newcomer found no room although all are idle")
		}
	})
}

func TestQuotaFollowsConfiguration(t *testing.T) {
	t.Parallel()
	c, now := NewClients(10), time.Now()
	c.Take(Named("sfm"), Quota{Rate: 1, Burst: 1}, 1, now)
	more := Quota{Rate: 100, Burst: 100}
	c.Take(Named("sfm"), more, 1, now)
	if got := c.Take(Named("sfm"), more, 50, now.Add(time.Second)); !got.OK {
		t.Errorf("the new quota does not hold: %+v", got)
	}
}

func BenchmarkTake(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, q := NewClients(100_000), Quota{Rate: 1e9, Burst: 1e9}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				c.Take(address(i%n), q, 1, time.Now())
			}
		})
	}
}
