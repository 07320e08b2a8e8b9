package main

import (
	"time"

	"github.com/festd/festd/bench/internal/rig"
)

// sql compares the statements of a server with a crowd to those of the same
// server, started and left alone but for the probe.
type sql struct {
	alone, crowded int // statements
	quiet, storm   time.Duration
	foreign        []string // statements that the server alone never sent, or not that often
}

// counter counts statements during a restart; without a cluster it does
// nothing.
type counter struct {
	cluster *rig.Cluster
	mark    rig.Mark
	since   time.Time
	ref     map[string]int
	sql
}

// count begins when the server is ready for the first time.
func (s *stage) count() *counter {
	c := &counter{cluster: s.cluster}
	c.begin()
	return c
}

func (c *counter) begin() {
	if c.cluster != nil {
		c.mark, c.since = c.cluster.Mark(), time.Now()
	}
}

// quietEnds ends the time of the server alone.
func (c *counter) quietEnds() (err error) {
	if c.cluster == nil {
		return nil
	}
	c.quiet = time.Since(c.since)
	c.ref, err = c.cluster.Statements(c.mark)
	c.alone = total(c.ref)
	return err
}

// stormBegins begins when the server is ready again.
func (c *counter) stormBegins() { c.begin() }

// stormEnds ends the time with the crowd.
func (c *counter) stormEnds() (*sql, error) {
	if c.cluster == nil {
		return nil, nil //nolint:nilnil // nothing was counted
	}
	c.storm = time.Since(c.since)
	seen, err := c.cluster.Statements(c.mark)
	c.crowded = total(seen)
	c.foreign = foreign(c.ref, seen, c.storm, float64(c.storm)/float64(c.quiet))
	return &c.sql, err
}

// liveness are the statements that ask whether a session still has another
// end: two sessions do, each at most every 30 s, so not always while the server
// is alone.
var liveness = map[string]bool{"SELECT 1": true, ping: true}

// ping is what the pool asks.
const ping = "-- ping"

// foreign are the statements that cannot be the server's own looking at its
// store: unknown ones, and known ones far more often than the time explains
// (times as long; the polls are jittered, hence half as much again and some).
func foreign(ref, seen map[string]int, storm time.Duration, times float64) []string {
	var all []string
	for text, n := range seen {
		if liveness[text] && float64(n) <= storm.Seconds()/5+3 {
			continue
		}
		if text == ping && n <= total(seen)-n { // the pool asks before it uses a session that was idle
			continue
		}
		if ref[text] == 0 || float64(n) > 1.5*times*float64(ref[text])+3 {
			all = append(all, text)
		}
	}
	return all
}

func total(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}
