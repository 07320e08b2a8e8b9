package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"github.com/festd/festd/bench/internal/crowd"
	"github.com/festd/festd/bench/internal/rig"
)

// Phases of the probe.
const (
	evening = "evening"
	night   = "night"
	mistake = "mistake"
	back    = "back"
	storm   = "storm"
	noon    = "noon"
)

// evening: yesterday's release is served.
func (d *day) evening(ctx context.Context) error {
	if err := d.scene(evening, "the evening before: three replicas serve yesterday's release"); err != nil {
		return err
	}
	// Counts alone could tell a first release to be too small: a person says that it is right.
	args := append([]string{"import", d.good, "--approve-by", "kari", "--approve-reason", "the first one"}, d.stores[0].Args()...)
	if code, out, said, err := rig.Run(ctx, d.binary, args...); err != nil || code != 0 {
		return fmt.Errorf("import ended with %d: %w\n%s%s", code, err, out, said)
	}
	if err := d.each(func(_ int, s *rig.Server) error { return errors.Join(s.Start(), s.Ready(ctx), s.Serves(ctx, 1)) }); err != nil {
		return err
	}
	// The replicas that did not import it bring the file to their disks, too.
	if err := d.each(func(_ int, s *rig.Server) error {
		return until(ctx, func() (bool, error) {
			status, err := s.Status(ctx, "/fest/fest251.zip")
			return status == http.StatusOK, err
		})
	}); err != nil {
		return fmt.Errorf("the file of the release on every replica: %w", err)
	}
	var err error
	if d.probe, err = crowd.StartProbe(ctx, d.rate, d.urls()...); err != nil {
		return err
	}
	d.say("serving; %d ingredients are looked up a second", d.rate)
	return errors.Join(d.probe.Enter(evening), rest(ctx, d.calm))
}

// night: the file of that night arrives, and is held.
func (d *day) night(ctx context.Context) error {
	if err := d.scene(night, "the night of 6 June 2024: the routine update arrives, and %d ingredients are not in it", d.lacking); err != nil {
		return err
	}
	begun := time.Now()
	out, err := d.command(ctx, 3, "import", "--json", d.bad)
	if err != nil {
		return err
	}
	d.heldIn = time.Since(begun)
	if d.digest, d.lost, err = findings(out); err != nil {
		return err
	}
	d.say("HELD after %.1f s, exit code 3; the findings name %d ingredients, such as %s", d.heldIn.Seconds(), len(d.lost), d.lost[0])
	ended := time.Now()
	if err := d.each(func(_ int, s *rig.Server) error {
		return until(ctx, func() (bool, error) { v, err := s.Metric(ctx, "fest_candidates_held"); return v == 1, err })
	}); err != nil {
		return fmt.Errorf("fest_candidates_held: %w", err)
	}
	d.alarmed = time.Since(ended)
	d.say("all replicas say fest_candidates_held 1, and serve yesterday's release")
	return rest(ctx, d.calm)
}

// findings are what the verdict of a held import says.
func findings(printed []byte) (digest string, lost []string, err error) {
	var result struct {
		Digest  string `json:"digest"`
		Verdict struct {
			Findings []struct {
				Rule     string `json:"rule"`
				Class    string `json:"class"`
				Affected []struct {
					ID string `json:"id"`
				} `json:"affected"`
			} `json:"findings"`
		} `json:"verdict"`
	}
	if err := json.Unmarshal(printed, &result); err != nil {
		return "", nil, err
	}
	for _, f := range result.Verdict.Findings {
		if f.Rule != "removed" || f.Class != "ingredients" {
			continue
		}
		for _, a := range f.Affected {
			lost = append(lost, a.ID)
		}
	}
	if len(lost) == 0 {
		return "", nil, fmt.Errorf("no finding names an ingredient: %.500s", printed)
	}
	return result.Digest, lost, nil
}

// mistake: a person publishes it all the same.
func (d *day) mistake(ctx context.Context) error {
	if err := d.scene(mistake, "as it was that night: it is published, by a person's mistake"); err != nil {
		return err
	}
	begun := time.Now()
	if _, err := d.command(ctx, 0, "releases", "approve", d.digest, "--by", "kari", "--reason", "taken for an ordinary one"); err != nil {
		return err
	}
	if err := d.each(func(_ int, s *rig.Server) error { return s.Serves(ctx, 2) }); err != nil {
		return err
	}
	d.mistaken = time.Since(begun)
	var err error
	if d.gone, err = d.count(ctx, http.StatusGone); err != nil {
		return err
	}
	d.say("%d ingredients are missing on all replicas %.1f s later; each is answered as removed, with its last content", d.gone, d.mistaken.Seconds())
	return nil
}

