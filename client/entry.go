package client

import "encoding/json"

// Code is a coded value.
type Code struct {
	Code         string `json:"code"`
	System       string `json:"system"`
	Display      string `json:"display"`
	OriginalText string `json:"originalText,omitempty"`
}

// Reference points to another entry.
type Reference struct {
	Resource string `json:"resource"`
	ID       string `json:"id"`
	Display  string `json:"display,omitempty"`
}

// Entry is what all entries have. The types of this package name what most
// clients need; everything else that FEST says is in the JSON that [Client.Get]
// returns.
type Entry struct {
	Resource           string `json:"resource"`
	ID                 string `json:"id"`
	EntryID            string `json:"entryId"`
	RegistrationTime   string `json:"registrationTime"`
	RegistrationStatus Code   `json:"registrationStatus"`
	// Sample is not empty for made-up data: not for clinical use.
	Sample string `json:"sample,omitempty"`
}

// Ingredient is an active ingredient (Virkestoff).
type Ingredient struct {
	Entry
	Name        string `json:"name"`
	NameEnglish string `json:"nameEnglish"`
}

// Drug is a brand with form and strength (LegemiddelMerkevare).
type Drug struct {
	Entry
	NameFormStrength        string `json:"nameFormStrength"`
	BrandName               string `json:"brandName"`
	ATC                     *Code  `json:"atc"`
	PrescriptionGroup       *Code  `json:"prescriptionGroup"`
	PharmaceuticalFormShort *Code  `json:"pharmaceuticalFormShort"`
}

// Generic is a drug without a brand (LegemiddelVirkestoff).
type Generic struct {
	Entry
	NameFormStrength string      `json:"nameFormStrength"`
	ATC              *Code       `json:"atc"`
	Drugs            []Reference `json:"drugs"`
}

// Package is a package of a drug (Legemiddelpakning).
type Package struct {
	Entry
	NameFormStrength   string            `json:"nameFormStrength"`
	ItemNumber         string            `json:"itemNumber"` // with its leading zeros
	BarCodes           []string          `json:"barCodes"`
	ATC                *Code             `json:"atc"`
	PackageInformation []PackageContents `json:"packageInformation"`
	Prices             []Price           `json:"prices"`
}

// PackageContents is what is in a package.
type PackageContents struct {
	Drug        Reference   `json:"drug"`
	PackageSize string      `json:"packageSize"`
	PackageUnit *Code       `json:"packageUnit"`
	Quantity    json.Number `json:"quantity"`
}

// Price of a package. PriceType says which.
type Price struct {
	PriceType Code `json:"priceType"`
	Price     struct {
		Value    json.Number `json:"value"`
		Currency string      `json:"currency"`
	} `json:"price"`
	ValidFromDate  string `json:"validFromDate"`
	ValidUntilDate string `json:"validUntilDate"`
}

// List is a page of entries.
type List[T any] struct {
	Total int    `json:"total"`
	Next  string `json:"next"` // path of the next page; "" on the last
	Items []T    `json:"items"`
}
