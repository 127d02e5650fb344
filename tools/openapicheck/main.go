// Command openapicheck looks at the API from outside: it checks an OpenAPI document against the specification, and calls that were
// really made against the document, with a validator that shares no code with the program.
//
//	go run ./openapicheck DOCUMENT [CALLS]
//
// CALLS is a file of JSON Lines, each a Call. What is wrong is printed, and the command then ends with 1.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/errors"
)

// Call is one call with its answer. Bodies are base64.
type Call struct {
	Method  string
	URL     string
	Header  http.Header
	Sent    string
	Status  int
	Answer  http.Header
	Got     string
	Refused bool // the request is wrong on purpose: only the answer is looked at
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: openapicheck DOCUMENT [CALLS]")
		os.Exit(2)
	}
	wrong, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	if wrong > 0 {
		os.Exit(1)
	}
}

func run(document string, calls []string) (wrong int, err error) {
	text, err := os.ReadFile(document)
	if err != nil {
		return 0, err
	}
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		return 0, err
	}
	v, problems := validator.NewValidator(doc)
	if len(problems) > 0 {
		return 0, fmt.Errorf("the document cannot be read: %v", problems)
	}
	if ok, found := v.ValidateDocument(); !ok {
		wrong += tell("the document", found)
	}
	for _, name := range calls {
		more, err := checkCalls(v, name)
		if wrong += more; err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

func checkCalls(v validator.Validator, name string) (wrong int, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	n := 0
	lines := json.NewDecoder(bufio.NewReader(file))
	for {
		var c Call
		if err := lines.Decode(&c); err == io.EOF {
			fmt.Printf("%d calls looked at\n", n)
			return wrong, nil
		} else if err != nil {
			return wrong, err
		}
		n++
		wrong += check(v, c)
	}
}

func check(v validator.Validator, c Call) (wrong int) {
	sent, _ := base64.StdEncoding.DecodeString(c.Sent)
	got, _ := base64.StdEncoding.DecodeString(c.Got)
	request := func() *http.Request {
		r, err := http.NewRequest(c.Method, c.URL, bytes.NewReader(sent))
		if err != nil {
			panic(err)
		}
		r.Header = c.Header
		return r
	}
	name := fmt.Sprintf("%s %s (%d)", c.Method, c.URL, c.Status)
	if !c.Refused {
		if ok, found := v.ValidateHttpRequest(request()); !ok {
			wrong += tell(name+", what was sent", found)
		}
	}
	answer := &http.Response{StatusCode: c.Status, Header: c.Answer, Body: io.NopCloser(bytes.NewReader(got))}
	if ok, found := v.ValidateHttpResponse(request(), answer); !ok {
		wrong += tell(name+", what was answered", found)
	}
	return wrong
}

func tell(what string, found []*errors.ValidationError) int {
	for _, e := range found {
		fmt.Printf("%s: %s: %s\n", what, e.Message, e.Reason)
		for _, s := range e.SchemaValidationErrors {
			fmt.Printf("\t%s: %s\n", s.FieldPath, s.Reason)
		}
	}
	return len(found)
}
