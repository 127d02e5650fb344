package sitetest_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"dayroom/internal/app"
	"dayroom/internal/policy"
	"dayroom/internal/sitetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The table of routes, with who may pass each door, is committed: a door that opens wider shows in a review.
func TestRoutesAreTheCommittedOnes(t *testing.T) {
	s := sitetest.Open(t, "")
	var lines []string
	for _, r := range s.Routes(app.Public) {
		lines = append(lines, fmt.Sprintf("%-9s %-5s %s", r.Access, r.Method, r.Path))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[10:], b[10:]) })
	got := strings.Join(lines, "\n") + "\n"
	const golden = "testdata/routes.golden"
	if *update {
		os.MkdirAll("testdata", 0o755)
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the routes differ from %s; if that is meant, run the test with -update\n%s", golden, got)
	}
}

func TestOneClickSignInExistsInTheDemoOnly(t *testing.T) {
	s := sitetest.Open(t, "")
	for _, r := range s.Routes(app.Public) {
		if strings.HasPrefix(r.Path, "/demo") {
			t.Errorf("a served site has %s", r.Path)
		}
	}
}

func TestEveryRouteHasADoorThatIsKnown(t *testing.T) {
	doors := []policy.Access{policy.ForPublic, policy.ForMember, policy.ForVerified, policy.ForStaff, policy.ForSteward, policy.ForModerator, policy.ForAdmin}
	for _, r := range sitetest.Open(t, "").Routes(app.Demo) {
		if !slices.Contains(doors, r.Access) {
			t.Errorf("%s %s has the door %q", r.Method, r.Path, r.Access)
		}
	}
}

// A form from another site is refused at every address, whoever's browser sends it.
func TestNoRouteTakesAFormFromAnotherSite(t *testing.T) {
	s := sitetest.Open(t, "")
	cage := sitetest.BuildCage(s)
	admin := s.As("keeper")
	for _, r := range s.Routes(app.Demo) {
		if r.Method == "GET" {
			continue
		}
		for _, path := range cage.Addresses(r) {
			if answer := admin.PostFrom("https://evil.example", path); answer.Status != 403 {
				t.Errorf("POST %s from another site gives %d", path, answer.Status)
			}
			break
		}
	}
}

// Every page that asks for more than a visitor turns one away: to the sign-in, or with a refusal.
func TestAVisitorPassesNoMembersDoor(t *testing.T) {
	s := sitetest.Open(t, "")
	cage := sitetest.BuildCage(s)
	visitor := s.Visitor()
	for _, r := range s.Routes(app.Demo) {
		if r.Access == policy.ForPublic {
			continue
		}
		for _, path := range cage.Addresses(r)[:1] {
			answer := visitor.Get(path)
			if r.Method != "GET" {
				answer = visitor.Post(path, nil)
			}
			toSignIn := answer.Status == 303 && strings.HasPrefix(answer.Header.Get("Location"), "/signin")
			if !toSignIn && answer.Status != 401 && answer.Status != 404 && answer.Status != 405 {
				t.Errorf("a visitor's %s %s gives %d", r.Method, path, answer.Status)
			}
		}
	}
}
