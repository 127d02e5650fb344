package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The budgets, in bytes on the wire. A visitor's whole page is measured in package ui.
const (
	styleBudget    = 14 * 1024
	baseBudget     = 2 * 1024
	typefaceBudget = 24 * 1024
)

func TestFilesStayWithinTheirBudgets(t *testing.T) {
	for name, budget := range map[string]int{"app.css": styleBudget, "base.js": baseBudget, "latin.woff2": typefaceBudget, "member.js": 6 * 1024, "passkey.js": 3 * 1024, "live.js": 5 * 1024} {
		t.Logf("%s: %d bytes", name, Size(name))
		if Size(name) > budget {
			t.Errorf("%s is %d bytes, more than %d", name, Size(name), budget)
		}
	}
}

func TestAFileIsServedUnderItsHashAndKeptForEver(t *testing.T) {
	address := URL("app.css")
	if !regexp.MustCompile(`^/static/app\.[0-9a-f]{8}\.css$`).MatchString(address) {
		t.Fatalf("the address is %q", address)
	}
	r := httptest.NewRequest("GET", address, nil)
	r.Header.Set("Accept-Encoding", "br, gzip;q=0.9")
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Fatalf("answered %d with %v", w.Code, w.Header())
	}
	unpacked, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(unpacked)
	if err != nil || !bytes.Equal(plain, stock().byName["app.css"].body) {
		t.Errorf("what was packed is not what was there: %v", err)
	}
}

func TestWhoTakesNoGzipGetsThePlainFile(t *testing.T) {
	for _, accepted := range []string{"", "br", "gzip;q=0"} {
		r := httptest.NewRequest("GET", URL("base.js"), nil)
		r.Header.Set("Accept-Encoding", accepted)
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		if w.Header().Get("Content-Encoding") != "" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
			t.Errorf("with %q: %v", accepted, w.Header())
		}
	}
}

func TestOtherNamesDoNotExist(t *testing.T) {
	for _, path := range []string{"/static/", "/static/app.css", "/static/app.00000000.css", "/static/../static.go"} {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 404 {
			t.Errorf("%s answered %d", path, w.Code)
		}
	}
}

func TestTheStyleAsksNobodyElseForAnything(t *testing.T) {
	style := stock().style()
	for _, address := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(style, -1) {
		if stock().byURL[address[1]] == nil {
			t.Errorf("the style asks for %s", address[1])
		}
	}
	if strings.Contains(style, "@import") {
		t.Error("the style imports another")
	}
}

func TestTheStyleKnowsNoLeftAndRight(t *testing.T) {
	physical := regexp.MustCompile(`[{;](?:(?:margin|padding|border)-)?(?:left|right|top|bottom)(?:-[a-z]+)?:|(?:text-align|float):(?: ?)(?:left|right)|[{;](?:min-|max-)?(?:width|height):`)
	withoutMedia := regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(stock().style(), "")
	if found := physical.FindAllString(withoutMedia, -1); found != nil {
		t.Errorf("these turn wrong in a language that runs from right to left: %q", found)
	}
}

func TestEveryBraceIsClosed(t *testing.T) {
	style := stock().style()
	if strings.Count(style, "{") != strings.Count(style, "}") {
		t.Error("a brace is missing somewhere")
	}
}

// tokens reads the custom properties of the block that a text begins.
func tokens(t *testing.T, opening string) map[string]string {
	t.Helper()
	_, after, found := strings.Cut(stock().style(), opening)
	if !found {
		t.Fatalf("no %q in the style", opening)
	}
	block, _, _ := strings.Cut(after, "}")
	all := map[string]string{}
	for declaration := range strings.SplitSeq(block, ";") {
		if name, value, ok := strings.Cut(declaration, ":"); ok && strings.HasPrefix(name, "--") {
			all[strings.TrimPrefix(name, "--")] = strings.TrimSpace(value)
		}
	}
	return all
}

func TestBothDarkThemesAreTheSame(t *testing.T) {
	byDevice, byChoice := tokens(t, ":root:not([data-theme=light]){"), tokens(t, ":root[data-theme=dark]{")
	for name, value := range byDevice {
		if byChoice[name] != value {
			t.Errorf("--%s is %s by device and %s by choice", name, value, byChoice[name])
		}
	}
	if len(byDevice) != len(byChoice) {
		t.Error("one of them has more")
	}
}

func TestEveryPairOfColoursCanBeRead(t *testing.T) {
	light := tokens(t, ":root{")
	for name, theme := range map[string]map[string]string{"light": light, "dark": tokens(t, ":root[data-theme=dark]{")} {
		check := func(least float64, ink string, papers ...string) {
			for _, paper := range papers {
				if got := contrast(theme[ink], theme[paper]); !(got >= least) { // also when a token is missing and the ratio is no number
					t.Errorf("%s: %s on %s is %.2f, less than %.1f", name, ink, paper, got, least)
				}
			}
		}
		const text, edge = 4.5, 3
		grounds := []string{"paper", "surface", "wash", "accent-wash"}
		strips := []string{"calm", "caution", "danger", "good"}
		check(text, "ink", append(grounds, strips...)...)
		check(text, "soft", grounds...)
		check(text, "accent", append(grounds, strips...)...)
		check(text, "on-accent", "accent")
		for _, kind := range []string{"community", "rounds", "channel"} {
			check(text, kind, grounds...)
		}
		for _, tone := range strips {
			check(text, tone+"-ink", tone, "paper", "surface", "wash")
		}
		check(edge, "control", "paper", "surface")
	}
}

// contrast is the ratio of WCAG 2.2 for two colours such as "#0B6660".
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(colour string) float64 {
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		return math.NaN()
	}
	channel := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}
