package sample

// Values of the code lists. Codes of the lists that the published extracts
// show are DMP's; those from 900 on (forms, package types, routes) are ours,
// since the lists themselves could not be had.

var (
	statusActive = term{"A", "Aktiv oppføring"}

	typeMedicine     = term{"7", "Legemiddel"}
	typeVaccine      = term{"6", "Vaksine"}
	typeVeterinary   = term{"2", "Veterinært legemiddel"}
	typeUnregistered = term{"11", "Krever godkj. Fritak"}
	typeHerbal       = term{"12", "Tradisjonelt plantebasert legemiddel"}
	typeHospital     = term{"15", "Sykehuspreparat"}

	applicationNone     = term{"1", "Skal ikke søkes"}
	applicationPharmacy = term{"2", "Søknad vurderes av apotek"}
	applicationAlways   = term{"3", "Må søkes"}

	strengthEqual    = term{"L", "Lik"}
	strengthLess     = term{"M", "Mindre enn"}
	strengthGreater  = term{"S", "Større enn"}
	strengthInterval = term{"I", "Intervall"}

	storageRoom = term{"R", "Rom (15-25 grader)"}
	storageCold = term{"K", "Kaldt (2-8 grader)"}

	yes     = term{"1", "Ja"}
	no      = term{"2", "Nei"}
	unknown = term{"9", "Ukjent"}

	divisionUnspecified = term{"0", "Ikke spesifisert"}
	divisionNone        = term{"1", "Ikke delbar"}
	divisionTwo         = term{"2", "Delbar i 2"}
	divisionFour        = term{"4", "Delbar i 4"}

	bolusNo         = term{"0", "Skal ikke gis som bolus"}
	bolusYes        = term{"1", "Kan gis som bolus"}
	bolusRateSlow   = term{"1", "Langsomt"}
	blackTriangle   = term{"1", "Legemiddel med særlig overvåkning"}
	sexMale         = term{"1", "Mann"}
	sexFemale       = term{"2", "Kvinne"}
	priceRefund     = term{"2", "Refusjonspris"}
	priceAIP        = term{"3", "AIP"}
	priceAUP        = term{"4", "AUP"}
	priceStepped    = term{"5", "Trinnpris"}
	priceGoodsBuy   = term{"N", "Innkjøpspris"}
	priceGoodsUnit  = term{"E", "Maksimal refusjonspris per enhet"}
	priceGoodsPack  = term{"P", "Maksimal refusjonspris per pakning"}
	languageNO      = term{"no", "Norsk"}
	languageEN      = term{"en", "Engelsk"}
	spcContents     = term{"SPCHUMAN_00", "INNHOLDSFORTEGNELSE"}
	classDrug       = term{"1", "LegemiddelMerkevareId"}
	classPackage    = term{"2", "LegemiddelpakningId"}
	classGeneric    = term{"3", "LegemiddelVirkestoffId"}
	classGroup      = term{"4", "RefusjonsgruppeId"}
	unitPiece       = term{"stk", "stykk"}
	unitSet         = term{"S", "sett"}
	authorityBlue   = term{"200", "§5-14 §2"}
	authoritySingle = term{"300", "§5-14 §3"}
	authorityH      = term{"950", "H-resept"}
	appliesPrescr   = term{"1", "Rekvirent"}
	appliesDispens  = term{"2", "Utleverer"}
	appliesBoth     = term{"3", "Rekvirent og utleverer"}
)

// prescriptionGroup is a value of list 7421.
func prescriptionGroup(code string) term { return term{code, "Reseptgruppe " + code} }

// units of list 7452.
var units = map[string]term{
	"stk": unitPiece, "S": unitSet, "ml": {"ml", "milliliter"}, "g": {"g", "gram"}, "mg": {"mg", "milligram"},
	"dose": {"dose", "dose"}, "time": {"time", "time"}, "E": {"E", "enhet(er)"}, "l": {"l", "liter"}, "m": {"m", "meter"},
	"cm": {"cm", "centimeter"}, "brev": {"brev", "brev"}, "pose": {"pose", "pose"}, "par": {"par", "par"},
}

