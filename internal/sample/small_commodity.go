package sample

import (
	"fmt"
	"strconv"
	"time"

	"github.com/festd/festd/internal/fest"
)

// productGroup is a code of list 7403: 3, 5 or 7 digits (R130).
type productGroup struct{ code, name string }

var productGroups = []productGroup{
	{"501", "Forbruksmateriell ved inkontinens"},
	{"50101", "Katetre"}, {"5010101", "Engangskatetre uten belegg"}, {"5010102", "Engangskatetre med belegg"}, {"5010103", "Permanente katetre"},
	{"50102", "Uridomer og urinposer"}, {"5010201", "Uridomer"}, {"5010202", "Urinposer til ben"},
	{"503", "Forbruksmateriell ved stomi"},
	{"50301", "Stomiposer"}, {"5030101", "Endelte poser"}, {"5030102", "Todelte poser"}, {"50302", "Tilbehør til stomi"}, {"5030201", "Hudbeskyttelse"},
	{"508", "Brystproteser"}, {"50801", "Brystproteser"}, {"5080101", "Brystproteser av silikon"}, {"5080102", "Lette brystproteser"},
	{"510", "Forbruksmateriell ved diabetes"},
	{"51001", "Blodsukkermåling"}, {"5100101", "Teststrimler for blodsukker"}, {"5100102", "Lansetter"}, {"51002", "Injeksjonsutstyr"}, {"5100201", "Pennekanyler"}, {"5100202", "Insulinsprøyter"},
	{"601", "Næringsmidler ved sykelige prosesser i munn, svelg og spiserør"},
	{"60101", "Fullverdige næringsmidler"}, {"6010101", "Næringsdrikker, fullverdige"}, {"6010102", "Sondeløsninger"},
	{"603", "Næringsmidler ved laktose- og melkeproteinintoleranse"},
	{"60301", "Morsmelkerstatninger"}, {"6030101", "Ekstensivt hydrolyserte erstatninger"}, {"6030102", "Aminosyrebaserte erstatninger"},
	{"604", "Næringsmidler ved fenylketonuri"}, {"60401", "Proteinerstatninger"}, {"6040101", "Fenylalaninfrie proteinerstatninger"},
}

// productGroupID is the id of the code's element: IDK_ and a number (R17).
func productGroupID(i int) fest.ID { return fest.ID("IDK_" + strconv.Itoa(131_100+i*7)) }

// commodityGroupID is the id of the reimbursement group of a product group.
func commodityGroupID(i int) fest.ID { return fest.ID("RID_" + strconv.Itoa(131_300+i*11)) }

// addCommodityReimbursements writes a reimbursement group for every 7-digit
// product group, by legal basis: the first three digits are a code of 7427.
func (b *builder) addCommodityReimbursements() {
	byBasis := map[string]*fest.Reimbursement{}
	for i, g := range productGroups {
		if len(g.code) == 3 {
			h := &fest.Reimbursement{StatutoryAuthority: legalBasis(g.code).cv("7427"), RequiresProductLink: "true", RequiresDecision: boolean(g.code[0] == '6')}
			byBasis[g.code] = h
			b.add(fest.ClassReimbursement, g.code, h)
		}
		if len(g.code) != 7 {
			continue
		}
		group := fest.ReimbursementGroup{ID: commodityGroupID(i), GroupNumber: term{g.code, g.name}.cv("7403"), RequiresReimbursementCode: "false"}
		switch g.code {
		case "5100101":
			group.Conditions = []fest.Ref{b.conditions["article-group"], b.conditions["strips"], b.conditions["yearly-limit"]}
		case "5100102", "5100201", "5010101":
			group.Conditions = []fest.Ref{b.conditions["article-group"]}
		case "6030101", "6030102":
			group.Conditions = []fest.Ref{b.conditions["child-nutrition"]}
		}
		b.groups[g.code] = fest.Ref(group.ID)
		h := byBasis[g.code[:3]]
		h.ReimbursementGroups = append(h.ReimbursementGroups, group)
	}
}

// legalBasis is the code of list 7427 for a product group of three digits.
func legalBasis(code string) term {
	paragraph := code[:1]
	n, _ := strconv.Atoi(code[1:])
	return term{code, fmt.Sprintf("§5-14 §%s nr. %d", paragraph, n)}
}

// commodity is an item that is no medicine.
type commodity struct {
	class        fest.Class
	group        string
	name         string
	volume, unit string
	count        int
	buy          int // purchase price per unit in øre
}

