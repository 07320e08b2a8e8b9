package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/festd/festd/client"
	"github.com/festd/festd/internal/app"
)

// start runs the real service with its sample.
func start(t *testing.T) *client.Client {
	t.Helper()
	a, err := app.New(app.Options{Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	c, err := client.New(client.Options{BaseURL: "http://" + a.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAgainstTheService(t *testing.T) {
	t.Parallel()
	c := start(t)
	found, err := c.Ingredients(t.Context(), url.Values{"name": {"paracetamol"}})
	if err != nil || len(found.Value.Items) == 0 {
		t.Fatalf("paracetamol: %+v, %v", found, err)
	}
	one, err := c.Ingredient(t.Context(), found.Value.Items[0].ID)
	if err != nil || one.Value.Name != "Paracetamol" || one.Value.Sample == "" {
		t.Errorf("by id: %+v, %v", one, err)
	}
	packages, err := c.Packages(t.Context(), url.Values{"itemNumber": {"012387"}})
	if err != nil || packages.Value.Total != 1 || packages.Value.Items[0].ItemNumber != "012387" {
		t.Errorf("by item number: %+v, %v", packages, err)
	}
	_, err = c.Package(t.Context(), "012387")
	var p *client.Problem
	if !errors.As(err, &p) || !p.NotFound() || p.KnownSince == "" || p.TraceID == "" {
		t.Errorf("an item number is no id: %v", err)
	}
}

func TestPagesMeetEveryEntryOnce(t *testing.T) {
	t.Parallel()
	c := start(t)
	seen, total := map[string]bool{}, 0
	for page, err := range client.Pages[client.Drug](t.Context(), c, "/v1/drugs?limit=50") {
		if err != nil {
			t.Fatal(err)
		}
		total = page.Value.Total
		for _, d := range page.Value.Items {
			if seen[d.ID] {
				t.Errorf("%s twice", d.ID)
			}
			seen[d.ID] = true
		}
	}
	if len(seen) != total || total < 100 {
		t.Errorf("met %d of %d drugs", len(seen), total)
	}
}

// Every property that the types name is one that the service sends.
func TestTypesAreTheServices(t *testing.T) {
	t.Parallel()
	c := start(t)
	for path, kind := range map[string]reflect.Type{
		"/v1/ingredients": reflect.TypeFor[client.Ingredient](), "/v1/drugs": reflect.TypeFor[client.Drug](),
		"/v1/generics": reflect.TypeFor[client.Generic](), "/v1/packages": reflect.TypeFor[client.Package](),
	} {
		sent := map[string]bool{}
		for page, err := range client.Pages[map[string]json.RawMessage](t.Context(), c, path+"?limit=500") {
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range page.Value.Items {
				for name := range item {
					sent[name] = true
				}
			}
		}
		for _, f := range reflect.VisibleFields(kind) {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && !sent[name] {
				t.Errorf("%s: the service sends no %s", path, name)
			}
		}
	}
}