// strengthUnits of list 9090.
var strengthUnits = []term{
	{"mg", "milligram"}, {"g", "gram"}, {"mikrog", "mikrogram"}, {"IE", "internasjonale enheter"}, {"E", "enheter"},
	{"%", "prosent"}, {"mmol", "millimol"}, {"MBq", "megabecquerel"}, {"mg/ml", "milligram per milliliter"}, {"ml", "milliliter"},
	{"mikrog/time", "mikrogram per time"}, {"mill. IE", "millioner internasjonale enheter"}, {"mol", "mol"}, {"kg", "kilogram"},
}

// displayRules of list 7442.
var displayRules = []term{{"1", "Allmennlege"}, {"2", "Spesialist"}, {"3", "Sykehus"}, {"4", "Apotek"}, {"5", "Veterinær"}}

// notificationTypes of list 7441.
var notificationTypes = []term{
	{"1", "Sikkerhetsinformasjon"}, {"2", "Leveringssvikt"}, {"3", "Salgsstopp"}, {"4", "Refusjon"}, {"5", "Indikasjon"},
	{"6", "Anmeldelse"}, {"7", "Retningslinjer og råd"}, {"8", "Generelt"}, {"9", "Dosering"}, {"10", "Tilbakeholdelsestid"},
}

// conditionGroups of list 7437, by code.
var conditionGroups = []term{
	{"2", "Handelsvare"}, {"3", "Refusjon"}, {"4", "Utlevering"}, {"5", "Antibiotika"}, {"6", "Legemiddelgjennomgang"}, {"7", "Førerkort"},
}

// relevances of list 7483 and sourceBases of list 7485.
var (
	relevances  = []term{{"1", "Bør unngås"}, {"2", "Forholdsregler bør tas"}, {"3", "Ingen tiltak nødvendig"}}
	sourceBases = []term{{"1", "Interaksjonsstudier"}, {"2", "Kasusrapporter"}, {"3", "Interaksjonsstudier og kasusrapporter"}, {"4", "Indirekte data"}}
)

// structuredTypes of list 7439, those that are in use (R77).
var structuredTypes = map[string]string{
	"1": "Alder lik eller større enn", "2": "Alder mindre enn", "3": "Kjønn", "4": "Forskrevet av spesialist", "8": "Forskrevet av spesialist, oppstart",
	"9": "Forskrevet på sykehus", "10": "Forskrevet av spesialist eller sykehus", "11": "Forskrives på artikkelgruppe", "15": "Maks antall per år",
	"16": "Maks antall per utlevering", "17": "Utleveres til spesialist", "18": "Utleveres til sykehus", "19": "Maks antall dager",
	"22": "Krever angivelse av teststrimler per dag", "28": "Reseptgyldighet ved refusjon",
}

// specialities of list 7426.
var specialities = []term{
	{"3", "Barnesykdommer"}, {"16", "Hud og veneriske sykdommer"}, {"37", "Nevrologi"}, {"41", "Revmatologi"}, {"190", "Indremedisin"},
}

// dosageUnit is a code of list 7480 with the forms that dosage text needs
// (R105).
type dosageUnit struct{ code, singular, plural string }

var dosageUnits = map[string]dosageUnit{
	"tablett": {"13", "tablett", "tabletter"}, "kapsel": {"6", "kapsel", "kapsler"}, "ml": {"8", "ml", "ml"}, "dose": {"19", "dose", "doser"},
	"plaster": {"16", "plaster", "plastre"}, "sprøyte": {"11", "sprøyte", "sprøyter"}, "IE": {"17", "IE", "IE"}, "E": {"79", "E", "E"},
	"mg": {"70", "mg", "mg"}, "dråpe": {"901", "dråpe", "dråper"}, "stikkpille": {"902", "stikkpille", "stikkpiller"},
	"tyggegummi": {"903", "tyggegummi", "tyggegummier"}, "pose": {"904", "pose", "poser"}, "vagitorie": {"905", "vaginaltablett", "vaginaltabletter"},
	"penn": {"906", "penn", "penner"}, "påføring": {"907", "påføring", "påføringer"}, "spray": {"908", "spraydose", "spraydoser"},
}

