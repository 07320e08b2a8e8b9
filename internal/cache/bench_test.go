package cache_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/festd/festd/internal/cache"
	"github.com/festd/festd/internal/fest"
)

// big makes entries in the numbers of the real file (DOMAIN §6).
func big(share float64) []*fest.Entry {
	rnd := rand.New(rand.NewPCG(1, 2))
	n := func(real int) int { return max(1, int(float64(real)*share)) }
	id := func(kind string, i int) string {
		return fmt.Sprintf("ID_%s%04X-AAAA-4BBB-8CCC-%012X", kind, i%65536, i)
	}
	ref := func(kind string, of int) fest.Ref { return fest.Ref(id(kind, rnd.IntN(n(of)))) }
	code := func() string {
		return fmt.Sprintf("%c%02d%c%c%02d", "ABCDGHJLMNPRSV"[rnd.IntN(14)], 1+rnd.IntN(9), 'A'+rnd.IntN(3), 'A'+rnd.IntN(2), 1+rnd.IntN(7))
	}
	lorem := func(words int) fest.Text {
		var b []byte
		for range words {
			b = append(b, []string{"øker", "plasmakonsentrasjonen", "av", "legemidlet", "ved", "samtidig", "bruk", "hemmer", "metabolisme", "risiko", "for", "blødning"}[rnd.IntN(12)]...)
			b = append(b, ' ')
		}
		return fest.Text(b)
	}
	medicine := func() fest.Medicine {
		return fest.Medicine{
			Atc: atc(code()), NameFormStrength: fest.Text(fmt.Sprintf("Legemiddel %d Væske til inh damp %d mg", rnd.IntN(9000), rnd.IntN(100))),
			PrescriptionGroup: fest.CS{Code: "C", Display: "Reseptgruppe C"}, PharmaceuticalFormShort: ptr(cv("7448", "53", "Tablett")),
			Conditions: []fest.Ref{ref("11", 205)}, MedicationType: &fest.CS{Code: "7", Display: "Legemiddel"}, ApplicationType: &fest.CS{Code: "1", Display: "Skal ikke søkes"},
			Reimbursements: []fest.ProductReimbursement{{ReimbursementGroups: []fest.Ref{ref("12", 1158)}, ValidFromDate: "2023-01-01"}},
			MedicineAdministration: &fest.MedicineAdministration{
				RoutesOfAdministration: []fest.CV{cv("7477", "53", "Oral bruk")}, CanBeCrushed: &fest.CS{Code: "1", Display: "Ja"},
				DosageUnits: []fest.CV{cv("7480", "13", "tablett")}, ShortDoses: []fest.CV{cv("7478", "1", "1 tablett daglig"), cv("7478", "2", "2 tabletter daglig")},
				IngestionPrecautions:  []fest.CV{cv("7479", "64", "Tas til måltid"), cv("7479", "66", "Tas utenom måltid")},
				LabelApplicationAreas: []fest.CV{cv("7488", "1198", "VED TRANSPLANTASJON")},
			},
		}
	}
	var out []*fest.Entry
	add := func(class fest.Class, kind string, real int, object func(id string, i int) any) {
		for i := range n(real) {
			out = append(out, entry(class, id(kind, i), object(id(kind, i), i)))
		}
	}
	add(fest.ClassDrug, "01", 8962, func(id string, i int) any {
		return &fest.Drug{
			Medicine: medicine(), ID: ptr(fest.ID(id)), BrandName: fest.Text(fmt.Sprintf("Legemiddel %d", i)), PharmaceuticalFormLong: ptr(fest.Text("Tablett, filmdrasjert")),
			SortedActiveSubstancesWithStrength: []fest.SortedStrength{{Sorting: "0", ActiveSubstanceWithStrength: ref("04", 7721)}},
			ProductInformation:                 &fest.ProductInformation{WarningTriangle: ptr(fest.Boolean("false")), Manufacturer: ptr(fest.Text("Novartis Norge (2)"))},
			PrescriptionValidities:             []fest.PrescriptionValidity{{Duration: "P1Y"}},
			SpcSections:                        []fest.SpcSection{{SectionHeading: fest.CS{Code: "SPCHUMAN_00", Display: "INNHOLDSFORTEGNELSE"}, Link: fest.Link{URL: fest.URL{Value: "https://www.legemiddelsok.no/_layouts/15/Preparatomtaler/Spc/03-2079.pdf"}}}},
		}
	})
	add(fest.ClassPackage, "02", 10828, func(id string, i int) any {
		price := func(t, d string) fest.Price {
			return fest.Price{PriceType: cv("7453", t, d), Price: fest.MO{Value: "69.80", Currency: "NOK"}, ValidFromDate: ptr(fest.Date("2023-01-01"))}
		}
		return &fest.Package{
			Medicine: medicine(), ID: ptr(fest.ID(id)), ItemNumber: fest.Number(fmt.Sprintf("%06d", i)), BarCodes: []fest.Number{fest.Number(fmt.Sprintf("57450%08d", i))},
			Storage:              &fest.CS{Code: "R", Display: "Rom (15-25 grader)"},
			PackageInformation:   []fest.PackageInformation{{Drug: ref("01", 8962), PackageSize: "20 x 1", PackageUnit: cv("7452", "stk", "stykk"), PackageType: cv("7449", "169", "Blisterpakning"), Number: ptr(fest.Integer("20")), Quantity: "1", DDD: &fest.PQ{Value: "0.01", Unit: "g"}, StatisticsFactor: ptr(fest.Decimal("0.07"))}},
			Prices:               []fest.Price{price("2", "Refusjonspris"), price("3", "AIP"), price("4", "AUP")},
			MarketingInformation: &fest.MarketingInformation{MarketingDate: ptr(fest.Date("2017-02-15"))},
		}
	})
	add(fest.ClassIngredient, "03", 8639, func(id string, i int) any {
		return &fest.Ingredient{ID: fest.ID(id), Name: fest.Text(fmt.Sprintf("Østradiol %d", i)), NameEnglish: ptr(fest.Text(fmt.Sprintf("Estradiol %d", i)))}
	})
	add(fest.ClassIngredientStrength, "04", 7721, func(id string, _ int) any {
		return &fest.IngredientStrength{ID: fest.ID(id), Strength: fest.PQ{Value: "9.6", Unit: "mg"}, ActiveSubstance: ref("03", 8639), StrengthOperator: cv("7445", "L", "Lik")}
	})
	add(fest.ClassGeneric, "05", 2196, func(id string, _ int) any {
		g := &fest.Generic{Medicine: medicine(), ID: fest.ID(id), SortedActiveSubstancesWithStrength: []fest.SortedStrength{{Sorting: "1", ActiveSubstanceWithStrength: ref("04", 7721)}}}
		for range 8 {
			g.Drugs = append(g.Drugs, ref("01", 8962))
			g.Packages = append(g.Packages, ref("02", 10828))
		}
		return g
	})
	add(fest.ClassMedicalConsumable, "06", 6309, func(_ string, i int) any {
		return &fest.MedicalConsumable{Commodity: fest.Commodity{
			ItemNumber: fest.Number(fmt.Sprintf("%06d", 800000+i)), Name: fest.Text(fmt.Sprintf("Bandasje %d selvklebende 10 x 10 cm", i)),
			ProductInformation: &fest.CommodityInformation{ProductNumber: "1234", SizeUnit: cv("7452", "stk", "stykk"), NumberPerPackage: "30", AboveMaximumPriceAllowed: "false"},
			Supplier:           &fest.Supplier{Name: "Coloplast Norge AS", Address: "Postboks 162 Manglerud, 0612 OSLO", Telephone: "22575000"},
			Prices:             []fest.Price{{PriceType: cv("7423", "E", "Maks refusjonspris per enhet"), Price: fest.MO{Value: "12.5", Currency: "NOK"}}},
			Reimbursement:      &fest.ProductReimbursement{ReimbursementGroups: []fest.Ref{ref("12", 1158)}, ValidFromDate: "2026-07-01"},
		}}
	})
	add(fest.ClassReimbursement, "12", 1158, func(id string, _ int) any {
		g := fest.ReimbursementGroup{ID: fest.ID(id), GroupNumber: cv("7451", "C09CA06_1", "C09CA06_1"), Atc: atc(code()), RequiresReimbursementCode: "true", ReimbursableUse: ptr(lorem(20))}
		for k := range 11 {
			g.ReimbursementCodes = append(g.ReimbursementCodes, fest.ReimbursementCode{Code: cv("7435", fmt.Sprintf("I%d", k), "Hypertensjon"), ValidFromDate: "2008-03-03", ReimbursementConditions: []fest.ReimbursementCondition{{Condition: ref("11", 205), FromDate: "2008-03-03"}}})
		}
		return &fest.Reimbursement{StatutoryAuthority: cv("7427", "200", "§5-14 §2"), RequiresProductLink: "true", RequiresDecision: "false", ReimbursementGroups: []fest.ReimbursementGroup{g}}
	})
	add(fest.ClassCondition, "11", 205, func(id string, i int) any {
		return &fest.Condition{ID: fest.ID(id), ConditionNumber: ptr(fest.Text(fmt.Sprint(i))), ConditionGroup: cv("7437", "3", "Refusjon"), AppliesTo: fest.CS{Code: "3"}, Text: lorem(30)}
	})
	add(fest.ClassCodeSystem, "13", 1, func(string, int) any {
		cs := &fest.CodeSystem{Info: fest.CodeSystemInfo{OID: fest.OID(fest.OIDRoot + "7180"), Designation: "ATC", ShortName: "ATC", ResponsiblePublisher: "WHO"}}
		for i := range n(6500) {
			cs.Elements = append(cs.Elements, fest.CodeSystemElement{ID: fest.ID(id("14", i)), Code: fest.Text(code()), Terms: []fest.Term{{Term: lorem(2), Language: &fest.CS{Code: "no"}}, {Term: lorem(2), Language: &fest.CS{Code: "en"}}}})
		}
		return cs
	})
	add(fest.ClassSubstitutionGroup, "07", 1721, func(id string, i int) any {
		return &fest.SubstitutionGroup{ID: fest.ID(id), Code: fest.CS{Code: fmt.Sprintf("%06d", i), Display: "KANDESARTAN TABLETTER 8MG"}, RemarkRegardingSubstitution: "false"}
	})
	add(fest.ClassDose, "08", 9467, func(id string, i int) any {
		return &fest.Dose{Medicine: medicine(), ID: fest.ID(id), LmrNumber: ptr(fest.Number(fmt.Sprintf("%07d", i))), Quantity: fest.PQ{Value: "250", Unit: "ml"}, Drug: ref("01", 8962), Packages: []fest.Ref{ref("02", 10828), ref("02", 10828)}}
	})
	add(fest.ClassInteraction, "09", 11000, func(id string, _ int) any {
		o := &fest.Interaction{ID: fest.ID(id), Relevance: fest.CS{Code: "2", Display: "Forholdsregler bør tas"}, ClinicalConsequence: lorem(12), InteractionMechanism: ptr(lorem(12)), SourceBasis: fest.CS{Code: "1", Display: "Interaksjonsstudier"}, Handling: ptr(lorem(30)),
			References: []fest.InteractionReference{{Source: lorem(12), URL: &fest.URL{Value: "https://pubmed.ncbi.nlm.nih.gov/123456"}}}}
		for range 2 {
			g := fest.SubstanceGroup{Name: ptr(lorem(2))}
			for range 3 + rnd.IntN(4) {
				g.Substances = append(g.Substances, fest.Substance{Substance: lorem(1), Atc: atc(code())})
			}
			o.SubstanceGroups = append(o.SubstanceGroups, g)
		}
		return o
	})
	return out
}

