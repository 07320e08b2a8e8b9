package api

type page struct{}

type example struct{}

func newPage() (*page, error) { return &page{}, nil }
