package rules

import "github.com/festd/festd/internal/fest"

// NotificationOn is how a notification stands on a day: from FraDato for as
// long as it is in FEST (R124).
func NotificationOn(n *fest.Notification, d Day) Validity { return Through(&n.FromDate, nil).On(d) }

// Concerns says whether a notification concerns a product, or a
// reimbursement; one that does not is listed by itself (R125).
func Concerns(n *fest.Notification) bool { return len(n.ReferencedElements) > 0 }
