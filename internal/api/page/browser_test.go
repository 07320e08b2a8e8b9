package page_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/festd/festd/internal/browsertest"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
)

var update = flag.Bool("update", false, "write the pictures of docs/images anew")

const (
	drug       = "/entries/drugs/ID_3D8CBAB1-D251-8128-A311-269422A99805"    // Paracet tab 500 mg
	pack       = "/entries/packages/ID_B5E39843-1460-87C9-83FB-65EAEA95C0C3" // Atorvastatin Nordlys tab 20 mg
	ingredient = "/entries/ingredients/ID_D07FAD53-6F31-8000-9FDF-67F113861CEE"
	herbal     = "ID_1A3688A9-9CA8-8D79-BC65-F404D8C50C7A"                   // Perikum Nordlys kaps >300 mg
	generic    = "/entries/generics/ID_7A5F89F3-1EE6-8F40-B425-B5D14224B371" // Isotretinoin kaps 10 mg
	checked    = "/interactions-check?line=atc/B01AA03&line=atc/M01AE01&line=drugs/ID_3D8CBAB1-D251-8128-A311-269422A99805&line=atc/J07BB02"
)

// settled is true when the page shows all that it asks for.
const settled = `document.querySelectorAll('[aria-busy], [data-waits], .fault[role=alert]').length === 0`

// look opens a tab. A server on a machine that has more to do than it can may
// refuse a question; the page asks again, which is awaited like all else.
func look(t *testing.T, b *browsertest.Browser, origin string, v browsertest.View) *browsertest.Tab {
	t.Helper()
	tab := b.Open(t, origin, v)
	tab.Allow(`503 \(Service Unavailable\)`)
	return tab
}

// open opens a page and waits until it shows all.
func open(tab *browsertest.Tab, path string) {
	tab.Go(path)
	tab.Wait(settled)
}

func TestInBrowser(t *testing.T) {
	b := browsertest.Start(t)
	origin := serve(t, "")
	for name, test := range map[string]func(*testing.T, *browsertest.Browser, string){
		"a drug is found by typing":  testFinds,
		"what is typed wrongly":      testTypos,
		"sections of entries":        testSections,
		"an entry of every class":    testEveryClass,
		"JSON and XML":               testSources,
		"interaction check":          testCheck,
		"none found and not known":   testNone,
		"an answer that comes last":  testOvertaken,
		"the language stays":         testLanguage,
		"too busy, then not":         testBusy,
		"without a connection":       testOffline,
		"unknown is not removed":     testUnknown,
		"accessible in all its ways": testAccessible,
		"pictures":                   testPictures,
	} {
		t.Run(name, func(t *testing.T) { test(t, b, origin) })
	}
	t.Run("removed is not unknown", func(t *testing.T) { testRemoved(t, b) })
}

// By keyboard alone: to the field, type, choose, open, and back.
func testFinds(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	open(tab, "/?lang=en")
	tab.Press("k")
	tab.Wait(`document.activeElement.id === 'q'`)
	tab.Type("paracet 500")
	tab.Wait(`document.querySelectorAll('#find [role=option]').length > 2 && document.querySelector('#q').getAttribute('aria-expanded') === 'true'`)
	for range 10 { // down to the drug
		tab.Type(kb.ArrowDown)
		if browsertest.Eval[bool](tab, `document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText.includes('Paracet tab 500 mg')`) {
			break
		}
	}
	if n := browsertest.Eval[int](tab, `document.querySelectorAll('[role=option][aria-selected=true]').length`); n != 1 {
		t.Errorf("%d options are active", n)
	}
	tab.Type(kb.Enter)
	tab.WaitText("h1", "Paracet tab 500 mg")
	if got := tab.Path(); got != drug+"?lang=en" {
		t.Errorf("at %s, want %s", got, drug)
	}
	tab.Back()
	tab.WaitText("h1", "Lookups in FEST")
	tab.Wait(settled)

	// Escape closes and keeps what was typed, then empties.
	tab.Focus("#q")
	_ = browsertest.Eval[string](tab, `document.querySelector('#q').value = ''`)
	tab.Type("warf")
	tab.Wait(`!document.querySelector('#find .options-box').hidden`)
	tab.Type(kb.Escape)
	tab.Wait(`document.querySelector('#find .options-box').hidden && document.querySelector('#q').value === 'warf'`)
	tab.Type(kb.Escape)
	tab.Wait(`document.querySelector('#q').value === ''`)

	// Enter without an option taken leads to all that was found.
	tab.Type("warfarin" + kb.Enter)
	tab.WaitText("main .found", "Warfarin")
	if !strings.HasPrefix(tab.Path(), "/search?q=warfarin") {
		t.Errorf("at %s", tab.Path())
	}
	// The skip link is the first stop and leads to the content.
	open(tab, drug)
	tab.Type(kb.Tab)
	if got := browsertest.Eval[string](tab, `document.activeElement.className`); got != "skip" {
		t.Errorf("the first stop is %q", got)
	}
	tab.Type(kb.Enter)
	tab.Wait(`document.activeElement.id === 'main'`)
}

