package fest

// Notification is VarselSlv. It has no object id; its key is a digest of what
// makes it the same notification (see [Entry.Items]), so that an edit of its
// text is a change, not a removal (R16).
type Notification struct {
	NotificationType   CV                  `fest:"m30:Type" json:"notificationType" list:"7441"`
	Headline           Text                `fest:"m30:Overskrift" json:"headline"`
	Text               Text                `fest:"m30:Varseltekst" json:"text"`
	DisplayRules       []CV                `fest:"m30:Visningsregel" json:"displayRules" list:"7442" card:"1..*"`
	CodedInformation   []CV                `fest:"m30:KodetInfo" json:"codedInformation"`
	FromDate           Date                `fest:"m30:FraDato" json:"fromDate"`
	Link               *Link               `fest:"fs:Lenke" json:"link"`
	ReferencedElements []ReferencedElement `fest:"m30:Referanseelement" json:"referencedElements"`
}

// ReferencedElement is Referanseelement; Class (7486) says what the
// references name: 1 drug, 2 package, 3 generic, 4 reimbursement group.
type ReferencedElement struct {
	Class    CS    `fest:"m30:Klasse" json:"class" list:"7486"`
	Elements []Ref `fest:"m30:RefElement" json:"elements" ref:"drugs|packages|generics|reimbursements" card:"1..*"`
}

// Resource is what the references of the element name, by its class; "" where
// the class is none that we know.
func (r *ReferencedElement) Resource() Resource {
	switch r.Class.Code {
	case "1":
		return ResourceDrugs
	case "2":
		return ResourcePackages
	case "3":
		return ResourceGenerics
	case "4":
		return ResourceReimbursements
	default:
		return ""
	}
}
