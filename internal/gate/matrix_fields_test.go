package gate_test

import (
	"github.com/festd/festd/internal/fest"
	"github.com/festd/festd/internal/gate"
)

// someDrugs is the ordinary world with n drugs.
func someDrugs(n int) func() *world { return left("drugs", n) }

func fieldGuards() map[string]guard {
	emptied := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < n {
					d.PharmaceuticalFormShort = nil
				}
			})
		}
	}
	filled := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < n {
					d.ApplicationType = &fest.CS{Code: "1"}
				}
			})
		}
	}
	formed := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.Drug) {
				if i < n {
					d.PharmaceuticalFormShort = ptr(cv("7448", "54", "Kapsel"))
				}
			})
		}
	}
	without := func() *world {
		return change(newWorld(), func(_ int, d *fest.Drug) { d.PharmaceuticalFormShort = nil })
	}
	drugless := lacking("drugs")
	withDrugs := func(then func(w *world)) func(w *world) {
		return func(w *world) {
			*w = *newWorld().fortnight()
			then(w)
		}
	}
	form, application := []string{"drugs pharmaceuticalFormShort"}, []string{"note drugs applicationType"}
	gone := []guardCase{{name: "the class is gone", after: dropFirst("drugs", 1000)}}
	return map[string]guard{
		gate.RuleFieldLoss: {cases: map[string][]guardCase{
			under: {{name: "5 points", after: emptied(50)}, {name: "twenty of 300", before: someDrugs(300), after: emptied(20)},
				{name: "a class of 199", before: someDrugs(199), after: emptied(199)}},
			over: {{name: "more than 5 points", after: emptied(51), want: form}, {name: "21 of 300", before: someDrugs(300), after: emptied(21), want: form},
				{name: "a class of 200", before: someDrugs(200), after: emptied(200), want: form}},
			empty:   append(gone, guardCase{name: "on all", after: emptied(1000), want: form}),
			missing: {{name: "the field was not filled", before: without}, {name: "the class was not there", before: drugless, after: withDrugs(emptied(900))}},
			first:   {{name: "not filled", after: emptied(1000)}},
		}},
		gate.RuleFieldValue: {cases: map[string][]guardCase{
			under: {{name: "5 points", after: formed(50)}, {name: "twenty of 300", before: someDrugs(300), after: formed(20)},
				{name: "a class of 199", before: someDrugs(199), after: formed(199)}},
			over: {{name: "more than 5 points", after: formed(51), want: form}, {name: "21 of 300", before: someDrugs(300), after: formed(21), want: form},
				{name: "a class of 200", before: someDrugs(200), after: formed(200), want: form}},
			empty: append(gone, guardCase{name: "the field is emptied, as another rule says", after: emptied(1000)}),
			missing: {{name: "the field was not filled", before: without, after: formed(1000)},
				{name: "the class was not there", before: drugless, after: withDrugs(formed(900))}},
			first: {{name: "another value", after: formed(900)}},
		}},
		gate.RuleFieldGain: {cases: map[string][]guardCase{
			under: {{name: "5 points", after: filled(50)}, {name: "twenty of 300", before: someDrugs(300), after: filled(20)},
				{name: "a class of 199", before: someDrugs(199), after: filled(199)}},
			over: {{name: "more than 5 points", after: filled(51), want: application}, {name: "21 of 300", before: someDrugs(300), after: filled(21), want: application},
				{name: "a class of 200", before: someDrugs(200), after: filled(200), want: application}},
			empty:   gone,
			missing: {{name: "the class was not there", before: drugless, after: withDrugs(filled(900))}},
			first:   {{name: "filled", after: filled(1000)}},
		}},
	}
}

func growthGuards() map[string]guard {
	more := func(n int) func(w *world) {
		return func(w *world) {
			for i := range n {
				x := interaction(i)
				x.ID = id[fest.ID]("INEW", i)
				w.add(fest.ClassInteraction, x)
			}
		}
	}
	notices := func(n int) func(w *world) {
		return func(w *world) {
			for i := range n {
				v := notification(i, ordinarySizes())
				v.Headline += " ny"
				w.add(fest.ClassNotification, v)
			}
		}
	}
	edited := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, x *fest.Interaction) {
				if i < n {
					x.ClinicalConsequence += " Ny tekst."
				}
			})
		}
	}
	doses := func(n int) func(w *world) {
		return func(w *world) {
			change(w, func(i int, d *fest.ShortDose) {
				if i < n {
					d.TermDescription = "ny"
				}
			})
		}
	}
	both := []string{"interaction-substances", "interactions"}
	return map[string]guard{
		gate.RuleAdded: {cases: map[string][]guardCase{
			under:   {{name: "25 %", after: more(100)}, {name: "fifty", after: notices(50)}},
			over:    {{name: "more than 25 %", after: more(101), want: both}, {name: "51", after: notices(51), want: []string{"notifications"}}},
			empty:   {{name: "nothing is there", after: nothing}},
			missing: {{name: "the class was not there, few", before: lacking("interactions"), after: more(8)}, {name: "the class was not there", before: lacking("interactions"), after: more(51), want: both}},
			first:   {{name: "all is new", after: more(400)}},
		}},
		gate.RuleChanged: {cases: map[string][]guardCase{
			under: {{name: "40 %", after: edited(160)}, {name: "five of ten", before: left("short-doses", 10), after: doses(5)}},
			over: {{name: "more than 40 %", after: edited(161), want: []string{"interactions"}},
				{name: "six of ten", before: left("short-doses", 10), after: doses(6), want: []string{"short-doses"}}},
			empty:   {{name: "the class is gone", after: dropFirst("interactions", 400)}},
			missing: {{name: "the class was not there", before: lacking("interactions"), after: func(w *world) { more(400)(w); edited(400)(w) }}},
			first:   {{name: "all is new", after: edited(400)}},
		}},
	}
}
