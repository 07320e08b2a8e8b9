package fest

// Envelope is typeEnkeltoppforingFest: what every entry starts with.
type Envelope struct {
	EntryID            EntryID  `fest:"m30:Id" json:"entryId"`
	RegistrationTime   DateTime `fest:"m30:Tidspunkt" json:"registrationTime"`
	RegistrationStatus CS       `fest:"m30:Status" json:"registrationStatus" list:"7446"`
}

// StatusExpired is the code of Status that marks a retired entry. Only
// increments hold such entries; they have no object (DMP guide §13.1).
const StatusExpired = "U"

// Entry is one Oppf… of a catalogue.
type Entry struct {
	Envelope
	// Class says what Object is. An entry without an object has the first
	// class of its catalogue.
	Class Class
	// Object points to the class's struct: *Drug, *Package, …; nil where the
	// entry has none (Status U).
	Object any
}

// EnvelopeType describes the elements of an entry that stand before its
// object.
func EnvelopeType() *Type { return envelopeType() }

// ObjectID is the entry's object id; "" where its class has none (R16) or the
// source left it out.
func (e *Entry) ObjectID() ID {
	switch o := e.Object.(type) {
	case *Drug:
		return deref(o.ID)
	case *Package:
		return deref(o.ID)
	case *Ingredient:
		return o.ID
	case *IngredientStrength:
		return o.ID
	case *OrderingSubstance:
		return o.ID
	case *Generic:
		return o.ID
	case *Diagnosis:
		return o.ID
	case *Condition:
		return o.ID
	case *SubstitutionGroup:
		return o.ID
	case *Dose:
		return o.ID
	case *Interaction:
		return o.ID
	default:
		return ""
	}
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