func BenchmarkPrepare(b *testing.B) {
	entries := big(0.05)
	builder := cache.NewBuilder(cache.Options{})
	defer builder.Discard()
	var size int64
	file := write(b, cache.Options{TempDir: b.TempDir()}, entries...)
	size = int64(len(file))
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range entries {
			p, err := builder.Prepare(e)
			if err != nil {
				b.Fatal(err)
			}
			builder.Recycle(p)
		}
	}
}

// BenchmarkBuild builds and opens a snapshot of full size, steps apart.
func BenchmarkBuild(b *testing.B) {
	entries := big(1)
	path := filepath.Join(b.TempDir(), "snapshot")
	b.Run("Prepare+Add", func(b *testing.B) {
		for b.Loop() {
			builder := cache.NewBuilder(cache.Options{TempDir: b.TempDir()})
			for i, e := range entries {
				p, err := builder.Prepare(e)
				if err != nil {
					b.Fatal(err)
				}
				if err := builder.Add(p, i); err != nil {
					b.Fatal(err)
				}
			}
			builder.Discard()
		}
	})
	b.Run("Finish", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			builder := cache.NewBuilder(cache.Options{TempDir: b.TempDir()})
			for i, e := range entries {
				p, err := builder.Prepare(e)
				if err != nil {
					b.Fatal(err)
				}
				if err := builder.Add(p, i); err != nil {
					b.Fatal(err)
				}
			}
			f, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			before := m.TotalAlloc
			b.StartTimer()
			if err := builder.Finish(context.Background(), content(), f); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.TotalAlloc-before)/1e6, "MB-allocated")
			builder.Discard()
			info, _ := f.Stat()
			b.ReportMetric(float64(info.Size())/1e6, "MB-file")
			_ = f.Close()
			b.StartTimer()
		}
	})
	b.Run("OpenFile", func(b *testing.B) {
		for b.Loop() {
			s, err := cache.OpenFile(path, release(1), nil)
			if err != nil {
				b.Fatal(err)
			}
			s.Close()
		}
	})
}
