package answer

import (
	"cmp"
	"slices"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/rules"
)

// SheetNotifications are the notifications that concern a medicine on the day
// (R123–R126), the newest first. Those that concern no product are listed by
// themselves (R125), not here.
type SheetNotifications struct {
	// Own concern it as a whole.
	Own []SheetNotification `json:"own"`
	// OnSomeProducts concern only some of the products below it (R123); left
	// out where R123 is switched off, or nothing can be below.
	OnSomeProducts []SheetNotification `json:"onSomeProducts,omitzero"`
	// OnReimbursement concern a reimbursement group that it is linked to.
	OnReimbursement []SheetNotification `json:"onReimbursement,omitempty"`
	// Hidden is how many display rules keep from the audience.
	Hidden int `json:"hidden"`
	// Coming is how many begin after the day (R124).
	Coming int `json:"coming"`
	Basis
}

// SheetNotification is what is shown of a notification (R126).
type SheetNotification struct {
	Reference
	Type         *Code     `json:"notificationType,omitempty"`
	Headline     string    `json:"headline"`
	Text         string    `json:"text"`
	From         fest.Date `json:"fromDate"`
	Link         *Link     `json:"link,omitempty"`
	DisplayRules []Code    `json:"displayRules"`
	// On are the entries that it names.
	On []Reference `json:"on"`
}

// Link is a link with what it is called.
type Link struct {
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
}

// sheetNotifications gathers those of a medicine for an audience, "" for all.
func (r *Register) sheetNotifications(s *sheetSubject, audience string) SheetNotifications {
	n := SheetNotifications{Own: []SheetNotification{}, Basis: r.Basis("R123", "R124", "R126")}
	var seen []*fest.Notification
	gather := func(list *[]SheetNotification, on []Reference) {
		first := len(seen)
		for _, ref := range on {
			for _, o := range r.NotificationsOn(fest.Ref(ref.ID)) {
				if at := slices.Index(seen, o); at >= 0 {
					if k := slices.IndexFunc(*list, func(x SheetNotification) bool { return x.ID == r.Key(o) }); k >= 0 && at >= first {
						(*list)[k].On = append((*list)[k].On, ref)
					}
					continue
				}
				seen = append(seen, o)
				switch {
				case rules.NotificationOn(o, r.day) != rules.Valid:
					n.Coming++
				case !rules.ShownTo(o.DisplayRules, audience):
					n.Hidden++
				default:
					*list = append(*list, r.sheetNotification(o, ref))
				}
			}
		}
		slices.SortStableFunc(*list, func(a, b SheetNotification) int { return -cmp.Compare(a.From, b.From) })
	}
	own, below := []Reference{s.ref}, []Reference(nil)
	for _, d := range s.drugs {
		switch {
		case s.generic != nil:
			below = append(below, r.Reference(d))
		case !s.isDrug():
			own = append(own, r.Reference(d))
		}
	}
	for _, g := range s.generics {
		own = append(own, r.Reference(g))
	}
	for _, p := range s.packages {
		below = append(below, r.Reference(p))
	}
	gather(&n.Own, own)
	if s.pack == nil && r.On("R123") {
		n.OnSomeProducts = []SheetNotification{}
		gather(&n.OnSomeProducts, below)
	}
	var groups []Reference
	for i := range s.Reimbursements {
		for _, id := range s.Reimbursements[i].ReimbursementGroups {
			groups = append(groups, Reference{Resource: fest.ResourceReimbursements, ID: string(id)})
		}
	}
	gather(&n.OnReimbursement, groups)
	return n
}

func (r *Register) sheetNotification(o *fest.Notification, on Reference) SheetNotification {
	n := SheetNotification{
		Reference: r.Reference(o), Type: CodeOf(&o.NotificationType), Headline: string(o.Headline), Text: string(o.Text), From: o.FromDate,
		DisplayRules: CodesOf(o.DisplayRules), On: []Reference{on},
	}
	if o.Link != nil {
		n.Link = &Link{TextOf(o.Link.Description), o.Link.URL.Value}
	}
	return n
}
