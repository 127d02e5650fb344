package dayroom_test

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const (
	settingsBegin = "<!-- settings: written by `go test . -run Settings -update` -->"
	settingsEnd   = "<!-- end of settings -->"
)

// The README's table of settings is made from app.Options, read as source, so that this test needs nothing that has to be built.
func TestReadmeListsAllSettings(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), settingsBegin)
	_, after, ok2 := strings.Cut(rest, settingsEnd)
	if !ok || !ok2 {
		t.Fatal("README.md lacks the marks of the table of settings")
	}
	want := before + settingsBegin + "\n" + settingsTable(t) + settingsEnd + after
	if want == string(text) {
		return
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("the table of settings in README.md is out of date: go test . -run Settings -update")
}

func settingsTable(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "internal/app/config.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var options *ast.CompositeLit
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if ok && len(v.Values) == 1 && v.Names[0].Name == "Options" {
			options, _ = v.Values[0].(*ast.CompositeLit)
		}
		return options == nil
	})
	if options == nil {
		t.Fatal("internal/app/config.go has no list called Options")
	}
	var b strings.Builder
	b.WriteString("\n| flag and line in the file | environment | default | what it is |\n|---|---|---|---|\n")
	for _, e := range options.Elts {
		fields := e.(*ast.CompositeLit).Elts
		name, standard, help := literal(t, fields[0]), literal(t, fields[1]), literal(t, fields[2])
		if standard != "" {
			standard = "`" + standard + "`"
		}
		env := "DAYROOM_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", name, env, standard, strings.ReplaceAll(help, "|", "\\|"))
	}
	b.WriteString("\n")
	return b.String()
}

func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	l, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("an option is not written with plain texts: %T", e)
	}
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var namedTest = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9]+)`")

// A promise that names a test is as good as the test: it has to be there.
func TestEveryTestNamedInDocumentsExists(t *testing.T) {
	all, _ := sources(t)
	there := map[string]bool{}
	for _, s := range all {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && strings.HasSuffix(s.path, "_test.go") {
				there[f.Name.Name] = true
			}
		}
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "SECURITY.md", "CONTRIBUTING.md", "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range namedTest.FindAllStringSubmatch(string(text), -1) {
			if !there[m[1]] {
				t.Errorf("%s names %s, and there is no such test", page, m[1])
			}
		}
	}
}

var linked = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// A link from one document to another file has to lead there.
func TestLinksBetweenDocumentsLeadSomewhere(t *testing.T) {
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range linked.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[1], "docs/screenshots/") { // made by `make screenshots`
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}

var required = regexp.MustCompile(`^\s*(?:require )?([^\s/]+\.[^\s]+) (v\S+)`)

// Whoever passes the program on has to pass on the licences of what is in it, so NOTICE names every module with its version.
func TestNoticeNamesEveryModule(t *testing.T) {
	notice, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m := required.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		found++
		if !strings.Contains(string(notice), m[1]+" "+m[2]) {
			t.Errorf("NOTICE does not name %s %s; read its licence and add it", m[1], m[2])
		}
	}
	if found == 0 {
		t.Error("no module was found in go.mod")
	}
}