// back: going back to the release before.
func (d *day) back(ctx context.Context) error {
	if err := d.scene(back, "going back: one command (that day a job from 09:00 to about 10:45)"); err != nil {
		return err
	}
	begun := time.Now()
	served := make(chan error, 1)
	go func() {
		err := d.each(func(_ int, s *rig.Server) error { return s.Serves(ctx, 3) })
		d.backIn = time.Since(begun)
		served <- err
	}()
	if _, err := d.command(ctx, 0, "releases", "rollback", "--by", "ola", "--reason", "prescribers do not find paracetamol"); err != nil {
		return err
	}
	command := time.Since(begun)
	if err := <-served; err != nil {
		return err
	}
	var err error
	if d.returned, err = d.count(ctx, http.StatusOK); err != nil {
		return err
	}
	d.say("all replicas serve yesterday's content again after %.2f s (the command took %.2f s); %d of %d ingredients are back", d.backIn.Seconds(), command.Seconds(), d.returned, len(d.lost))
	return rest(ctx, d.calm)
}

// restart: everything is lost at once, and everybody comes back.
func (d *day) restart(ctx context.Context) error {
	all := crowd.New(d.consumers, d.urls()...)
	if err := crowd.Connect(ctx, all); err != nil {
		return err
	}
	if err := errors.Join(d.probe.Pause(), rest(ctx, 100*time.Millisecond)); err != nil {
		return err
	}
	if err := d.scene("pause", "the restart: PostgreSQL is away, all replicas are killed, %d consumers come back at once", d.consumers); err != nil {
		return err
	}
	if err := d.cluster.Stop(syscall.SIGQUIT); err != nil {
		return err
	}
	begun := time.Now()
	for _, s := range d.servers {
		s.End()
	}
	for _, s := range d.servers {
		if err := s.Start(); err != nil {
			return err
		}
	}
	limited, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	came := crowd.Come(limited, all)
	if err := d.each(func(_ int, s *rig.Server) error { return s.Ready(ctx) }); err != nil {
		cancel()
		<-came.Done()
		return err
	}
	d.ready = time.Since(begun)
	d.say("all replicas are ready after %.2f s, without a database", d.ready.Seconds())
	if err := d.probe.Enter(storm); err != nil {
		return err
	}
	for told := time.NewTicker(5 * time.Second); ; {
		select {
		case <-told.C:
			o := came.Outcome()
			d.say("%d of %d consumers have their data", o.Done(), o.Consumers)
			continue
		case <-came.Done():
			told.Stop()
		}
		break
	}
	d.crowd = came.Outcome()
	d.say("%d of %d consumers have their data after %.1f s; %d requests, %d refused with a time to come back", d.crowd.Done(), d.crowd.Consumers,
		d.crowd.Took.Seconds(), d.crowd.Requests, d.crowd.Refused())
	d.loads = make([]float64, len(d.servers))
	return d.each(func(i int, s *rig.Server) (err error) {
		d.loads[i], err = s.Metric(ctx, `fest_release_loads_total{outcome="swapped"}`)
		return err
	})
}

// end: the database comes back, and nobody has to do anything.
func (d *day) end(ctx context.Context) error {
	if err := d.scene(noon, "noon: PostgreSQL comes back"); err != nil {
		return err
	}
	if err := d.cluster.Start(ctx); err != nil {
		return err
	}
	begun := time.Now()
	if err := d.each(func(_ int, s *rig.Server) error {
		return until(ctx, func() (bool, error) { v, err := s.Metric(ctx, "fest_database_up"); return v == 1, err })
	}); err != nil {
		return fmt.Errorf("fest_database_up: %w", err)
	}
	d.reconnected = time.Since(begun)
	d.say("all replicas know after %.1f s, and nobody did anything", d.reconnected.Seconds())
	if err := rest(ctx, d.calm); err != nil {
		return err
	}
	if err := d.each(func(_ int, s *rig.Server) error { return s.Serves(ctx, 3) }); err != nil {
		return err
	}
	var err error
	d.lookups, err = d.probe.Stop()
	return err
}

// until waits for what must come to be.
func until(ctx context.Context, is func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("not within a minute"))
	defer cancel()
	for {
		if yes, err := is(); yes || err != nil {
			return err
		}
		if err := rest(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

// rest lets time pass.
func rest(ctx context.Context, t time.Duration) error {
	select {
	case <-time.After(t):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
