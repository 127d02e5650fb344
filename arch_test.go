package dayroom_test

import (
	"bufio"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of packages in docs/ARCHITECTURE.md anew")

// floors are the storeys of the house, from the ground up: a package may import what is on its own floor only where the floor is
// open, and what is below. The last part of a path decides where nothing longer does.
var floors = []struct {
	name string
	open bool // packages of this floor may import each other
	list []string
}{
	{"core", false, []string{"core"}},
	{"policy", false, []string{"policy"}},
	{"platform", true, []string{"platform"}},
	{"engine", false, []string{"engine"}},
	{"site", false, []string{"site"}},
	{"account", true, []string{"account"}},
	{"space", false, []string{"space"}},
	{"search", false, []string{"search"}},
	{"thread", false, []string{"thread"}},
	{"shared by features", true, []string{"credential", "organisation", "approval", "queue", "notify"}},
	{"features", false, []string{"importer", "backup", "figures", "webhook", "demo"}},
	{"page parts", true, []string{"web/static", "web/ui", "web/shell", "web/webtest"}},
	{"pages", true, []string{"web"}},
	{"programs", false, []string{"api"}},
	{"app", false, []string{"app"}},
	{"tests of the whole", true, []string{"attack", "browser", "plans", "sitetest", "torture"}},
}

const module = "dayroom/"

func floorOf(pkg string) int {
	path := strings.TrimPrefix(pkg, module+"internal/")
	best, at := "", -1
	for i, f := range floors {
		for _, prefix := range f.list {
			if (path == prefix || strings.HasPrefix(path, prefix+"/")) && len(prefix) > len(best) {
				best, at = prefix, i
			}
		}
	}
	return at
}

type source struct {
	path    string
	pkg     string
	file    *ast.File
	lines   int
	imports []string
}

// sources parses every Go file of the module. Files of tests are marked by their name.
func sources(t *testing.T) (out []source, fset *token.FileSet) {
	t.Helper()
	fset = token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "testdata" || d.Name() == "tools") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		s := source{path: path, pkg: module + filepath.ToSlash(filepath.Dir(path)), file: file, lines: strings.Count(string(text), "\n")}
		for _, i := range file.Imports {
			s.imports = append(s.imports, strings.Trim(i.Path.Value, `"`))
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, fset
}

func TestImportsRunDownwards(t *testing.T) {
	all, _ := sources(t)
	for _, s := range all {
		if strings.HasSuffix(s.path, "_test.go") || !strings.HasPrefix(s.pkg, module+"internal/") {
			continue
		}
		mine := floorOf(s.pkg)
		if mine < 0 {
			t.Errorf("%s: package %s stands on no floor; add it to the list in arch_test.go and to docs/ARCHITECTURE.md", s.path, s.pkg)
			continue
		}
		for _, imported := range s.imports {
			if !strings.HasPrefix(imported, module+"internal/") || imported == s.pkg {
				continue
			}
			theirs := floorOf(imported)
			inside := strings.HasPrefix(imported, s.pkg+"/") // a package's own rooms
			if theirs > mine || theirs == mine && !floors[mine].open && !inside {
				t.Errorf("%s (%s) imports %s (%s)", s.path, floors[mine].name, imported, floors[max(theirs, 0)].name)
			}
		}
	}
}

func TestOnlyDbAndSearchKnowTheEngine(t *testing.T) {
	all, fset := sources(t)
	for _, s := range all {
		if strings.HasSuffix(s.path, "_test.go") || strings.HasPrefix(s.path, "internal/platform/db/") || strings.HasPrefix(s.path, "internal/search/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Engine" && len(call.Args) == 0 && !engineAllowed[s.path] {
				t.Errorf("%s asks for the database's engine", fset.Position(call.Pos()))
			}
			return true
		})
	}
}

// engineAllowed are the files that may ask, each with a reason.
var engineAllowed = map[string]bool{
	"internal/platform/keys/keys.go": true, // its two tables are made without migrations
	"internal/backup/manifest.go":    true, // a backup tells where it comes from
}

// Limits of the house rules.
const (
	maxFileLines     = 600
	maxFunctionLines = 60
	maxMedian        = 150
)

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	all, fset := sources(t)
	var sizes []int
	for _, s := range all {
		if strings.HasSuffix(s.path, "_templ.go") {
			continue
		}
		sizes = append(sizes, s.lines)
		if s.lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", s.path, s.lines, maxFileLines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, more than %d", s.path, f.Name.Name, n, maxFunctionLines)
			}
		}
	}
	slices.Sort(sizes)
	if median := sizes[len(sizes)/2]; median > maxMedian {
		t.Errorf("the median file has %d lines, more than %d", median, maxMedian)
	}
}

func TestNoPackageHasAVagueName(t *testing.T) {
	all, _ := sources(t)
	for _, s := range all {
		for _, part := range strings.Split(s.pkg, "/") {
			if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "manager", "misc"}, part) {
				t.Errorf("%s: the name %q says nothing", s.pkg, part)
			}
		}
	}
}

const (
	tableBegin = "<!-- packages: written by `go test . -run Architecture -update` -->"
	tableEnd   = "<!-- end of packages -->"
)

// The map's table of packages is made from the package comments, so it cannot be out of date.
func TestArchitectureListsEveryPackage(t *testing.T) {
	const page = "docs/ARCHITECTURE.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), tableBegin)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks of the table", page)
	}
	want := before + tableBegin + "\n" + packageTable(t) + tableEnd + after
	if want == string(text) {
		return
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the table in %s is out of date: go test . -run Architecture -update", page)
}

func packageTable(t *testing.T) string {
	t.Helper()
	all, _ := sources(t)
	synopsis := map[string]string{}
	for _, s := range all {
		generated := strings.HasSuffix(s.path, "_templ.go") // their first comment is about the generator
		if strings.HasSuffix(s.path, "_test.go") || generated || s.pkg == module+"." {
			continue
		}
		if _, seen := synopsis[s.pkg]; !seen {
			synopsis[s.pkg] = ""
		}
		if s.file.Doc != nil {
			var p doc.Package
			synopsis[s.pkg] = p.Synopsis(s.file.Doc.Text())
		}
	}
	names := make([]string, 0, len(synopsis))
	for name := range synopsis {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if fa, fb := floorOf(a), floorOf(b); fa != fb {
			return fb - fa
		}
		return strings.Compare(a, b)
	})
	var b strings.Builder
	b.WriteString("\n| package | what it is |\n|---|---|\n")
	for _, name := range names {
		if synopsis[name] == "" {
			t.Errorf("package %s has no comment", name)
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimPrefix(name, module), strings.ReplaceAll(synopsis[name], "|", "\\|"))
	}
	b.WriteString("\n")
	return b.String()
}

// Nothing in the repository tells of one machine: an absolute path of a home or a temporary folder in text is a leak.
func TestNoPathOfAMachineInDocuments(t *testing.T) {
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, "README.md", "CONTRIBUTING.md") {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines, n := bufio.NewScanner(f), 1; lines.Scan(); n++ {
			if strings.Contains(lines.Text(), "/home/") || strings.Contains(lines.Text(), "/root/") {
				t.Errorf("%s:%d names a path of a machine", path, n)
			}
		}
	}
}
