package api_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"dayroom/internal/api"
	"dayroom/internal/webhook"
)

func TestTheDocumentSaysWhatEveryOperationIsFor(t *testing.T) {
	w := open(t)
	text := w.program("", 0).get("/openapi.json").want(200, `"openapi": "3.1.0"`).Body
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID, Summary, Description string
			Tags                              []string
			Responses                         map[string]any
			Parameters                        []struct{ Name, Description string }
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	described := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			described++
			if op.Summary == "" || !strings.Contains(op.Description, "scope") || len(op.Tags) != 1 || op.Tags[0] == "" {
				t.Errorf("%s %s says too little of itself: %q, %q, %q", method, path, op.Summary, op.Description, op.Tags)
			}
			if op.Responses["401"] == nil || op.Responses["429"] == nil || op.Responses["422"] == nil {
				t.Errorf("%s %s does not say how it refuses", method, path)
			}
			for _, p := range op.Parameters {
				if p.Description == "" {
					t.Errorf("%s %s: nothing is said of %s", method, path, p.Name)
				}
			}
		}
	}
	if ops := w.API().Operations(); described != len(ops) {
		t.Errorf("%d operations are described of %d", described, len(ops))
	}
}

func TestTheDocumentNamesTheKindsThatAWebhookCanHear(t *testing.T) {
	kinds, _ := reflect.TypeFor[api.WebhookWriting]().FieldByName("Kinds")
	if named, want := kinds.Tag.Get("enum"), strings.Join(webhook.Kinds, ","); named != want {
		t.Errorf("it names %s, and there are %s", named, want)
	}
}
