package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// View is what a tab is looked at on.
type View struct {
	// Width and Height of the page in CSS pixels; zero means 1200 × 900. Up to
	// 500 wide it is a phone.
	Width, Height int64
	// Dark asks for the dark scheme.
	Dark bool
}

// Tab is one page of a browser. It belongs to its test, which fails for what
// went wrong in it.
type Tab struct {
	t      testing.TB
	ctx    context.Context
	origin string
	view   View

	mu      sync.Mutex
	wrong   []string
	allowed []*regexp.Regexp
}

// Open opens a tab of its own, without cookies or caches of others, for the
// pages of an origin such as http://127.0.0.1:8080.
func (b *Browser) Open(t testing.TB, origin string, v View) *Tab {
	t.Helper()
	if v.Width == 0 {
		v.Width, v.Height = 1200, 900
	}
	tab := &Tab{t: t, origin: origin, view: v}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(tab.event))
	tab.ctx = ctx
	t.Cleanup(func() {
		cancel()
		tab.mu.Lock()
		defer tab.mu.Unlock()
		for _, w := range tab.wrong {
			t.Errorf("in the tab: %s", w)
		}
	})
	if err := chromedp.Do(ctx); err != nil { // makes the tab, which ends with the context of this call
		t.Fatal(err)
	}
	tab.Do(
		step(log.Enable, cdp.Empty{}), step(network.Enable, network.EnableParams{}),
		step(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.Width, Height: v.Height, DeviceScaleFactor: 1, Mobile: v.Width <= 500}),
	)
	tab.Dark(v.Dark)
	return tab
}

// Dark asks the page for the dark scheme, or for the light one.
func (tab *Tab) Dark(is bool) {
	tab.t.Helper()
	scheme := "light"
	if is {
		scheme = "dark"
	}
	tab.view.Dark = is
	tab.Do(step(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}))
}

// Allow takes what matches for no fault: a test that makes the server fail
// says so.
func (tab *Tab) Allow(pattern string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.allowed = append(tab.allowed, regexp.MustCompile(pattern))
}

func (tab *Tab) fault(format string, args ...any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	for _, a := range tab.allowed {
		if a.MatchString(text) {
			return
		}
	}
	tab.wrong = append(tab.wrong, text)
}

// event notes what nobody would see. Violations of the policy come as entries
// of the log.
func (tab *Tab) event(ev any) {
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			text += " " + ev.ExceptionDetails.Exception.Description
		}
		tab.fault("exception: %s", text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range ev.Args {
				words = append(words, strings.TrimSpace(string(a.Value)+" "+a.Description))
			}
			tab.fault("console.%s: %s", ev.Type, strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning {
			tab.fault("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(ev.Request.URL)
		if err != nil || u.Scheme != "data" && u.Scheme != "about" && u.Scheme+"://"+u.Host != tab.origin {
			tab.fault("a request to another origin: %s", ev.Request.URL)
		}
	}
}

// Step is something done in a tab.
type Step = chromedp.Action[chromedp.Void]

// step is a command of the protocol.
func step[P any](command cdp.Command[P, cdp.Empty], params P) Step {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, command, params)
		return chromedp.Void{}, err
	}
}

// Do does steps in the tab; a failure ends the test.
func (tab *Tab) Do(steps ...Step) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tab.t.Fatalf("in the tab: %v", err)
	}
}

// Go opens a path of the origin and waits until it is loaded.
func (tab *Tab) Go(path string) {
	tab.t.Helper()
	tab.Do(chromedp.Navigate(tab.origin + path))
}

// Back goes back in the tab's history.
func (tab *Tab) Back() {
	tab.t.Helper()
	_ = Eval[bool](tab, `(history.back(), true)`)
}

// Eval is the value of an expression of JavaScript; a promise is awaited.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("in the tab: %s: %v", expression[:min(len(expression), 200)], err)
	}
	return v
}

// Text is what an element shows; "" where there is none.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Eval[string](tab, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ''`, selector))
}

// Wait waits until an expression is true. A page that is just being replaced
// by another has no answer, and is asked again.
func (tab *Tab) Wait(expression string) {
	tab.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(tab.ctx, patience)
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		cancel()
		if err == nil && is {
			return
		}
		if time.Now().After(end) {
			tab.t.Fatalf("waited in vain for %s (%v); %s shows:\n%s", expression, err, tab.Path(), tab.Text("body"))
		}
	}
}

// WaitText waits until an element shows a text.
func (tab *Tab) WaitText(selector, text string) {
	tab.t.Helper()
	tab.Wait(fmt.Sprintf(`document.querySelector(%q)?.innerText.includes(%q)`, selector, text))
}

// Type types into what has the focus, letter by letter; keys without a letter
// are those of package kb. A key that writes something is one event with its
// text, as from a keyboard: then a page that takes the key also keeps the text
// from its effect, such as Enter from sending a form.
func (tab *Tab) Type(text string) {
	tab.t.Helper()
	var steps []Step
	for _, r := range text {
		keys := kb.Encode(r)
		for i, k := range keys {
			if k.Type == kb.KeyChar {
				continue
			}
			if i+1 < len(keys) && keys[i+1].Type == kb.KeyChar {
				k.Text, k.UnmodifiedText = keys[i+1].Text, keys[i+1].UnmodifiedText
			}
			steps = append(steps, step(input.DispatchKeyEvent, *k))
		}
	}
	tab.Do(steps...)
}

// Press presses a key with Ctrl held down.
func (tab *Tab) Press(key string) {
	tab.t.Helper()
	tab.Do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

// Click clicks with the mouse on the middle of the first element that a
// selector of CSS finds.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.Wait(fmt.Sprintf(`document.querySelector(%q)`, selector))
	at := Eval[[]float64](tab, fmt.Sprintf(`((e) => {
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const r = e.getClientRects()[0];
		return [r.x + r.width / 2, r.y + r.height / 2];
	})(document.querySelector(%q))`, selector))
	tab.Do(chromedp.MouseClickXY(at[0], at[1]))
}

// Focus gives the focus to an element.
func (tab *Tab) Focus(selector string) {
	tab.t.Helper()
	_ = Eval[bool](tab, fmt.Sprintf(`(document.querySelector(%q).focus(), true)`, selector))
}

// Path is the path and query of the page that is shown.
func (tab *Tab) Path() string {
	tab.t.Helper()
	return Eval[string](tab, `location.pathname + location.search`)
}

// Overflow is by how many pixels the page is wider than the tab; 0 is right.
// What sticks out is named.
func (tab *Tab) Overflow() (by int, what []string) {
	tab.t.Helper()
	by = Eval[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
	if by > 0 {
		what = Eval[[]string](tab, `[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
			.slice(0, 5).map((e) => e.outerHTML.slice(0, 160))`)
	}
	return by, what
}

// Screenshot is a picture of what the tab shows, as PNG.
func (tab *Tab) Screenshot() []byte {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		tab.t.Fatal(err)
	}
	return png
}
