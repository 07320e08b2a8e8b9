package cache

import (
	"strings"

	"github.com/festd/festd/internal/fest"
)

// relationNumber numbers the relations that a build collects: first the key
// tables of the filters, by their place in filterTable, then those that only
// serve to derive others.
type relationNumber uint8

// The key tables of the filters. Their order is that of filterTable, which a
// test compares.
const (
	relIngredientName relationNumber = iota
	relIngredientSalt                // full active substances of a moiety (R34)
	relIngredientReimbursement
	relStrengthIngredient
	relDrugATC
	relDrugName
	relDrugIngredient // derived
	relDrugStrength
	relDrugPrescriptionGroup
	relDrugForm
	relDrugCondition
	relGenericATC
	relGenericName
	relGenericIngredient // derived
	relGenericStrength
	relGenericDrug
	relGenericPackage
	relGenericReimbursement
	relGenericCondition
	relPackageItemNumber
	relPackageGTIN
	relPackageATC
	relPackageDrug
	relPackageSubstitutionGroup // completed with codes
	relPackageName
	relPackageReimbursement
	relPackageCondition
	relDoseLMR
	relDoseDrug
	relDosePackage
	relCommodityItemNumber
	relCommodityProductGroup // derived
	relCommodityName
	relCommodityReimbursement
	relCommodityCondition
	relSubstitutionGroupCode
	relReimbursementGroupNumber
	relReimbursementATC
	relReimbursementICPC2
	relReimbursementICD10
	relReimbursementLegalBasis
	relReimbursementCondition
	relConditionNumber
	relConditionGroup
	relNotificationType
	relNotificationReference
	relInteractionATC
	relInteractionIngredient // completed with salts and moieties
	relNotAssessedATC
	relCodeSystemCode
	// The derived ATC codes of ingredients (R43); in the file, no filter.
	relIngredientATC
	// Only while building, from here.
	relIngredientSelf
	relStrengthSelf
	relDrugSelf
	relDrugSubstance
	relGenericSubstance
	relPackageSelf
	relSubstitutionGroupSelf
	relSubstitutionGroupSelfCode
	relReimbursementSelf
	relOtherATC // codes that no filter knows, for /v1/atc
	numRelations
)

// fileTables is how many key tables a file has.
const fileTables = int(relIngredientATC) + 1

// collect adds the keys of an item.
func (p *Prepared) collect(e *fest.Entry, it fest.Item, item uint32) {
	switch o := e.Object.(type) {
	case *fest.Ingredient:
		p.name(relIngredientName, item, "", string(o.Name))
		if o.NameEnglish != nil && *o.NameEnglish != o.Name {
			p.name(relIngredientName, item, "", string(*o.NameEnglish))
		}
		p.key(relIngredientSelf, item, string(o.ID))
		p.refs(relIngredientSalt, item, o.FullActiveSubstances)
		p.links(relIngredientReimbursement, item, o.Reimbursements)
	case *fest.IngredientStrength:
		p.key(relStrengthSelf, item, string(o.ID))
		p.key(relStrengthIngredient, item, string(o.ActiveSubstance))
		p.atc(relOtherATC, item, o.AtcOfCombinationComponent)
	case *fest.Drug:
		p.drug(o, item)
	case *fest.Generic:
		p.atc(relGenericATC, item, o.Atc)
		p.name(relGenericName, item, "", string(o.NameFormStrength))
		p.links(relGenericReimbursement, item, o.Reimbursements)
		p.refs(relGenericCondition, item, o.Conditions)
		p.substances(relGenericStrength, o.SortedActiveSubstancesWithStrength, relGenericSubstance, o.SortedActiveSubstancesWithoutStrength, item)
	case *fest.Package:
		p.pack(o, item)
	case *fest.Dose:
		if o.LmrNumber != nil {
			p.key(relDoseLMR, item, string(*o.LmrNumber))
		}
		p.key(relDoseDrug, item, string(o.Drug))
		p.refs(relDosePackage, item, o.Packages)
		p.atc(relOtherATC, item, o.Atc)
	case *fest.BreastProsthesis:
		p.commodity(&o.Commodity, item)
	case *fest.MedicalConsumable:
		p.commodity(&o.Commodity, item)
	case *fest.Nutrient:
		p.commodity(&o.Commodity, item)
	case *fest.SubstitutionGroup:
		p.key(relSubstitutionGroupCode, item, o.Code.Code)
		p.key(relSubstitutionGroupSelf, item, string(o.ID))
		p.key(relSubstitutionGroupSelfCode, item, o.Code.Code)
	case *fest.Reimbursement:
		p.reimbursement(o, &o.ReimbursementGroups[it.Group], item)
	case *fest.Condition:
		if o.ConditionNumber != nil {
			p.key(relConditionNumber, item, string(*o.ConditionNumber))
		}
		p.key(relConditionGroup, item, o.ConditionGroup.Code)
	case *fest.Notification:
		p.key(relNotificationType, item, o.NotificationType.Code)
		for i := range o.ReferencedElements {
			p.refs(relNotificationReference, item, o.ReferencedElements[i].Elements)
		}
	case *fest.Interaction:
		p.interaction(o, item)
	case *fest.InteractionNotAssessed:
		p.atc(relNotAssessedATC, item, &o.Atc)
	case *fest.CodeSystem:
		p.codeSystem(o, item)
	case *fest.OrderingSubstance:
		p.atc(relOtherATC, item, o.Atc)
	}
}

