package api

import (
	"slices"
	"sync"
	"time"

	"github.com/festd/festd/internal/fest"
)

const (
	registerPath = "/v1/register"
	// registerReleases is how many releases the state has, for what became of
	// the register over time: more than two years of fortnights. /v1/releases
	// has all.
	registerReleases = 60
)

// registerBody is the state of the register.
type registerBody struct {
	// Release is the one served; absent while nothing is.
	Release *releaseBody `json:"release,omitempty"`
	// AgeDays is how many whole days ago HentetDato is; absent where it is no
	// date. Negative: it is in the future.
	AgeDays *int `json:"ageDays,omitempty"`
	// Old says that DMP has most likely published since.
	Old      bool              `json:"old"`
	Previous *registerPrevious `json:"previous,omitempty"`
	// Counts are those of the release served.
	Counts []registerCount `json:"counts"`
	// Releases are the newest of Total, the newest first.
	Releases []releaseBody     `json:"releases"`
	Total    int               `json:"total"`
	Verdicts []RegisterVerdict `json:"verdicts"`
	Held     []HeldCandidate   `json:"held"`
	// HeldTotal is how many wait, the oldest of which are not in Held.
	HeldTotal int       `json:"heldTotal"`
	Frozen    *Freeze   `json:"frozen,omitempty"`
	Advisory  *Advisory `json:"advisory,omitempty"`
}

// registerPrevious is the release before the one served, which changes are
// counted from.
type registerPrevious struct {
	Serial        fest.Serial   `json:"serial"`
	RetrievalDate fest.DateTime `json:"retrievalDate"`
}

// registerCount is how many objects a class or nested collection has.
type registerCount struct {
	Class string `json:"class"`
	// Catalogue is the Kat… element that has them.
	Catalogue string        `json:"catalogue,omitempty"`
	Resource  fest.Resource `json:"resource,omitempty"`
	Count     int           `json:"count"`
	// Change is the difference from the release before; absent where there is
	// none.
	Change *int `json:"change,omitempty"`
}

// registerSource tells all that the state is made of: it changes when one of them
// does, not before.
type registerSource struct {
	served   uint64 // the seed of the view; 0: nothing is served. A view would keep its release in memory
	register *Register
	releases *ArchivedRelease // the newest of the ledger, which is replaced as a whole
	total    int
	ageDays  int
	aged     bool
	old      bool
	frozen   bool
	advisory *Advisory
}

// registerDocument is the state as it was last asked for, ready to be sent.
type registerDocument struct {
	from registerSource
	body *registerBody
	rep  *representation

	mu    sync.Mutex
	pages map[registerView]*representation // for people, as far as they were asked for
}

// register answers /v1/register, from memory and with what was rendered before
// if nothing moved.
func (a *API) register(c *call, v *view) error {
	if _, err := a.parameters(c.r.URL.RawQuery, nil); err != nil {
		return err
	}
	if _, err := c.media(offerJSON...); err != nil {
		return err
	}
	d, err := a.registerNow(v, c.start)
	if err != nil {
		return err
	}
	return a.send(c, d.rep)
}

// registerNow is the state at this moment; v is nil while nothing is served.
func (a *API) registerNow(v *view, now time.Time) (*registerDocument, error) {
	from, all := a.registerSource(v, now)
	if d := a.registered.Load(); d != nil && d.from == from {
		return d, nil
	}
	d := &registerDocument{from: from, body: a.registerBody(&from, v, all)}
	var err error
	if d.rep, err = a.ready(typeJSON, append(mustJSON(d.body), '\n')); err != nil {
		return nil, internal(err)
	}
	a.registered.Store(d)
	return d, nil
}

