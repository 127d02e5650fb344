package attack

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Somebody sends more than was asked for, hoping that it lands in a row: mass assignment.

// hoped are fields that somebody might hope for: what the rows have and no body may say.
var hoped = map[string]any{
	"id": "1", "author": "1", "member": "1", "role": "admin", "is_admin": true, "standing": "active", "state": "open", "space_id": "1", "organisation_id": "1",
	"owner": "1", "created_at": "2000-01-01T00:00:00Z", "approved": true, "verified": true, "version": 7, "place": 1, "password": "x", "mail_verified": true,
	"granted_by": "1", "scopes": []string{"admin"}, "html": "<script>", "__proto__": map[string]any{"role": "admin"}, "constructor": "x", "Author": "1", "ROLE": "admin",
}

// schema is as much of a JSON schema as a body needs.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Format     string            `json:"format"`
	Enum       []any             `json:"enum"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
}

type contract struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		RequestBody struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct{ Schemas map[string]schema }
}

func (s site) contract() (c contract) {
	s.Helper()
	text, err := s.API().Document()
	s.Must(err)
	s.Must(json.Unmarshal(text, &c))
	return c
}

// fill makes a value of a schema with every field that it has, and adds more to each object in it. It gives the names of what was
// added.
func (c contract) fill(in schema, at string, more map[string]any) (value any, added []string) {
	if in.Ref != "" {
		return c.fill(c.Components.Schemas[strings.TrimPrefix(in.Ref, "#/components/schemas/")], at, more)
	}
	switch {
	case len(in.Enum) > 0:
		return in.Enum[len(in.Enum)-1], nil
	case in.Type == "boolean":
		return true, nil
	case in.Type == "integer", in.Type == "number":
		return 1, nil
	case in.Type == "array":
		item, added := c.fill(*in.Items, strings.TrimSuffix(at, ".")+"[0].", more)
		return []any{item}, added
	case in.Type == "string" && in.Format == "date-time":
		return "2031-01-01T00:00:00Z", nil
	case in.Type == "string":
		return "1", nil
	}
	object := map[string]any{}
	for name, of := range in.Properties {
		if name == "$schema" {
			continue
		}
		value, inside := c.fill(of, at+name+".", more)
		object[name], added = value, append(added, inside...)
	}
	for name, value := range more {
		if _, declared := in.Properties[name]; !declared {
			object[name], added = value, append(added, at+name)
		}
	}
	return object, added
}

func TestNoBodyTakesAFieldThatNobodyDeclared(t *testing.T) {
	s := open(t)
	c := s.contract()
	p := s.program("keeper", all)
	before, tried := s.state(), 0
	for path, methods := range c.Paths {
		for method, op := range methods {
			body, there := op.RequestBody.Content["application/json"]
			if !there {
				continue
			}
			tried++
			value, added := c.fill(body.Schema, "", hoped)
			text, err := json.Marshal(value)
			s.Must(err)
			got := p.call(strings.ToUpper(method), somewhere(path), string(text))
			if got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", op.OperationID, got.Status, got.Text)
				continue
			}
			if len(added) < 15 {
				t.Errorf("%s: only %d fields were added: %v", op.OperationID, len(added), added)
			}
			for _, name := range added {
				if got.Fields[name].Key != "api.field.unknown" {
					t.Errorf("%s: %s is not refused as unknown: %v", op.OperationID, name, got.Fields[name])
				}
			}
			for name, f := range got.Fields {
				if f.Key == "api.field.unknown" && !slices.Contains(added, name) {
					t.Errorf("%s: %s is declared, and is not known", op.OperationID, name)
				}
			}
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
	if tried < 30 {
		t.Errorf("only %d bodies were tried", tried)
	}
}

func TestNoAddressTakesAQuestionThatNobodyDeclared(t *testing.T) {
	s := open(t)
	p := s.program("keeper", all)
	before := s.state()
	for _, op := range s.API().Operations() {
		if got := p.call(op.Method, anywhere(op)+"?role=admin&author=1", "{}"); got.Status != 422 && got.Status != 404 {
			t.Errorf("%s takes a question that nobody declared: %d %s", op.ID, got.Status, got.Text)
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
}
