package fest

// CodeSystem is an entry of KatKodeverk: a code list and its elements. The
// entry has no object element of its own: Info and Element stand in it.
type CodeSystem struct {
	Info     CodeSystemInfo      `fest:"m30:Info" json:"info"`
	Elements []CodeSystemElement `fest:"m30:Element" json:"elements" card:"1..*"`
}

// CodeSystemInfo is Info.
type CodeSystemInfo struct {
	OID                  OID   `fest:"m30:Id" json:"oid"`
	Designation          Text  `fest:"m30:Betegnelse" json:"designation"`
	ShortName            Text  `fest:"m30:Kortnavn" json:"shortName"`
	ResponsiblePublisher Text  `fest:"m30:AnsvarligUtgiver" json:"responsiblePublisher"`
	Remark               *Text `fest:"m30:Merknad" json:"remark"`
}

// CodeSystemElement is Element.
type CodeSystemElement struct {
	ID     ID     `fest:"m30:Id" json:"id"`
	Parent *Ref   `fest:"m30:ParentId" json:"parent" ref:"code-system-elements"`
	Code   Text   `fest:"m30:Kode" json:"code"`
	Terms  []Term `fest:"m30:Term" json:"terms"`
}

// Term is Term: a name of a code, in one language.
type Term struct {
	Term            Text  `fest:"m30:Term" json:"term"`
	TermDescription *Text `fest:"m30:BeskrivelseTerm" json:"termDescription"`
	Language        *CS   `fest:"m30:Sprak" json:"language" list:"3303"`
}