func testTypos(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	open(tab, "/search?lang=en&q=paracetmol")
	tab.WaitText("#found", "Allowing for typos")
	if got := browsertest.Eval[string](tab, `document.querySelector('.found mark').innerText`); !strings.EqualFold(got, "paracetamol") {
		t.Errorf("marked is %q", got)
	}
	open(tab, "/search?lang=en&q=xyzzyx")
	tab.WaitText("#found", "Nothing in FEST was found")
}

// Every section shows something of the sample, and none a fault.
func testSections(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	for path, sections := range map[string]map[string]string{
		drug: {
			"Warnings": "", "Ingredients": "Paracetamol 500 mg", "Packages and prices": "NOK 210.70", "Generics (prescribing by substance)": "Paracetamol tab 500 mg",
			"Interactions": "Gjelder ved daglig bruk", "SPC": "INNHOLDSFORTEGNELSE",
		},
		pack: {
			"Availability": "marketed", "Prices": "Stepped price", "Prescribing: warnings, conditions, validity": "1 year", "Drugs": "Atorvastatin Nordlys tab 20 mg",
			"Substitutes": "Lipitor", "Reimbursement": "C10AA05_1", "Interactions": "", "Timeline": "marketed",
		},
		generic: {
			"Prescribing: warnings, conditions, validity": "svangerskap må utelukkes", "Packages and prices": "154554", "Drugs": "Isotretinoin Fjordmed", "Reimbursement": "None stated",
		},
		ingredient:                    {"Generics (prescribing by substance)": "Paracetamol tab 500 mg", "Strengths": "500 mg", "Packages and prices": "18 packages", "Interactions": "Warfarin"},
		"/entries/commodities/009001": {"Prices": "NOK 2.90", "Reimbursement": "", "Timeline": "price"},
		"/atc/N02BE01":                {"Drugs (branded products)": "Paracet tab 1 g", "Interactions": "Warfarin"},
	} {
		open(tab, path+"?lang=en")
		if strings.Contains(tab.Text("main"), "not fetched") || browsertest.Eval[int](tab, `document.querySelectorAll('.fault').length`) > 0 {
			t.Errorf("%s: something went wrong:\n%s", path, tab.Text("main"))
		}
		if path != "/entries/commodities/009001" && !strings.Contains(tab.Text("main"), "Sample – not for clinical use") {
			t.Errorf("%s does not say in its content that it is made up", path)
		}
		for title, want := range sections {
			got := browsertest.Eval[string](tab, fmt.Sprintf(`([...document.querySelectorAll('section')].find((s) => s.querySelector('h2')?.innerText === %q)?.innerText ?? '').replaceAll('\u00a0', ' ')`, title))
			if !strings.Contains(got, want) || len(got) < len(title)+5 {
				t.Errorf("%s: section %q lacks %q: %q", path, title, want, got)
			}
		}
	}
}

