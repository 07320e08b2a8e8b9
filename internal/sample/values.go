package sample

import (
	"strconv"
	"strings"
	"time"

	"github.com/festd/festd/internal/fest"
)

func ptr[T any](v T) *T { return &v }

// term is a code with its display.
type term struct{ code, display string }

func (t term) cv(list string) fest.CV {
	return fest.CV{Code: t.code, System: fest.OIDRoot + list, Display: t.display}
}

func (t term) cs() fest.CS { return fest.CS{Code: t.code, Display: t.display} }

func boolean(b bool) fest.Boolean {
	if b {
		return "true"
	}
	return "false"
}

func date(t time.Time) fest.Date { return fest.Date(t.Format("2006-01-02")) }

func dateTime(t time.Time) fest.DateTime { return fest.DateTime(t.Format("2006-01-02T15:04:05")) }

func integer(n int) fest.Integer { return fest.Integer(strconv.Itoa(n)) }

// kroner is an amount in øre as M30 writes it: no trailing zeros.
func kroner(ore int) fest.MO {
	s := strconv.Itoa(ore / 100)
	if f := ore % 100; f != 0 {
		s += strings.TrimRight("."+pad(strconv.Itoa(f), 2), "0")
	}
	return fest.MO{Value: s, Currency: "NOK"}
}

// comma writes a number as Norwegian text does (R40).
func comma(decimal string) string { return strings.Replace(decimal, ".", ",", 1) }
