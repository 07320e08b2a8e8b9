package fest

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
)

// Item is what one URL of the API answers: an entry under its resource and
// key. An entry is one item, but for a reimbursement entry, which is one per
// group.
type Item struct {
	Resource Resource
	Key      string
	// Group is the index of the reimbursement group in its entry; 0 for all
	// other classes.
	Group int
}

// Items returns the items of an entry. An entry without an object has none. A
// missing object id leaves the entry id as the key, so that nothing in a file
// is out of reach.
func (e *Entry) Items() []Item {
	res := e.Class.Resource()
	key := string(e.ObjectID())
	switch o := e.Object.(type) {
	case nil:
		return nil
	case *Reimbursement:
		items := make([]Item, len(o.ReimbursementGroups))
		for i := range o.ReimbursementGroups {
			items[i] = Item{res, e.orEntryID(string(o.ReimbursementGroups[i].ID)), i}
		}
		return items
	case *BreastProsthesis:
		key = string(o.ItemNumber)
	case *MedicalConsumable:
		key = string(o.ItemNumber)
	case *Nutrient:
		key = string(o.ItemNumber)
	case *Notification:
		key = o.Key()
	case *CodeSystem:
		key = string(o.Info.OID)
	case *InteractionNotAssessed:
		key = o.Atc.Code
	case *ShortDose:
		key = o.ShortDose.Code
	}
	return []Item{{res, e.orEntryID(key), 0}}
}

func (e *Entry) orEntryID(key string) string {
	if key == "" {
		return string(e.EntryID)
	}
	return key
}

// Key is the key of a notification: 32 hexadecimal digits of the SHA-256 of
// type, headline, from-date and references. The entry id is new at every edit
// (R14) and there is no object id (R16); with this key an edited text is a
// change of the same notification.
func (n *Notification) Key() string {
	h := sha256.New()
	put := func(s string) {
		_, _ = io.WriteString(h, s) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	put(n.NotificationType.Code)
	put(string(n.Headline))
	put(string(n.FromDate))
	for _, r := range n.ReferencedElements {
		put(r.Class.Code)
		for _, e := range r.Elements {
			put(string(e))
		}
		put("")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