// form is a pharmaceutical form (list 7448) and what goes with it.
type form struct {
	code, name string // list 7448
	short      string // as NavnFormStyrke writes it
	unit       string // of packages, list 7452
	dosage     string // key of dosageUnits
	routes     []string
	solid      bool // KanKnuses and Deling are relevant (R30)
	capsule    bool // KanApnes is
	parenteral bool // Bolus is
}

var forms = map[string]form{
	"tab":        {"53", "Tablett", "tab", "stk", "tablett", []string{"oral"}, true, false, false},
	"dtab":       {"25", "Depottablett", "depottab", "stk", "tablett", []string{"oral"}, true, false, false},
	"etab":       {"908", "Enterotablett", "enterotab", "stk", "tablett", []string{"oral"}, true, false, false},
	"btab":       {"16", "Brusetablett", "brusetab", "stk", "tablett", []string{"oral"}, false, false, false},
	"tygget":     {"917", "Tyggetablett", "tyggetab", "stk", "tablett", []string{"oral"}, true, false, false},
	"kaps":       {"32", "Kapsel", "kaps", "stk", "kapsel", []string{"oral"}, true, true, false},
	"dkaps":      {"743", "Depotkapsel, hard", "depotkaps, hard", "stk", "kapsel", []string{"oral"}, true, true, false},
	"ekaps":      {"27", "Enterokapsel", "enterokaps", "stk", "kapsel", []string{"oral"}, true, true, false},
	"mikst":      {"842", "Mikstur, oppløsning", "mikst oppl", "ml", "ml", []string{"oral"}, false, false, false},
	"mikstsusp":  {"911", "Mikstur, suspensjon", "mikst susp", "ml", "ml", []string{"oral"}, false, false, false},
	"mikstpulv":  {"914", "Pulver til mikstur, suspensjon", "pulv til mikst, susp", "ml", "ml", []string{"oral"}, false, false, false},
	"mikstpulvp": {"915", "Pulver til mikstur, oppløsning i dosepose", "pulv til mikst, oppl i dosepose", "stk", "pose", []string{"oral"}, false, false, false},
	"inj":        {"901", "Injeksjonsvæske, oppløsning", "inj væske, oppl", "ml", "ml", []string{"subkutan", "intravenøs"}, false, false, true},
	"injsusp":    {"426", "Injeksjonsvæske, suspensjon", "inj væske, susp", "ml", "sprøyte", []string{"intramuskulær"}, false, false, false},
	"pulvinj":    {"789", "Pulver til injeksjonsvæske, oppløsning", "pulv til inj væske, oppl", "stk", "ml", []string{"intravenøs"}, false, false, true},
	"konsinf":    {"460", "Konsentrat til infusjonsvæske", "kons til inf væske, oppl", "ml", "ml", []string{"intravenøs"}, false, false, true},
	"inf":        {"910", "Infusjonsvæske, oppløsning", "inf væske, oppl", "ml", "ml", []string{"intravenøs"}, false, false, true},
	"salve":      {"46", "Salve", "salve", "g", "påføring", []string{"hud"}, false, false, false},
	"krem":       {"34", "Krem", "krem", "g", "påføring", []string{"hud"}, false, false, false},
	"plaster":    {"58", "Depotplaster", "depotplast", "stk", "plaster", []string{"transdermal"}, false, false, false},
	"inhpulv":    {"902", "Inhalasjonspulver", "inh pulv", "dose", "dose", []string{"inhalasjon"}, false, false, false},
	"inhkaps":    {"916", "Inhalasjonspulver i kapsel", "inh pulv, kaps", "stk", "kapsel", []string{"inhalasjon"}, false, false, false},
	"inhaer":     {"913", "Inhalasjonsaerosol, suspensjon", "inh aerosol, susp", "dose", "dose", []string{"inhalasjon"}, false, false, false},
	"neb":        {"100", "Inhalasjonsvæske til nebulisator", "inh væske til nebulisator", "ml", "ml", []string{"inhalasjon"}, false, false, false},
	"nese":       {"906", "Nesespray, oppløsning", "nesespray, oppl", "ml", "spray", []string{"nese"}, false, false, false},
	"oye":        {"903", "Øyedråper, oppløsning", "øyedr, oppl", "ml", "dråpe", []string{"øye"}, false, false, false},
	"vagtab":     {"904", "Vaginaltablett", "vagtab", "stk", "vagitorie", []string{"vaginal"}, false, false, false},
	"stikk":      {"905", "Stikkpille", "stikkpille", "stk", "stikkpille", []string{"rektal"}, false, false, false},
	"tygg":       {"912", "Medisinsk tyggegummi", "med tyggegummi", "stk", "tyggegummi", []string{"oral"}, false, false, false},
	"komb":       {"907", "Kombinasjonspakning", "kombipakn", "stk", "dose", []string{"hud"}, false, false, false},
	"sett":       {"909", "Preparasjonssett", "sett", "S", "ml", []string{"intravenøs"}, false, false, false},
}