func (p *Prepared) refs(r relationNumber, item uint32, refs []fest.Ref) {
	for _, ref := range refs {
		p.key(r, item, string(ref))
	}
}

// links adds the reimbursement groups that a product links to.
func (p *Prepared) links(r relationNumber, item uint32, links []fest.ProductReimbursement) {
	for i := range links {
		p.refs(r, item, links[i].ReimbursementGroups)
	}
}

func (p *Prepared) substances(s relationNumber, strengths []fest.SortedStrength, u relationNumber, without []fest.SortedSubstance, item uint32) {
	for i := range strengths {
		p.key(s, item, string(strengths[i].ActiveSubstanceWithStrength))
	}
	for i := range without {
		p.key(u, item, string(without[i].ActiveSubstance))
	}
}

func (p *Prepared) drug(o *fest.Drug, item uint32) {
	p.atc(relDrugATC, item, o.Atc)
	p.name(relDrugName, item, "", string(o.NameFormStrength))
	// The start of a brand that the other name starts with is its start too.
	if !strings.HasPrefix(string(o.NameFormStrength), string(o.BrandName)) {
		p.name(relDrugName, item, "", string(o.BrandName))
	}
	p.substances(relDrugStrength, o.SortedActiveSubstancesWithStrength, relDrugSubstance, o.SortedActiveSubstancesWithoutStrength, item)
	p.key(relDrugPrescriptionGroup, item, o.PrescriptionGroup.Code)
	if o.PrescriptionGroup.Code == "CF" { // some packages C, some F (R53, R54)
		p.key(relDrugPrescriptionGroup, item, "C")
		p.key(relDrugPrescriptionGroup, item, "F")
	}
	if f := o.PharmaceuticalFormShort; f != nil {
		if f.Code != "" {
			p.key(relDrugForm, item, codeKey+f.Code)
		}
		p.name(relDrugForm, item, nameKey, f.Display)
	}
	p.refs(relDrugCondition, item, o.Conditions)
}

