package client

import (
	"context"
	"iter"
	"net/url"
)

// Ingredient looks up an active ingredient by object id or entry id.
func (c *Client) Ingredient(ctx context.Context, id string) (Answer[Ingredient], error) {
	return lookup[Ingredient](ctx, c, "ingredients", id)
}

// Drug looks up a drug by object id or entry id.
func (c *Client) Drug(ctx context.Context, id string) (Answer[Drug], error) {
	return lookup[Drug](ctx, c, "drugs", id)
}

// Generic looks up a generic by object id or entry id.
func (c *Client) Generic(ctx context.Context, id string) (Answer[Generic], error) {
	return lookup[Generic](ctx, c, "generics", id)
}

// Package looks up a package by object id or entry id.
func (c *Client) Package(ctx context.Context, id string) (Answer[Package], error) {
	return lookup[Package](ctx, c, "packages", id)
}

func lookup[T any](ctx context.Context, c *Client, resource, id string) (Answer[T], error) {
	return decode[T](c.Get(ctx, "/v1/"+resource+"/"+url.PathEscape(id)))
}

// Ingredients lists those that match a filter, such as {"name": {"paracet"}}.
func (c *Client) Ingredients(ctx context.Context, filter url.Values) (Answer[List[Ingredient]], error) {
	return listOf[Ingredient](ctx, c, "ingredients", filter)
}

// Drugs lists those that match a filter, such as {"atc": {"N02BE01"}}.
func (c *Client) Drugs(ctx context.Context, filter url.Values) (Answer[List[Drug]], error) {
	return listOf[Drug](ctx, c, "drugs", filter)
}

// Generics lists those that match a filter.
func (c *Client) Generics(ctx context.Context, filter url.Values) (Answer[List[Generic]], error) {
	return listOf[Generic](ctx, c, "generics", filter)
}

// Packages lists those that match a filter, such as {"itemNumber":
// {"012387"}}: an item number is not an id, and can have several packages.
func (c *Client) Packages(ctx context.Context, filter url.Values) (Answer[List[Package]], error) {
	return listOf[Package](ctx, c, "packages", filter)
}

func listOf[T any](ctx context.Context, c *Client, resource string, filter url.Values) (Answer[List[T]], error) {
	path := "/v1/" + resource
	if len(filter) > 0 {
		path += "?" + filter.Encode()
	}
	return decode[List[T]](c.Get(ctx, path))
}

// Pages follows the links of a list that began at a path, such as
// "/v1/drugs?atc=N02". All pages are of one release. It stops after the first
// error.
func Pages[T any](ctx context.Context, c *Client, path string) iter.Seq2[Answer[List[T]], error] {
	return func(yield func(Answer[List[T]], error) bool) {
		for path != "" {
			page, err := decode[List[T]](c.Get(ctx, path))
			if !yield(page, err) || err != nil {
				return
			}
			path = page.Value.Next
		}
	}
}