// Whatever class an entry is of, its page shows its properties, and fits a
// phone.
func testEveryClass(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{Width: 360, Height: 740})
	open(tab, "/?lang=en")
	seen := 0
	for _, res := range fest.Resources() {
		if res == fest.ResourceNotAssessed { // shown with its ATC code
			continue
		}
		id := browsertest.Eval[string](tab, fmt.Sprintf(`fetch('/v1/%s?limit=1').then((r) => r.json()).then((l) => l.items[0]?.id ?? '')`, res))
		if id == "" {
			continue
		}
		seen++
		open(tab, "/entries/"+string(res)+"/"+url.PathEscape(id)+"?lang=en")
		if got := browsertest.Eval[int](tab, `document.querySelectorAll('.properties > dt').length`); got < 3 {
			t.Errorf("%s: %d properties", res, got)
		}
		if h := tab.Text("h1"); h == "" || h == "Entry" || strings.HasPrefix(h, "ID_") {
			t.Errorf("%s is called %q", res, h)
		}
		if by, what := tab.Overflow(); by > 0 {
			t.Errorf("%s is %d pixels wider than a phone: %q", res, by, what)
		}
	}
	if seen < 13 {
		t.Errorf("only %d classes", seen)
	}
}

func testSources(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	open(tab, pack)
	for i, want := range []string{`"itemNumber": "045678"`, "<OppfLegemiddelpakning"} {
		tab.Click(fmt.Sprintf(`.source:nth-of-type(%d) > summary`, i+1))
		tab.WaitText(fmt.Sprintf(`.source:nth-of-type(%d) pre`, i+1), want)
	}
}

// A list is made by typing; its answer stands in the order of the API; going
// back undoes.
func testCheck(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	open(tab, "/interactions-check?lang=en")
	for _, word := range []string{"B01AA03", "M01AE01"} {
		tab.Focus("#add")
		tab.Type(word)
		tab.Wait(`document.querySelector('#add').getAttribute('aria-expanded') === 'true'`)
		tab.Type(kb.ArrowDown + kb.Enter)
		tab.Wait(fmt.Sprintf(`location.search.includes(%q) || document.querySelectorAll('#lines li').length > 0`, word))
		tab.Wait(settled)
	}
	tab.WaitText("#result", "1 interaction that needs attention")
	tab.WaitText("#result .card h3", "Bør unngås")
	if n := browsertest.Eval[int](tab, `document.querySelectorAll('#lines li').length`); n != 2 {
		t.Errorf("%d lines", n)
	}
	tab.Back()
	tab.Wait(`document.querySelectorAll('#lines li').length === 1`)
	tab.WaitText("#result", "Add at least one more medicine")

	open(tab, checked+"&line=text/Salve&lang=en")
	cards := browsertest.Eval[[]string](tab, `[...document.querySelectorAll('#result .card h3')].map((h) => h.innerText)`)
	if len(cards) != 2 || !strings.Contains(cards[0], "Bør unngås") || !strings.Contains(cards[1], "Forholdsregler") {
		t.Errorf("interactions %q", cards)
	}
	states := tab.Text(".states")
	for _, want := range []string{"2 Interaction", "3 Not assessed", "4 Could not be checked", "1 None found"} {
		if !strings.Contains(states, want) {
			t.Errorf("states %q lack %q", states, want)
		}
	}
	if !strings.Contains(tab.Text("#result"), "Gjelder ved daglig bruk av minst 2 gram") { // R118
		t.Error("the relevance without its situation")
	}
	tab.Click(`#lines li:last-child button`)
	tab.Wait(`document.querySelectorAll('#lines li').length === 4`)
	if tab.Wait(settled); browsertest.Eval[string](tab, `document.activeElement.id`) != "add" {
		t.Error("the focus was lost with what was removed")
	}
}

// "None" is said of a list only where the API says it (R119).
func testNone(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	open(tab, "/interactions-check?lang=en&line=atc/M01AE01&line=atc/N02BE01")
	tab.WaitText("#result", "No interactions in FEST between these.")
	for _, third := range []string{"atc/J07BB02", "text/Salve", "atc/N06A"} {
		open(tab, "/interactions-check?lang=en&line=atc/M01AE01&line=atc/N02BE01&line="+url.QueryEscape(third))
		if text := tab.Text("#result"); strings.Contains(text, "No interactions in FEST") || !strings.Contains(text, "there may be interactions there") {
			t.Errorf("with %s: %s", third, text)
		}
	}
}

