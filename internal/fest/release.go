package fest

import (
	"fmt"
	"time"
)

// Digest is a SHA-256 in 64 lower-case hexadecimal digits.
type Digest string

// ParseDigest checks that s is a digest. It is the guard for digests that
// become file names.
func ParseDigest(s string) (Digest, error) {
	if len(s) != 64 {
		return "", fmt.Errorf("digest %q: want 64 hexadecimal digits", s)
	}
	for _, r := range []byte(s) {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return "", fmt.Errorf("digest %q: want lower-case hexadecimal digits", s)
		}
	}
	return Digest(s), nil
}

// Short is the first twelve digits, for people.
func (d Digest) Short() string { return string(d[:min(12, len(d))]) }

// Serial is a release's number: given at publication, growing within the
// store's stream, never reused. 0 is the sample.
type Serial uint64

// Filter is which of DMP's extracts a source is (R27): a label that the
// operator gives, since the file does not say.
type Filter string

// The extracts that DMP publishes.
const (
	FilterPrescriber  Filter = "Rekvirent"
	FilterInstitution Filter = "Institusjon"
	FilterVeterinary  Filter = "Veterinær"
	FilterConsumables Filter = "Bandasjist"
	FilterHelfo       Filter = "NAV/Helfo"
	FilterFarmalogg   Filter = "Farmalogg"
)

// Filters returns the extracts that DMP publishes.
func Filters() []Filter {
	return []Filter{FilterPrescriber, FilterInstitution, FilterVeterinary, FilterConsumables, FilterHelfo, FilterFarmalogg}
}

// Content describes what one imported file says, known by its digest.
type Content struct {
	Digest Digest `json:"digest"`
	Document
	Filter Filter `json:"filter"`
	// Sample marks made-up data: never for clinical use.
	Sample   bool      `json:"sample,omitempty"`
	Counts   Counts    `json:"counts"`
	Findings []Finding `json:"findings,omitempty"`
	// Approval says who let the content be published although the gate held
	// it; nil for content that passed by itself.
	Approval *Approval `json:"approval,omitempty"`
}

// Approval is a person's decision. It is bound to the digest of the content
// that bears it and to the release that was served then, and used once.
type Approval struct {
	By       string    `json:"by"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	Baseline Serial    `json:"baseline"` // served when it was given; 0 = none
}

// Source says where a content came from.
type Source struct {
	Location string `json:"location"` // path or URL, without credentials
	Digest   Digest `json:"digest"`   // of the file as it came
	Size     int64  `json:"size"`     // bytes of the file as it came
}

// Release is a publication: serial → content.
type Release struct {
	Serial      Serial    `json:"serial"`
	Stream      string    `json:"stream"` // random id minted with the store
	PublishedAt time.Time `json:"publishedAt"`
	Content     Content   `json:"content"`
	Source      Source    `json:"source"`
	// Cause says how it came to be served; "" in ledgers of before there was
	// one: an import.
	Cause Cause `json:"cause,omitempty"`
	// By and Reason are those of the person behind an approval or a rollback.
	By     string `json:"by,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Left is the content that a rollback turned away from.
	Left Digest `json:"left,omitempty"`
}
