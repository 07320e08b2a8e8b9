package sample

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed data/words.txt
var wordTable string

// words is the vocabulary of the generated texts.
type words map[string][]string

func newWords() words {
	w := words{}
	for row := range rows(wordTable) {
		w[row[0]] = strings.Split(row[1], "|")
	}
	return w
}

// writer makes Norwegian sentences that mean nothing and hardly repeat: a
// template with words and figures drawn for each gap.
type writer struct {
	w words
	r rng
	b []byte
}

// fill appends a template, each {key} replaced by a word of the vocabulary,
// {n} by a figure, {p} by a percentage, {d} by a dose, {x} by a name.
func (t *writer) fill(template, name string) {
	for {
		i := strings.IndexByte(template, '{')
		if i < 0 {
			t.b = append(t.b, template...)
			return
		}
		t.b = append(t.b, template[:i]...)
		j := strings.IndexByte(template[i:], '}') + i
		switch key := template[i+1 : j]; key {
		case "n":
			t.b = strconv.AppendInt(t.b, int64(t.r.between(2, 480)), 10)
		case "p":
			t.b = strconv.AppendInt(t.b, int64(t.r.between(3, 97)), 10)
			t.b = append(t.b, ',', byte('0'+t.r.intn(10)), ' ', '%')
		case "d":
			t.b = strconv.AppendInt(t.b, int64(t.r.between(1, 160)*5), 10)
			t.b = append(t.b, " mg"...)
		case "y":
			t.b = strconv.AppendInt(t.b, int64(t.r.between(1985, 2024)), 10)
		case "x":
			t.b = append(t.b, name...)
		default:
			t.b = append(t.b, pick(&t.r, t.w[key])...)
		}
		template = template[j+1:]
	}
}

// sentences are n sentences drawn from the templates.
func (t *writer) sentences(templates []string, n int, name string) string {
	t.b = t.b[:0]
	for i := range n {
		if i > 0 {
			t.b = append(t.b, ' ')
		}
		start := len(t.b)
		t.fill(pick(&t.r, templates), name)
		t.capitalise(start)
	}
	return string(t.b)
}

// capitalise makes the letter at i upper case: a to z and æ, ø, å.
func (t *writer) capitalise(i int) {
	switch c := t.b[i:]; {
	case len(c) > 0 && c[0] >= 'a' && c[0] <= 'z':
		c[0] -= 'a' - 'A'
	case len(c) > 1 && c[0] == 0xc3 && c[1] >= 0xa0 && c[1] != 0xb7:
		c[1] -= 0x20
	}
}

var (
	consequenceTemplates = []string{
		"{effect} av {x}, særlig hos {patient}.", "{effect} er vist i {study} med {n} deltakere.", "{measure} økte med {p} ved {d} daglig.",
		"{measure} falt med {p} når {x} ble gitt samtidig.", "det er meldt om {effect} hos {patient}.", "{effect} ble sett etter {n} timer, {effect} etter {n} dager.",
		"{effect} kan ikke utelukkes ved doser over {d}.", "hos {patient} var {measure} {p} høyere enn hos {patient}.",
	}
	mechanismTemplates = []string{
		"{mechanism} antas å være årsaken.", "{mechanism} i tillegg til {mechanism}.", "{x} virker trolig ved {mechanism}; {measure} endres med {p}.",
		"mekanismen er ikke kjent, men {mechanism} er foreslått.", "{mechanism} varer i {n} timer etter siste dose.", "ved {d} er {mechanism} av mindre betydning enn {mechanism}.",
	}
	handlingHeads     = []string{"Dosetilpasning", "Monitorering", "Legemiddelalternativer", "Justering av doseringstidspunkt", "Tiltak"}
	handlingTemplates = []string{
		"{action} hos {patient}.", "{action}, og {action}.", "{action} dersom {measure} endres mer enn {p}.", "ved {effect}: {action}.", "{action} når dosen av {x} er over {d}.",
		"etter {n} dager: {action}.",
	}
	sourceTemplates = []string{
		"Arkiv for oppdiktede studier {y}; {n}: {n}–{n}. {study}, {measure} og {effect}.", "Eksempeltidsskriftet {y}; {n}: {n}-{n}. Om {mechanism} ved bruk av {x}.",
		"Rapport nr. {n}/{y} fra Eksempelinstituttet. {x} hos {patient}.", "Preparatomtale {x}, oppdiktet, avsnitt 4.5, revisjon {n} av {y}.",
	}
	noticeTemplates = []string{
		"{effect} er meldt hos {patient} som bruker {x}.", "{action}.", "saken følges opp; {study} ventes ferdig om {n} uker.", "rådet gjelder {group} og bygger på {study} med {n} deltakere.",
		"leveransen av {x} er forsinket {n} dager.", "apotek bes merke seg at {effect} kan oppstå ved doser over {d}.", "nytten ved {group} anses fortsatt å være større enn risikoen.",
	}
	conditionTemplates = []string{
		"Refusjon ytes når {measure} er endret mer enn {p} etter {n} uker.", "behandlingen skal være startet ved avdeling for {group}.", "gjelder ikke {patient}.",
		"det skal dokumenteres at behandling med {x} i {n} uker ikke har gitt tilstrekkelig effekt.", "{action} før behandlingen fornyes.", "behandlingen vurderes på nytt etter {n} dager.",
	}
	useTemplates = []string{
		"behandling av {qualifier} {condition} i {tissue}.", "{group} hos {patient}.", "forebygging av {condition} i {tissue} hos {patient}.", "tilleggsbehandling ved {group} når {measure} er endret {p}.",
	}
)

// handling is text under headings, one to a line, with a newline at the end
// (DOMAIN 7.7).
func (t *writer) handling(paragraphs int, name string) string {
	var b strings.Builder
	first := t.r.intn(len(handlingHeads))
	for i := range paragraphs {
		b.WriteString(handlingHeads[(first+i)%len(handlingHeads)])
		b.WriteString(": ")
		b.WriteString(t.sentences(handlingTemplates, t.r.between(1, 5), name))
		b.WriteByte('\n')
	}
	return b.String()
}