// The answer to a list that was changed meanwhile is not shown for the one that
// is there.
func testOvertaken(t *testing.T, b *browsertest.Browser, origin string) {
	m := before(t, origin)
	tab := look(t, b, m.origin, browsertest.View{})
	late := make(chan struct{})
	m.late.Store(&late)
	tab.Go("/interactions-check?lang=en&line=atc/B01AA03&line=atc/M01AE01")
	tab.Wait(`document.querySelectorAll('#lines li').length === 2`)
	tab.Click(`#lines li:last-child button`)
	tab.WaitText("#result", "Add at least one more medicine")
	close(late)
	_ = browsertest.Eval[bool](tab, `new Promise((done) => setTimeout(() => done(true), 500))`) // the first answer has its time
	if text := tab.Text("#result"); !strings.Contains(text, "Add at least one more medicine") || strings.Contains(text, "needs attention") {
		t.Errorf("the answer to a list of before is shown:\n%s", text)
	}
	if n := browsertest.Eval[int](tab, `document.querySelectorAll('#lines li').length`); n != 1 {
		t.Errorf("%d lines", n)
	}
	tab.Wait(settled)
}

func testLanguage(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	open(tab, drug+"?lang=no")
	tab.WaitText("main", "Pakninger og priser")
	tab.Click("a.other")
	tab.WaitText("main", "Packages and prices")
	tab.Wait(settled)
	tab.Click(`main a[href*="/entries/packages/"]`)
	tab.WaitText("main", "Can be prescribed")
	if got := browsertest.Eval[string](tab, `document.documentElement.lang`); got != "en" || !strings.Contains(tab.Path(), "lang=en") {
		t.Errorf("lang %s at %s", got, tab.Path())
	}
}

// A refusal is said in plain words, and asked again after the time it names.
func testBusy(t *testing.T, b *browsertest.Browser, origin string) {
	m := before(t, origin)
	tab := look(t, b, m.origin, browsertest.View{})
	m.busy.Store(1)
	tab.Go(drug + "?lang=en")
	tab.WaitText(".fault", "The service is too busy.")
	if text := tab.Text(".fault"); !strings.Contains(text, "trying again in 1 s") || !strings.Contains(text, "00112233445566778899aabbccddeeff") {
		t.Errorf("fault: %s", text)
	}
	tab.WaitText("h1", "Paracet tab 500 mg") // by itself

	open(tab, "/search?lang=en&q=a")
	m.busy.Store(1)
	tab.Click("#found button")
	tab.WaitText("#found .fault", "The service is too busy.")
	tab.Wait(`document.querySelectorAll('#found .found > li').length > 50`)
}

func testOffline(t *testing.T, b *browsertest.Browser, origin string) {
	m := before(t, origin)
	tab := look(t, b, m.origin, browsertest.View{})
	tab.Allow(`net::ERR_`)
	m.cut.Store(true)
	tab.Go(drug + "?lang=en")
	tab.WaitText(".fault", "No connection to the service.")
	m.cut.Store(false)
	tab.Click(".fault button")
	tab.WaitText("h1", "Paracet tab 500 mg")
}

func testUnknown(t *testing.T, b *browsertest.Browser, origin string) {
	tab := look(t, b, origin, browsertest.View{})
	tab.Allow(`404 \(Not Found\)`)
	open(tab, "/entries/drugs/ID_00000000-0000-0000-0000-000000000000?lang=en")
	tab.WaitText("h1", "Unknown in FEST")
	if text := tab.Text("main"); !strings.Contains(text, "What there was before") || strings.Contains(text, "Removed") {
		t.Errorf("unknown: %s", text)
	}
	tab.Axe()
}