// routes of list 7477.
var routes = map[string]term{
	"oral": {"53", "Oral bruk"}, "subkutan": {"62", "Subkutan bruk"}, "intramuskulær": {"33", "Intramuskulær bruk"}, "intravenøs": {"43", "Intravenøs bruk"},
	"inhalasjon": {"11", "Bruk til inhalasjon"}, "hud": {"8", "Bruk på hud"}, "transdermal": {"65", "Transdermal bruk"}, "øre": {"6", "Bruk i øret"},
	"vaginal": {"901", "Vaginal bruk"}, "rektal": {"902", "Rektal bruk"}, "nese": {"903", "Nasal bruk"}, "øye": {"904", "Okulær bruk"}, "ingen": {"68", "Ikke angitt"},
}

// packageTypes of list 7449.
var packageTypes = map[string]term{
	"bli": {"169", "Blisterpakning"}, "boks": {"8", "Boks"}, "end": {"18", "Blisterpakning, endose"}, "endo": {"15", "Endosebeholder"},
	"plb": {"55", "Boks av plast"}, "gl": {"31", "Flaske av glass"}, "plf": {"56", "Flaske av plast"}, "tube": {"95", "Tube"}, "hgl": {"37", "Hetteglass"},
	"penn": {"25", "Ferdigfylt penn"}, "spr": {"27", "Ferdigfylt sprøyte"}, "fol": {"30", "Foliepose"}, "kal": {"98", "Kalenderpakning"}, "sett": {"146", "Sett"},
	"tablrør": {"75", "Rør av plast"}, "pose": {"901", "Infusjonspose"}, "inh": {"902", "Inhalator"}, "amp": {"903", "Ampulle av glass"}, "tabb": {"207", "Tablettbeholder"},
}

// precautions of list 7479.
var precautions = []term{
	{"49", "Svelges hel"}, {"50", "Svelges hel med 1 glass vann"}, {"54", "Tas etter måltid"}, {"6", "Bruk medisinmål"}, {"64", "Tas til måltid"},
	{"66", "Tas utenom måltid"}, {"79", "Tas minst 1 time før eller 2 timer etter måltid"}, {"84", "Settes av helsepersonell"}, {"92", "Svelges med 1 glass vann"}, {"104", "Tas stående"},
}
