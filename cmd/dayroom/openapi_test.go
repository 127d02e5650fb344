package main

import (
	"context"
	"encoding/json"
	"testing"
)

// siteless is a command that needs no site.
type siteless struct{ command interface{ Run() error } }

func (s siteless) Run(context.Context, *cli) error { return s.command.Run() }

// The description of the API can be had without a site.
func TestTheDescriptionOfTheAPIIsPrinted(t *testing.T) {
	text, err := run(t, t.TempDir(), siteless{openAPICmd{}})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]any
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.OpenAPI != "3.1.0" || len(doc.Paths) < 50 {
		t.Errorf("%v: OpenAPI %q with %d paths", err, doc.OpenAPI, len(doc.Paths))
	}
}
