package rules

import "strings"

// sexes are those that questions name, by name and code of list 3101 (R68).
var sexes = []struct {
	name string
	sex  Sex
}{{"male", Male}, {"female", Female}, {"unknown", ""}}

// ParseSex reads a sex by its name or code; codes 0 and 9, as unknown, are not
// known. False for what is none.
func ParseSex(s string) (Sex, bool) {
	if s == "0" || s == "9" {
		return "", true
	}
	for _, k := range sexes {
		if strings.EqualFold(s, k.name) || s != "" && s == string(k.sex) {
			return k.sex, true
		}
	}
	return "", false
}

// SexName is the name of a sex; "" of one that is not known.
func SexName(s Sex) string {
	for _, k := range sexes {
		if s != "" && k.sex == s {
			return k.name
		}
	}
	return ""
}

// SexNames are the names that questions have for sexes.
func SexNames() []string {
	var names []string
	for _, k := range sexes {
		names = append(names, k.name)
	}
	return names
}
