package fest

import (
	"reflect"
	"sync"
)

// Document is what the root element FEST says of the whole file.
type Document struct {
	// RetrievalDate is the moment generation of the message began, as the text
	// it came as: the version of the data (R9).
	RetrievalDate      DateTime `fest:"m30:HentetDato" json:"retrievalDate"`
	ValidFromDateHelfo *Date    `fest:"m30:GyldigFradatoHelfo" json:"validFromDateHelfo"`
}

// DocumentType describes the fields of the root element that come before the
// catalogues.
func DocumentType() *Type { return documentType() }

var (
	documentType = sync.OnceValue(func() *Type { return TypeOf(reflect.TypeFor[Document]()) })
	envelopeType = sync.OnceValue(func() *Type { return TypeOf(reflect.TypeFor[Envelope]()) })
)
