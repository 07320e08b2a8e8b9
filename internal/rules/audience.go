package rules

import "strings"

// Audiences are the readers that display rules tell apart (list 7442, R126),
// by the names that questions give them.
var audiences = []struct{ name, code string }{
	{"generalPractitioner", "1"}, {"specialist", "2"}, {"hospital", "3"}, {"pharmacy", "4"}, {"veterinary", "5"},
}

// AudienceCode is the code of list 7442 of an audience, by its name or its
// code; false for what is none.
func AudienceCode(s string) (code string, ok bool) {
	for _, a := range audiences {
		if strings.EqualFold(s, a.name) || s == a.code {
			return a.code, true
		}
	}
	return "", false
}

// AudienceName is the name of a code of list 7442; "" for another.
func AudienceName(code string) string {
	for _, a := range audiences {
		if a.code == code {
			return a.name
		}
	}
	return ""
}

// AudienceNames are the names, in the order of the list.
func AudienceNames() []string {
	var names []string
	for _, a := range audiences {
		names = append(names, a.name)
	}
	return names
}