func (p *Prepared) pack(o *fest.Package, item uint32) {
	p.key(relPackageItemNumber, item, string(o.ItemNumber))
	if m := o.MarketingInformation; m != nil && m.DiscontinuedItemNumber != nil {
		p.key(relPackageItemNumber, item, string(*m.DiscontinuedItemNumber)) // R18
	}
	for _, code := range o.BarCodes {
		p.key(relPackageGTIN, item, normalGTIN(string(code)))
	}
	p.atc(relPackageATC, item, o.Atc)
	for i := range o.PackageInformation {
		p.key(relPackageDrug, item, string(o.PackageInformation[i].Drug))
	}
	if g := o.PackageSubstitutionGroup; g != nil {
		p.key(relPackageSubstitutionGroup, item, string(g.SubstitutionGroup))
	}
	p.name(relPackageName, item, "", string(o.NameFormStrength))
	p.links(relPackageReimbursement, item, o.Reimbursements)
	p.refs(relPackageCondition, item, o.Conditions)
}

func (p *Prepared) commodity(o *fest.Commodity, item uint32) {
	p.key(relCommodityItemNumber, item, string(o.ItemNumber))
	p.name(relCommodityName, item, "", string(o.Name))
	if o.Reimbursement != nil {
		p.refs(relCommodityReimbursement, item, o.Reimbursement.ReimbursementGroups)
	}
	if o.ProductInformation != nil {
		p.refs(relCommodityCondition, item, o.ProductInformation.Conditions)
	}
}

func (p *Prepared) reimbursement(o *fest.Reimbursement, g *fest.ReimbursementGroup, item uint32) {
	p.key(relReimbursementSelf, item, string(g.ID))
	p.key(relReimbursementGroupNumber, item, g.GroupNumber.Code)
	p.atc(relReimbursementATC, item, g.Atc)
	p.key(relReimbursementLegalBasis, item, o.StatutoryAuthority.Code)
	p.refs(relReimbursementCondition, item, g.Conditions)
	for i := range g.ReimbursementCodes {
		for _, c := range g.ReimbursementCodes[i].ReimbursementConditions {
			p.key(relReimbursementCondition, item, string(c.Condition))
		}
		code := &g.ReimbursementCodes[i].Code
		switch strings.TrimPrefix(code.System, fest.OIDRoot) { // R89
		case "7170", "7434":
			p.key(relReimbursementICPC2, item, code.Code)
		case "7435", "7110":
			p.key(relReimbursementICD10, item, code.Code)
		}
	}
}

func (p *Prepared) interaction(o *fest.Interaction, item uint32) {
	for i := range o.SubstanceGroups {
		for k := range o.SubstanceGroups[i].Substances {
			s := &o.SubstanceGroups[i].Substances[k]
			p.atc(relInteractionATC, item, s.Atc)
			p.refs(relInteractionIngredient, item, s.ActiveSubstances)
		}
	}
}

// atcList is the code list of ATC.
const atcList = "7180"

func (p *Prepared) codeSystem(o *fest.CodeSystem, item uint32) {
	for i := range o.Elements {
		p.key(relCodeSystemCode, item, string(o.Elements[i].Code))
	}
	if string(o.Info.OID) != fest.OIDRoot+atcList {
		return
	}
	codes := make(map[fest.ID]fest.Text, len(o.Elements))
	for i := range o.Elements {
		codes[o.Elements[i].ID] = o.Elements[i].Code
	}
	for i := range o.Elements {
		e := &o.Elements[i]
		c := preparedCode{code: p.put(strings.ToUpper(string(e.Code)))}
		if e.Parent != nil {
			c.parent = p.put(strings.ToUpper(string(codes[fest.ID(*e.Parent)])))
		}
		for k := range e.Terms {
			t := &e.Terms[k]
			switch {
			case t.Language != nil && english(t.Language):
				if c.nameEnglish.len == 0 {
					c.nameEnglish = p.put(string(t.Term))
				}
			case c.name.len == 0:
				c.name = p.put(string(t.Term))
			}
		}
		p.codes = append(p.codes, c)
	}
}

// english reports whether a language of list 3303 is English; DMP guide
// §11.3 promises terms in both languages and no spelling of the code.
func english(l *fest.CS) bool {
	code := strings.ToLower(l.Code)
	return code == "en" || code == "eng" || strings.HasPrefix(code, "en-") || code == "" && strings.HasPrefix(strings.ToLower(l.Display), "eng")
}
