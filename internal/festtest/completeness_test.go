package festtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/festd/festd/internal/festtest"
)

func TestMissing(t *testing.T) {
	const source = `<O xmlns="urn:x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="no"><Id>A</Id><C V="1" S="2.16" DN="ø"/>
		<N>7.50</N><B>1</B><T>true</T><E/><W>  </W><P><E/></P><R>A</R><Atc V=""/></O>`
	const whole = `{"id":"A","c":{"code":"1","system":"urn:oid:2.16","display":"ø"},"n":7.50,"b":true,"t":true,"e":"","w":"  ","p":{"e":{}},"r":{"id":"A"},"atc":{"code":""}}`
	for _, tc := range []struct {
		name, json string
		want       []string
	}{
		{"all there", whole, nil},
		{"a value that occurs twice is there once", `{"id":"A","c":{"code":"1","system":"2.16","display":"ø"},"n":7.50,"b":true,"t":true,"e":"","w":"  ","p":{"e":{}},"atc":{"code":""}}`, []string{`O/R = "A"`}},
		{"digits", `{"id":"A","c":{"code":"1","system":"urn:oid:2.16","display":"ø"},"n":7.5,"b":true,"t":true,"e":"","w":"  ","p":{"e":""},"r":"A","atc":{"code":""}}`, []string{`O/N = "7.50"`}},
		{"boolean", `{"id":"A","c":{"code":"1","system":"urn:oid:2.16","display":"ø"},"n":7.50,"b":false,"t":true,"e":"","w":"  ","p":{"e":""},"r":"A","atc":{"code":""}}`, []string{`O/B = "1"`}},
		{"attribute and empty element", `{"id":"A","c":{"code":"1","system":"urn:oid:2.16"},"n":7.50,"b":1,"t":true,"w":"  ","p":{"e":""},"r":"A","atc":{"code":""}}`, []string{`O/C/@DN = "ø"`, `O/Atc/@V = ""`}}, // one of three that are empty
	} {
		got, err := festtest.Missing([]byte(source), []byte(tc.json))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: -want +got:\n%s", tc.name, d)
		}
	}
	if _, err := festtest.Missing([]byte(source), []byte(`{`)); err == nil {
		t.Error("broken JSON is no error")
	}
	if _, err := festtest.Missing([]byte(`<O>`), []byte(whole)); err == nil {
		t.Error("broken XML is no error")
	}
}
