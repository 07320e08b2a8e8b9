//go:build !race

package app_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/festd/festd/internal/app"
	"github.com/festd/festd/internal/browsertest"
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/festtest"
	"github.com/festd/festd/internal/sample"
)

var update = flag.Bool("update", false, "take the pictures of the documentation anew")

// TestRegisterInBrowser plays the day on which a file lost ingredients, and
// looks at it as those do who ask why nothing new is served; then at the
// reference of the API.
func TestRegisterInBrowser(t *testing.T) {
	browser := browsertest.Start(t)
	data, err := sample.New(sample.Options{Size: sample.SizeFull, Seed: 1, Scale: 0.02, Retrieved: time.Now().AddDate(0, 0, -60)})
	if err != nil {
		t.Fatal(err)
	}
	r := &register{t: t, dir: filepath.Join(t.TempDir(), "data"), files: t.TempDir()}
	for range 5 {
		r.base = data
		if _, err := r.try(r.file("fest", data), approval()); err != nil {
			t.Fatal(err)
		}
		data = data.Fortnight()
	}
	if _, err := r.admin().Rollback(t.Context(), "", kari); err != nil {
		t.Fatal(err)
	}
	s := start(t, app.Options{DataDir: r.dir})
	s.ready("6")
	origin := "http://" + s.Addr()

	t.Run("register", func(t *testing.T) {
		tab := browser.Open(t, origin, browsertest.View{Width: 1200, Height: 1000})
		tab.Go("/register?lang=en")
		if tab.Text(".held") != "" {
			t.Error("something is held before anything was")
		}
		// A file that lost one in three ingredients is held while the page is open.
		shrunken := r.later(1).Without(fest.ClassIngredient, 60)
		r.held(r.file("shrunken", shrunken))
		st := s.until("the file is held", func(st *state) bool { return len(st.Held) == 1 })
		tab.Go("/register?lang=no")
		tab.WaitText(".held h2", "holdt tilbake")
		if red := browsertest.Eval[string](tab, `getComputedStyle(document.querySelector('.held')).borderTopColor`); red != "rgb(168, 16, 27)" {
			t.Errorf("the border is %s, not red", red)
		}
		box := tab.Text(".held")
		i := slices.IndexFunc(st.Held[0].Removed, func(l fest.Loss) bool { return l.Class == "ingredients" })
		if i < 0 {
			t.Fatalf("no ingredients would be gone: %+v", st.Held[0].Removed)
		}
		lost := st.Held[0].Removed[i]
		for _, x := range lost.First {
			if !strings.Contains(box, x.Name) || !strings.Contains(box, x.ID) {
				t.Errorf("%s %s would be gone and is not named", x.ID, x.Name)
			}
		}
		if lost.Count < 60 || len(lost.First) != lost.Count || !strings.Contains(box, fmt.Sprintf("−%d", lost.Count)) || !strings.Contains(box, "ingredients (") {
			t.Errorf("%d ingredients, %d named; want all of them, their number and the finding in\n%s", lost.Count, len(lost.First), box)
		}
		// What is served has them still: the names lead there.
		href := browsertest.Eval[string](tab, `document.querySelector('.held .names a').getAttribute('href')`)
		if a := s.get(href, "Accept", "text/html"); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", href, a.Status)
		}
		points := browsertest.Eval[[]int](tab, `[...document.querySelectorAll('.chart')].map((c) => c.querySelectorAll('.point').length)`)
		if len(points) < 15 {
			t.Errorf("%d charts", len(points))
		}
		for i, n := range points {
			if n != len(st.Releases) {
				t.Errorf("chart %d has %d points; want one for each of %d releases", i, n, len(st.Releases))
			}
		}
		if n := browsertest.Eval[int](tab, `document.querySelectorAll('.chart circle.would').length`); n != len(points) {
			t.Errorf("%d of %d charts show the held file", n, len(points))
		}
		if n := browsertest.Eval[int](tab, `document.querySelectorAll('.series tbody tr').length`); n != len(st.Releases) {
			t.Errorf("the table beside the charts has %d rows; want %d", n, len(st.Releases))
		}
		if *update {
			picture(t, tab, "register-held.png")
		}
	})

	// Everything open, in both languages and schemes, at the width of a desk and of a phone.
	t.Run("accessible", func(t *testing.T) {
		for _, v := range []browsertest.View{{}, {Dark: true}, {Width: 360, Height: 780}, {Width: 360, Height: 780, Dark: true}} {
			tab := browser.Open(t, origin, v)
			for _, lang := range []string{"no", "en"} {
				tab.Go("/register?lang=" + lang)
				tab.Wait(`document.querySelector('.held')`)
				_ = browsertest.Eval[bool](tab, `(document.querySelectorAll('details').forEach((d) => { d.open = true; }), true)`)
				tab.Axe()
				if by, what := tab.Overflow(); by > 0 {
					t.Errorf("%+v: %d pixels too wide: %q", v, by, what)
				}
			}
		}
	})

	t.Run("docs", func(t *testing.T) {
		tab := browser.Open(t, origin, browsertest.View{})
		tab.Go("/docs?lang=en")
		tab.Wait(`document.querySelector('[data-complete]') && document.querySelectorAll('.opblock').length > 50`)
		for _, path := range []string{"/v1/register", "/v1/drugs/{key}", "/v1/search"} {
			if !browsertest.Eval[bool](tab, fmt.Sprintf(`[...document.querySelectorAll('.opblock-summary-path')].some((p) => p.dataset.path === %q)`, path)) {
				t.Errorf("%s is not listed", path)
			}
		}
		// By keyboard: open the operation, and have it executed.
		const block = `document.querySelector('#operations-release-getCurrentRelease')`
		_ = browsertest.Eval[bool](tab, `(`+block+`.querySelector('button.opblock-summary-control').focus(), true)`)
		tab.Type("\r")
		tab.Wait(block + `.querySelector('button.execute')`)
		_ = browsertest.Eval[bool](tab, `(`+block+`.querySelector('button.execute').focus(), true)`)
		tab.Type("\r")
		tab.Wait(block + `.querySelector('.live-responses-table tbody .response-col_status')?.innerText.startsWith('200')`)
		if body := browsertest.Eval[string](tab, block+`.querySelector('.live-responses-table').innerText`); !strings.Contains(body, `"serial": 6`) {
			t.Errorf("what it answered: %s", body)
		}
		if by, what := tab.Overflow(); by > 0 {
			t.Errorf("%d pixels too wide: %q", by, what)
		}
	})
}

// picture writes what the tab shows to the documentation.
func picture(t *testing.T, tab *browsertest.Tab, name string) {
	t.Helper()
	dir := filepath.Join(festtest.Root(), "docs", "images")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), tab.Screenshot(), 0o644); err != nil {
		t.Fatal(err)
	}
}