func testRemoved(t *testing.T, b *browsertest.Browser) {
	dir, id := leaving(t, "045678")
	tab := look(t, b, serve(t, dir), browsertest.View{})
	tab.Allow(`410 \(Gone\)`)
	open(tab, "/entries/packages/"+id+"?lang=en")
	tab.WaitText("h1", "Atorvastatin Nordlys tab 20 mg")
	text := tab.Text("main")
	for _, want := range []string{"Removed from FEST.", "Gone since release 2", "FEST names no successor", "Last content", "045678"} {
		if !strings.Contains(text, want) {
			t.Errorf("removed lacks %q: %s", want, text)
		}
	}
	if strings.Contains(text, "Unknown") {
		t.Errorf("removed is called unknown: %s", text)
	}
	tab.Axe()

	// On the same server: what interacts by its substance does so whatever code
	// the drug has (R112).
	open(tab, "/entries/drugs/"+herbal+"?lang=en")
	if text := tab.Text("main"); !strings.Contains(text, "N06AX25") || !strings.Contains(text, "Warfarin – Johannesurt") {
		t.Errorf("the interactions of its substance are missing: %s", text)
	}
}

// Every page, in both languages and both schemes, wide and on a phone.
func testAccessible(t *testing.T, b *browsertest.Browser, origin string) {
	for _, v := range []browsertest.View{{}, {Width: 360, Height: 740, Dark: true}} {
		tab := look(t, b, origin, v)
		for _, path := range []string{"/", "/search?q=insulin", drug, pack, generic, "/entries/code-systems/2.16.578.1.12.4.1.1.7448", "/atc", "/atc/N02BE01", checked, "/interactions-check"} {
			for _, lang := range []string{"no", "en"} {
				sign := "?"
				if strings.Contains(path, "?") {
					sign = "&"
				}
				open(tab, path+sign+"lang="+lang)
				if by, what := tab.Overflow(); by > 0 {
					t.Errorf("%s is %d pixels wider than %d: %q", path, by, v.Width, what)
				}
				if v.Dark && lang == "en" {
					continue // of the same elements as in Norwegian
				}
				tab.Axe()
				tab.Dark(!v.Dark)
				tab.AxeColours()
				tab.Dark(v.Dark)
			}
		}
		// The list of suggestions, too.
		open(tab, "/")
		tab.Focus("#q")
		tab.Type("paracet")
		tab.Wait(`document.querySelector('#q').getAttribute('aria-expanded') === 'true'`)
		tab.Type(kb.ArrowDown)
		if by, what := tab.Overflow(); by > 0 {
			t.Errorf("suggestions are %d pixels wider than the page: %q", by, what)
		}
		tab.Axe()
	}
}

// testPictures makes the pictures of the README; with -update they are kept.
func testPictures(t *testing.T, b *browsertest.Browser, origin string) {
	for name, p := range map[string]struct {
		path string
		view browsertest.View
		text string // typed before
	}{
		"search.png":       {"/?lang=en", browsertest.View{Width: 1100, Height: 620}, "paracet 500"},
		"entry.png":        {drug + "?lang=en", browsertest.View{Width: 1100, Height: 1280}, ""},
		"phone.png":        {pack + "?lang=en", browsertest.View{Width: 360, Height: 740, Dark: true}, ""},
		"interactions.png": {checked + "&lang=en", browsertest.View{Width: 1100, Height: 1180}, ""},
	} {
		tab := look(t, b, origin, p.view)
		open(tab, p.path)
		if p.text != "" {
			tab.Focus("#q")
			tab.Type(p.text)
			tab.Wait(`document.querySelector('#q').getAttribute('aria-expanded') === 'true'`)
			tab.Type(kb.ArrowDown)
		}
		png := tab.Screenshot()
		if len(png) < 10_000 || len(png) > 250_000 {
			t.Errorf("%s has %d bytes", name, len(png))
		}
		if *update {
			if err := os.WriteFile(filepath.Join(festtest.Root(), "docs", "images", name), png, 0o644); err != nil { //nolint:gosec // a picture for all
				t.Error(err)
			}
		}
	}
}