var commodities = []commodity{
	{fest.ClassMedicalConsumable, "5010101", "Kateter Eksempel, menn, CH 12, 40 cm", "CH 12", "stk", 30, 620},
	{fest.ClassMedicalConsumable, "5010101", "Kateter Eksempel, kvinner, CH 10, 20 cm", "CH 10", "stk", 30, 590},
	{fest.ClassMedicalConsumable, "5010102", "Kateter Fjordglid, CH 14, 40 cm", "CH 14", "stk", 30, 2150},
	{fest.ClassMedicalConsumable, "5010103", "Ballongkateter Fjordglid, CH 16", "10 ml", "stk", 1, 9800},
	{fest.ClassMedicalConsumable, "5010201", "Uridom Nordlys, 30 mm", "30 mm", "stk", 30, 1140},
	{fest.ClassMedicalConsumable, "5010202", "Urinpose til ben Nordlys, 500 ml", "500 ml", "stk", 10, 1870},
	{fest.ClassMedicalConsumable, "5030101", "Stomipose Kysten, lukket, åpning 15–60 mm", "midi", "stk", 30, 2720},
	{fest.ClassMedicalConsumable, "5030101", "Stomipose Kysten, tømbar, åpning 15–60 mm", "maxi", "stk", 30, 3010},
	{fest.ClassMedicalConsumable, "5030102", "Stomiplate Kysten, 45 mm", "45 mm", "stk", 5, 4450},
	{fest.ClassMedicalConsumable, "5030201", "Hudbeskyttende pasta Kysten", "60 g", "g", 60, 95},
	{fest.ClassMedicalConsumable, "5100101", "Teststrimler Eksempel Måler", "50 stk", "stk", 50, 290},
	{fest.ClassMedicalConsumable, "5100101", "Teststrimler Nordlys Gluko", "2 x 25 stk", "stk", 50, 275},
	{fest.ClassMedicalConsumable, "5100102", "Lansetter Nordlys, 0,3 mm", "0,3 mm", "stk", 200, 42},
	{fest.ClassMedicalConsumable, "5100201", "Pennekanyler Eksempel, 4 mm", "0,23 x 4 mm", "stk", 100, 118},
	{fest.ClassMedicalConsumable, "5100202", "Insulinsprøyter Eksempel, 0,5 ml", "0,5 ml", "stk", 100, 160},
	{fest.ClassBreastProsthesis, "5080101", "Brystprotese Eksempel Natur, str. 6", "", "stk", 1, 182_000},
	{fest.ClassBreastProsthesis, "5080102", "Brystprotese Eksempel Lett, str. 8", "", "stk", 1, 205_000},
	{fest.ClassNutrient, "6010101", "Næringsdrikk Eksempel, jordbær", "200 ml", "ml", 24, 1650},
	{fest.ClassNutrient, "6010101", "Næringsdrikk Eksempel, sjokolade", "200 ml", "ml", 24, 1650},
	{fest.ClassNutrient, "6010101", "Næringsdrikk Fjord Energi, skogsbær", "125 ml", "ml", 24, 1780},
	{fest.ClassNutrient, "6010102", "Sondenæring Fjord Standard", "1000 ml", "ml", 8, 7300},
	{fest.ClassNutrient, "6030101", "Morsmelkerstatning Eksempel Hydro", "400 g", "g", 1, 14_900},
	{fest.ClassNutrient, "6030102", "Morsmelkerstatning Eksempel Amino", "400 g", "g", 1, 31_500},
	{fest.ClassNutrient, "6040101", "Proteinerstatning Fjord PKU, appelsin", "25 g", "g", 30, 5200},
}

// commodityItemNumbers pins the numbers that docs name.
var commodityItemNumbers = map[string]string{
	"Teststrimler Eksempel Måler":         "009001",
	"Brystprotese Eksempel Natur, str. 6": "009002",
	"Næringsdrikk Eksempel, jordbær":      "009003",
	// The same number as a package: nothing promises that they differ (R21).
	"Hudbeskyttende pasta Kysten": "078021",
}

func (b *builder) addCommodities() {
	for i, c := range commodities {
		number := fest.Number(commodityItemNumbers[c.name])
		if number == "" {
			number = b.number("")
		}
		v := makeCommodity(c, number, fmt.Sprintf("EKS%05d", 100+i*13), b.groups[c.group], b.retrieved)
		b.add(c.class, string(number)+" "+c.name, wrapCommodity(c.class, v))
	}
}

func wrapCommodity(class fest.Class, v fest.Commodity) any {
	switch class {
	case fest.ClassBreastProsthesis:
		return &fest.BreastProsthesis{Commodity: v}
	case fest.ClassNutrient:
		return &fest.Nutrient{Commodity: v}
	default:
		return &fest.MedicalConsumable{Commodity: v}
	}
}

func makeCommodity(c commodity, number fest.Number, product string, group fest.Ref, retrieved time.Time) fest.Commodity {
	v := fest.Commodity{
		ItemNumber: number, Name: fest.Text(c.name),
		ProductInformation: &fest.CommodityInformation{ProductNumber: fest.Text(product), SizeUnit: units[c.unit].cv("7452"), NumberPerPackage: integer(c.count),
			AboveMaximumPriceAllowed: boolean(c.class == fest.ClassBreastProsthesis)},
		Supplier: &fest.Supplier{Name: "EKSEMPEL MEDISIN NORGE AS", Address: "EKSEMPELVEIEN 1 0001 OSLO", Telephone: "00000000"},
	}
	if c.volume != "" {
		v.ProductInformation.Volume = ptr(fest.Text(c.volume))
	}
	setQuarter(&v, retrieved, c.buy)
	v.Reimbursement = &fest.ProductReimbursement{ReimbursementGroups: []fest.Ref{group}, ValidFromDate: quarterStart(retrieved)}
	return v
}

// setQuarter prices a commodity for the quarter; in the last three days of a
// quarter only the next one's price is there (R104).
func setQuarter(v *fest.Commodity, retrieved time.Time, buy int) {
	from, until := quarterStart(retrieved), quarterEnd(retrieved)
	n := 1
	if v.ProductInformation != nil {
		n, _ = strconv.Atoi(string(v.ProductInformation.NumberPerPackage))
	}
	unit := buy * 156 / 100
	price := func(t term, ore int) fest.Price {
		return fest.Price{PriceType: t.cv("7423"), Price: kroner(ore), ValidFromDate: ptr(from), ValidUntilDate: ptr(until)}
	}
	v.Prices = []fest.Price{price(priceGoodsBuy, buy), price(priceGoodsUnit, unit), price(priceGoodsPack, unit*max(n, 1))}
}

func quarterOf(t time.Time) time.Time {
	t = t.AddDate(0, 0, 3)
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

func quarterStart(t time.Time) fest.Date { return date(quarterOf(t)) }

func quarterEnd(t time.Time) fest.Date { return date(quarterOf(t).AddDate(0, 3, -1)) }