// registerSource gathers what the state is made of.
func (a *API) registerSource(v *view, now time.Time) (registerSource, []ArchivedRelease) {
	from := registerSource{advisory: a.advisory(now)}
	if v != nil {
		from.served = v.seed
	}
	if a.opts.Register != nil {
		from.register = a.opts.Register()
	}
	if from.register == nil {
		from.register = &noRegister
	}
	from.frozen = from.register.Frozen.stands(now)
	var all []ArchivedRelease
	if a.opts.Archive != nil {
		all = a.opts.Archive.Releases()
	}
	if len(all) > 0 {
		from.releases, from.total = &all[0], len(all)
	}
	if v != nil && !v.retrievedAt.IsZero() {
		from.aged, from.ageDays, from.old = true, ageDays(now, v.retrievedAt), now.Sub(v.retrievedAt) > oldAfter
	}
	return from, all
}

// noRegister is that of a server that knows of nothing.
var noRegister Register

// ageDays is how many whole days then is past.
func ageDays(now, then time.Time) int {
	days := int(now.Sub(then).Hours() / 24)
	if now.Before(then) {
		days-- // in the future, if by less than a day
	}
	return days
}

func (a *API) registerBody(from *registerSource, v *view, all []ArchivedRelease) *registerBody {
	b := &registerBody{
		Counts: []registerCount{}, Releases: []releaseBody{}, Total: len(all), Verdicts: []RegisterVerdict{}, Held: []HeldCandidate{},
		HeldTotal: from.register.HeldTotal, Advisory: from.advisory,
	}
	b.Verdicts = append(b.Verdicts, from.register.Verdicts...)
	b.Held = append(b.Held, from.register.Held...)
	if from.frozen {
		b.Frozen = from.register.Frozen
	}
	for i := range all[:min(registerReleases, len(all))] {
		b.Releases = append(b.Releases, newReleaseBody(&all[i].Release, all[i].OnDisk || v != nil && a.kept(v, &all[i])))
	}
	if v != nil {
		r := newReleaseBody(&v.rel, true)
		if counts := v.snap.Counts(); counts != nil {
			r.Counts = counts
		}
		if b.Old = from.old; from.aged {
			b.AgeDays = &from.ageDays
		}
		before := releaseBefore(&v.rel, all)
		if before != nil {
			b.Previous = &registerPrevious{before.Serial, before.Content.RetrievalDate}
		}
		b.Release, b.Counts = &r, registerCounts(r.Counts, before)
	}
	return b
}

// releaseBefore is the release that was served before rel; nil: none is known.
func releaseBefore(rel *fest.Release, all []ArchivedRelease) *fest.Release {
	if rel.Serial == 0 { // the sample replaces nothing
		return nil
	}
	for i := range all {
		if all[i].Serial < rel.Serial {
			return &all[i].Release
		}
	}
	return nil
}

// nestedCounts are the nested collections, each with the class that it is in.
var nestedCounts = []struct {
	name string
	in   fest.Class
}{
	{fest.CountReimbursementGroups, fest.ClassReimbursement},
	{fest.CountReimbursementCodes, fest.ClassReimbursement},
	{fest.CountCodeSystemElements, fest.ClassCodeSystem},
	{fest.CountSubstances, fest.ClassInteraction},
	{fest.CountGenericPackages, fest.ClassGeneric},
}

// registerCounts are the counts in the order of the catalogues, nested ones
// after their class; a class of which there is nothing, and was nothing, is
// there too: zero is an answer.
func registerCounts(now fest.Counts, before *fest.Release) []registerCount {
	var out []registerCount
	add := func(name string, class fest.Class, res fest.Resource) {
		c := registerCount{Class: name, Catalogue: class.Catalogue(), Resource: res, Count: now[name]}
		if before != nil {
			change := c.Count - before.Content.Counts[name]
			c.Change = &change
		}
		out = append(out, c)
	}
	for _, class := range fest.Classes() {
		add(class.String(), class, class.Resource())
		for _, n := range nestedCounts {
			if n.in == class {
				add(n.name, class, "")
			}
		}
	}
	return slices.Clip(out)
}
