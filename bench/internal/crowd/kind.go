package crowd

// Kind is how a consumer behaves.
type Kind int

// The kinds of consumers.
const (
	Whole     Kind = iota // wants the whole file; waits as long as it is told to
	Polite                // the same, with a jitter of its own
	Tight                 // wants the whole file and tries again at once, whatever it is told
	Slow                  // reads the whole file slowly
	KeepAlive             // holds a connection that the restart has broken, and wants some lookups
	Kinds                 // how many there are
)

var kindNames = [Kinds]string{"whole file", "polite", "tight loop", "slow reader", "stale keep-alive"}

// String is the kind for people.
func (k Kind) String() string { return kindNames[k] }

// mix is how many in a hundred are of each kind.
var mix = [Kinds]int{60, 15, 8, 2, 15}

// KindOf gives consumer i its kind: the same mix in any hundred neighbours.
func KindOf(i int) Kind {
	at := i * 37 % 100
	for k, share := range mix {
		if at -= share; at < 0 {
			return Kind(k)
		}
	}
	return Whole
}
