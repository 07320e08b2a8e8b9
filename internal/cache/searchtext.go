package cache

import (
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/search"
)

// What an item brings to the search beside the texts that it is found by:
// numbered after the fields of those.
const (
	textFormCode = search.NumFields + iota
	textGroupCode
	textGroupDisplay
	textMarketing // search.JoinDates of Markedsforingsinfo
	textLink      // of a package's membership in a substitution group
	textValidity  // of a substitution group
)

// preparedText is a text of an item, for the search.
type preparedText struct {
	hash  uint64
	text  span
	item  uint32
	field search.Field
}

// foundText is the same once its text has a number.
type foundText struct {
	item, text uint32
	field      search.Field
}

// found adds a text of an item; an empty one is none.
func (p *Prepared) found(item uint32, f search.Field, text string) {
	if text == "" {
		return
	}
	p.texts = append(p.texts, preparedText{xxhash.Sum64String(text), p.put(text), item, f})
}

// searchable adds what the search knows an item by, of its own. What follows
// from references is added when all items are known.
func (p *Prepared) searchable(e *fest.Entry, item uint32) {
	switch o := e.Object.(type) {
	case *fest.Ingredient:
		p.found(item, search.FieldName, string(o.Name))
		if o.NameEnglish != nil && *o.NameEnglish != o.Name {
			p.found(item, search.FieldNameEnglish, string(*o.NameEnglish))
		}
	case *fest.Generic:
		p.medicine(&o.Medicine, item)
		p.refs(relGenericDrug, item, o.Drugs)
		p.refs(relGenericPackage, item, o.Packages)
	case *fest.Drug:
		p.medicine(&o.Medicine, item)
		if o.ID != nil {
			p.key(relDrugSelf, item, string(*o.ID))
		}
		p.found(item, search.FieldBrandName, string(o.BrandName))
		if i := o.ProductInformation; i != nil && i.Manufacturer != nil {
			p.found(item, search.FieldManufacturer, string(*i.Manufacturer))
		}
	case *fest.Package:
		p.searchablePackage(o, item)
	case *fest.BreastProsthesis:
		p.searchableCommodity(&o.Commodity, item, search.KindBreastProsthesis)
	case *fest.MedicalConsumable:
		p.searchableCommodity(&o.Commodity, item, search.KindMedicalConsumable)
	case *fest.Nutrient:
		p.searchableCommodity(&o.Commodity, item, search.KindNutrient)
	case *fest.SubstitutionGroup:
		p.found(item, textValidity, search.JoinDates(date(o.ValidFromDate), date(o.ValidUntilDate)))
	case *fest.Notification:
		p.found(item, search.FieldHeadline, string(o.Headline))
		p.found(item, search.FieldText, string(o.Text))
	}
}

func (p *Prepared) medicine(m *fest.Medicine, item uint32) {
	p.found(item, search.FieldNameFormStrength, string(m.NameFormStrength))
	if f := m.PharmaceuticalFormShort; f != nil {
		p.found(item, textFormCode, f.Code)
		p.found(item, search.FieldForm, f.Display)
	}
	p.found(item, textGroupCode, m.PrescriptionGroup.Code)
	p.found(item, textGroupDisplay, m.PrescriptionGroup.Display)
}

func (p *Prepared) searchablePackage(o *fest.Package, item uint32) {
	p.medicine(&o.Medicine, item)
	if o.ID != nil {
		p.key(relPackageSelf, item, string(*o.ID))
	}
	p.found(item, search.FieldItemNumber, string(o.ItemNumber))
	for _, code := range o.BarCodes {
		p.found(item, search.FieldBarCode, string(code))
		if normal := normalGTIN(string(code)); normal != string(code) {
			p.found(item, search.FieldBarCode, normal) // R22
		}
	}
	for i := range o.PackageInformation {
		info := &o.PackageInformation[i]
		size := string(info.PackageSize)
		for _, more := range []string{info.PackageUnit.Code, info.PackageType.Display} {
			if more != "" {
				size = strings.TrimSpace(size + " " + more)
			}
		}
		p.found(item, search.FieldPackageSize, size)
	}
	if m := o.MarketingInformation; m != nil {
		if m.DiscontinuedItemNumber != nil {
			p.found(item, search.FieldDiscontinuedItemNumber, string(*m.DiscontinuedItemNumber)) // R18
		}
		p.found(item, textMarketing, search.JoinDates(date(m.MarketingDate), date(m.WithdrawalDate), date(m.TemporarilyDiscontinuedDate)))
	}
	if g := o.PackageSubstitutionGroup; g != nil {
		p.found(item, textLink, search.JoinDates(date(g.ValidFromDate), date(g.ValidUntilDate)))
	}
}

func (p *Prepared) searchableCommodity(o *fest.Commodity, item uint32, kind search.Kind) {
	p.commodityKind = kind
	p.found(item, search.FieldName, string(o.Name))
	p.found(item, search.FieldItemNumber, string(o.ItemNumber))
	if o.Supplier != nil {
		p.found(item, search.FieldSupplier, string(o.Supplier.Name))
	}
	if o.ProductInformation != nil {
		p.found(item, search.FieldProductNumber, string(o.ProductInformation.ProductNumber))
	}
}

func date(d *fest.Date) string {
	if d == nil {
		return ""
	}
	return string(*d)
}
