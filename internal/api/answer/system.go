package answer

import (
	"slices"
	"strings"

	"github.com/festd/festd/internal/fest"
)

// Way is a way in which a text can name something.
type Way string

// The ways, as answers name them; in tried, WayID covers the entry id and
// WayItemNumber the outgoing number.
const (
	WayGTIN               Way = "gtin"               // bar code, alone or in a scan (R22)
	WayItemNumber         Way = "itemNumber"         // of a package or commodity (R20, R21)
	WayOutgoingItemNumber Way = "outgoingItemNumber" // the one that a package had before (R18)
	WayLMRNumber          Way = "lmrNumber"          // of a dose (R23)
	WayATC                Way = "atc"                // code of any level
	WayGroupCode          Way = "groupCode"          // code of a substitution group, list 7450
	WayGroupNumber        Way = "groupNumber"        // number of a reimbursement group, lists 7451 and 7403
	WayID                 Way = "id"                 // the key of a resource
	WayEntryID            Way = "entryId"            // the id of this version of an entry (R14)
)

// System is a name space that systems put before the identifiers of FEST.
// There is no agreed one, so all are taken.
type System struct {
	URI string
	// Family says whose it is.
	Family string
	// Ways are what its codes are tried as, in this order.
	Ways []Way
	// Resources are what an id of it may be of; nil is all.
	Resources []fest.Resource
}

// The families of name spaces.
const (
	familySFM        = "SFM and no-basis"
	familyAllergy    = "no-basis allergy"
	familyKJ         = "Kjernejournal"
	familyLMDI       = "LMDI"
	familySAFEST     = "SAFEST and DMP"
	familyEPI        = "Felleskatalogen and Nordic ePI"
	familyFarmalogg  = "Farmalogg"
	familyGS1        = "GS1"
	familyCodeLists  = "code lists"
	namespaceLMDI    = "http://dmp.no/fhir/NamingSystem/"
	namespaceKJ      = "http://nhn.no/kj/fhir/CodeSystem/"
	namespaceSFM     = "http://ehelse.no/fhir/CodeSystem/FEST"
	namespaceSAFEST  = "http://legemiddelverket.no/fhir/SAFEST/"
	namespaceProfile = "http://legemiddelverket.no/fhir/StructureDefinition/safest-"
	namespaceEPI     = "http://legemiddelverket.no/FEST/"
)

var (
	waysID   = []Way{WayID}
	waysItem = []Way{WayItemNumber}
	waysGTIN = []Way{WayGTIN}
	waysATC  = []Way{WayATC}

	ofDrugs       = []fest.Resource{fest.ResourceDrugs}
	ofPackages    = []fest.Resource{fest.ResourcePackages}
	ofDoses       = []fest.Resource{fest.ResourceDoses}
	ofGenerics    = []fest.Resource{fest.ResourceGenerics}
	ofIngredients = []fest.Resource{fest.ResourceIngredients}
	ofSFM         = []fest.Resource{fest.ResourceDrugs, fest.ResourceGenerics, fest.ResourcePackages, fest.ResourceDoses, fest.ResourceIngredients}
	ofMedicines   = []fest.Resource{fest.ResourceDrugs, fest.ResourceGenerics, fest.ResourcePackages, fest.ResourceDoses}
)

