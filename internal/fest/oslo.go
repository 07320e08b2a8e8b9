package fest

import (
	"sync"
	"time"
)

// Oslo is the zone of FEST's days (R1). A program embeds time/tzdata; where
// there is no zone database all the same, it is an hour late in summer.
var Oslo = sync.OnceValue(func() *time.Location {
	if l, err := time.LoadLocation("Europe/Oslo"); err == nil {
		return l
	}
	return time.FixedZone("CET", 60*60)
})