// nameSpaces are the name spaces that are known, those of one family together.
var nameSpaces = []System{
	{namespaceSFM, familySFM, []Way{WayItemNumber, WayID}, ofSFM},
	{"http://ehelse.no/FESTSubstance", familyAllergy, waysID, ofIngredients},
	{"http://ehelse.no/FESTMedication", familyAllergy, waysID, ofMedicines},
	{namespaceKJ + "DrugTradeName", familyKJ, waysID, ofDrugs},
	{namespaceKJ + "ActiveSubstance", familyKJ, waysID, ofIngredients},
	{namespaceKJ + "ATC", familyKJ, waysATC, nil},
	{namespaceLMDI + "festLegemiddelDose", familyLMDI, waysID, ofDoses},
	{namespaceLMDI + "festLegemiddelMerkevare", familyLMDI, waysID, ofDrugs},
	{namespaceLMDI + "festLegemiddelPakning", familyLMDI, waysID, ofPackages},
	{namespaceLMDI + "festLegemiddelVirkestoff", familyLMDI, waysID, ofGenerics},
	{namespaceLMDI + "fest-varenummer", familyLMDI, waysItem, nil},
	{namespaceLMDI + "lmrLopenummer", familyLMDI, []Way{WayLMRNumber}, nil},
	{"http://fhir.no/ValueSet/atc-valueset", familyLMDI, waysATC, nil},
	{namespaceSFM + "/KatLegemiddelMerkevare", familySAFEST, waysID, ofDrugs},
	{namespaceSFM + "/KatLegemiddelPakning", familySAFEST, waysID, ofPackages},
	{namespaceSFM + "/KatLegemiddeldose", familySAFEST, waysID, ofDoses},
	{namespaceSAFEST + "MedicinalProduct", familySAFEST, waysID, ofDrugs},
	{namespaceSAFEST + "MedicinalProductPackaged", familySAFEST, waysID, ofPackages},
	{namespaceSAFEST + "MedicinalProductPharmaceutical", familySAFEST, waysID, ofMedicines},
	{namespaceSAFEST + "MedicinalProductManufactured", familySAFEST, waysID, ofMedicines},
	{namespaceSAFEST + "SubstanceSpecification", familySAFEST, waysID, ofIngredients},
	{namespaceProfile + "legemiddelMerkevareId", familySAFEST, waysID, ofDrugs},
	{namespaceProfile + "legemiddelPakningId", familySAFEST, waysID, ofPackages},
	{namespaceProfile + "legemiddeldoseId", familySAFEST, waysID, ofDoses},
	{namespaceProfile + "itemnumber", familySAFEST, waysItem, nil},
	{namespaceProfile + "lmrNumber", familySAFEST, []Way{WayLMRNumber}, nil},
	{"https://noma.no/fhir/StructureDefinition/MedicinalProduct_NOMA_v3_1", familySAFEST, waysID, ofDrugs},
	{namespaceEPI + "LegemiddelMerkevareID", familyEPI, waysID, ofDrugs},
	{namespaceEPI + "LegemiddelPakningID", familyEPI, waysID, ofPackages},
	{namespaceEPI + "VirkestoffID", familyEPI, waysID, ofIngredients},
	{"https://farmalogg.no/varenummer", familyFarmalogg, waysItem, nil},
	{"https://farmalogg.no/produktkode/GTIN", familyFarmalogg, waysGTIN, nil},
	{"https://farmalogg.no/produktkode/NTIN", familyFarmalogg, waysGTIN, nil},
	{"https://www.gs1.org/gtin", familyGS1, waysGTIN, nil},
	{"urn:gs1:gtin", familyGS1, waysGTIN, nil},
	{"http://www.whocc.no/atc", familyCodeLists, waysATC, nil},
	{urn + fest.OIDRoot + "7180", familyCodeLists, waysATC, nil},
	{urn + fest.OIDRoot + "7450", familyCodeLists, []Way{WayGroupCode}, nil},
	{urn + fest.OIDRoot + "7451", familyCodeLists, []Way{WayGroupNumber}, nil},
	{urn + fest.OIDRoot + "7403", familyCodeLists, []Way{WayGroupNumber}, nil},
}

// neighbours are systems of other countries and of one's own house: FEST has
// none of their identifiers.
var neighbours = []string{
	"http://electronichealth.se/fhir/NamingSystem/nplid", "http://electronichealth.se/fhir/NamingSystem/nplpackid",
	"http://electronichealth.se/fhir/NamingSystem/varunr", "https://pharmaca.fi/vnr", "https://www.indlaegssedler.dk/varenummer",
	"http://fhi.no/fhir/NamingSystem/lokaltLegemiddel", "http://fhi.no/fhir/lmr/lokal-legemiddel-katalog",
}

// Systems are the name spaces that are known, in the order of the docs.
func Systems() []System { return slices.Clone(nameSpaces) }

// byURI finds a name space by its URI, also the plain one.
var byURI = func() map[string]*System {
	m := make(map[string]*System, 2*len(nameSpaces))
	for i := range nameSpaces {
		m[nameSpaces[i].URI], m[plainURI(nameSpaces[i].URI)] = &nameSpaces[i], &nameSpaces[i]
	}
	return m
}()

// systemOf finds a name space as systems write it.
func systemOf(uri string) (*System, bool) {
	s, ok := byURI[uri]
	if !ok {
		s, ok = byURI[plainURI(uri)]
	}
	return s, ok
}

// plainURI is a URI as it is compared: without scheme, version and slash at
// the end, in lower case, an OID with or without urn:oid:. None of that tells
// two name spaces apart, and all of it is seen.
func plainURI(uri string) string {
	uri = strings.TrimSpace(uri)
	uri, _, _ = strings.Cut(uri, "|") // a canonical's version
	uri = strings.TrimRight(strings.ToLower(uri), "/")
	for _, scheme := range []string{"http://", "https://", urn} {
		if rest, ok := strings.CutPrefix(uri, scheme); ok {
			return rest
		}
	}
	return uri
}

// isNeighbour says whether a URI is a system whose identifiers FEST has not.
func isNeighbour(uri string) bool {
	return slices.ContainsFunc(neighbours, func(n string) bool { return plainURI(n) == plainURI(uri) })
}
