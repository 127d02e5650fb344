package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/policy"
	"dayroom/internal/search"
	"dayroom/internal/thread"
)

func TestPostsAreFoundByTheirWordsHoweverTheyAreTyped(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "Can't sleep on prednisolone", "Since Monday I lie awake.", "Take it in the morning, my X-ray nurse said.")
		h.says(h.open, "Não consigo dormir", "A minha mãe toma prednisolona há três dias.")
		h.says(h.open, "الصُّداعُ بعد الدواء", "عندي صُداع كل يوم")
		h.says(h.open, "眠れない夜について", "薬を飲むと眠れないことがあります。")
		h.says(h.open, "นอนไม่หลับ", "ยาทำให้นอนไม่หลับ")
		h.says(h.open, "Parkinson's and B-12", "Vitamin B12 at 20mg.")
		h.says(h.open, "Straße und Größe", "Łódź, Ångström, Œuvre")
		for query, want := range map[string]string{
			"cant sleep prednisolone": "Can't sleep on prednisolone",
			"CAN’T SLEEP":             "Can't sleep on prednisolone",
			`"lie awake"`:             "Can't sleep on prednisolone",
			"predniso*":               "Não consigo dormir|Can't sleep on prednisolone",
			"sleep -morning":          "Can't sleep on prednisolone",
			"xray":                    "Take it in the morning, my X-ray nurse said.",
			"x-ray":                   "Take it in the morning, my X-ray nurse said.",
			"nao consigo":             "Não consigo dormir",
			"mae tres":                "Não consigo dormir",
			"صداع":                    "الصُّداعُ بعد الدواء",
			"الصداع":                  "الصُّداعُ بعد الدواء",
			"眠れない":                    "眠れない夜について",
			"夜":                       "眠れない夜について",
			"นอน":                     "นอนไม่หลับ",
			"parkinson":               "Parkinson's and B-12",
			"parkinsons":              "Parkinson's and B-12",
			"b12":                     "Parkinson's and B-12",
			"b-12":                    "Parkinson's and B-12",
			"20 mg":                   "Parkinson's and B-12",
			"strasse grosse":          "Straße und Größe",
			"lodz angstrom oeuvre":    "Straße und Größe",
			`"awake lie"`:             "",
			"sleep -prednisolone":     "",
		} {
			if got := strings.Join(h.find(h.ada, query), "|"); got != want {
				t.Errorf("%s: got %q, want %q", query, got, want)
			}
		}
	})
}

func TestFiltersNarrow(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "Cough at night", "A question about cough.", "My cough went away.")
		h.plant(thread.Thread{Space: h.open, Title: "Cough told", Body: "An experience.", Kind: policy.Experience, Tags: []string{"dry cough"}, Author: h.ada.Member})
		h.plant(thread.Thread{Space: h.public, Title: "Cough syrup recalled", Body: "News.", Kind: policy.Announcement, CreatedAt: time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC)})
		for query, want := range map[string]string{
			"cough":                      "Cough told|My cough went away.|Cough at night|Cough syrup recalled",
			"cough in:news":              "Cough syrup recalled",
			`cough in:"asthma and me"`:   "Cough told|My cough went away.|Cough at night",
			"cough kind:experience":      "Cough told",
			`cough tag:"dry cough"`:      "Cough told",
			"cough from:ada_l":           "Cough told",
			"cough from:nobody_here":     "",
			"cough before:2021":          "Cough syrup recalled",
			"cough after:2021-05-01":     "Cough told|My cough went away.|Cough at night",
			"cough is:unanswered":        "Cough told",
			"from:ada_l":                 "Cough told",
			"is:unanswered -syrup":       "Cough told",
			"cough in:asthma in:news":    "Cough told|My cough went away.|Cough at night|Cough syrup recalled",
			"cough after:2021 before:20": "Cough told|My cough went away.|Cough at night",
		} {
			f := h.found(h.ada, search.Request{Text: query})
			if got := strings.Join(h.titles(f), "|"); got != want && !f.Some {
				t.Errorf("%s: got %q, want %q", query, got, want)
			}
		}
	})
}

func TestNobodyFindsWhatTheyMayNotRead(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "Open zebra", "a")
		h.says(h.invited, "Invited zebra", "b", "zebra comment")
		h.says(h.rounds, "Rounds zebra", "c")
		h.says(h.public, "Public zebra", "d")
		for _, c := range []struct {
			who  string
			a    core.Actor
			want string
		}{
			{"a visitor", core.Visitor, "Public zebra"},
			{"a member of the circle", h.ada, "Public zebra|zebra comment|Invited zebra|Open zebra"},
			{"another member", h.bo, "Public zebra|Open zebra"},
			{"a clinician", h.doc, "Public zebra|Rounds zebra|Open zebra"},
			{"a moderator", h.mod, "Public zebra|zebra comment|Invited zebra|Open zebra"},
		} {
			for _, order := range []search.Order{search.Newest, search.Best} {
				got := h.titles(h.found(c.a, search.Request{Text: "zebra", Order: order}))
				slices.Sort(got)
				want := strings.Split(c.want, "|")
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s finds %q, %s first; want %q", c.who, got, order, want)
				}
			}
		}
		h.exec("INSERT INTO block (member, blocked, at) VALUES ($1, $2, 1)", h.doc.Member, h.bo.Member)
		if got := h.find(h.doc, "zebra"); len(got) > 0 {
			t.Errorf("found what a blocked member wrote: %q", got)
		}
	})
}

func TestASlipOfTypingIsForgivenOnlyWithWhatTheReaderMaySee(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "Prednisolone", "a", "It helps.")
		h.says(h.invited, "Methotrexate", "b")
		for _, typed := range []string{"prednisolon", "prednisolonee", "prednisolnoe", "brednisolone"} {
			f := h.found(h.bo, search.Request{Text: typed})
			if len(f.Hits.Items) != 1 || len(f.Corrected) != 1 || f.Corrected[0].Word != typed || f.Corrected[0].To[0] != "prednisolone" {
				t.Errorf("%s: got %+v", typed, f)
			}
		}
		if f := h.found(h.bo, search.Request{Text: "methotrexat"}); len(f.Hits.Items) > 0 || len(f.Corrected) > 0 {
			t.Errorf("a word of a hidden space was named: %+v", f)
		}
		if f := h.found(h.ada, search.Request{Text: "methotrexat"}); len(f.Corrected) != 1 {
			t.Errorf("whoever may read it is not helped: %+v", f)
		}
		if f := h.found(h.bo, search.Request{Text: "itt"}); len(f.Corrected) > 0 {
			t.Errorf("three letters were mended: %+v", f)
		}
	})
}

func TestWhereNoPostHasAllWordsThoseWithMostAreShown(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "Sleep and prednisolone", "a")
		h.says(h.open, "Sleep only", "b")
		f := h.found(h.ada, search.Request{Text: "sleep prednisolone yesterday"})
		if got := h.titles(f); !f.Some || len(got) != 1 || got[0] != "Sleep and prednisolone" {
			t.Errorf("got %q, some %v", got, f.Some)
		}
	})
}

func TestTheBestComeFirstWhenAskedFor(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "Heart attack recovery", "The heart attack was in May.")
		h.says(h.open, "Something else", strings.Repeat("Many words about the day and the night. ", 20)+"A heart. An attack.")
		got := h.titles(h.found(h.ada, search.Request{Text: "heart attack", Order: search.Best}))
		if len(got) != 2 || got[0] != "Heart attack recovery" {
			t.Errorf("got %q", got)
		}
		got = h.find(h.ada, "heart attack")
		if len(got) != 2 || got[0] != "Something else" {
			t.Errorf("newest first: got %q", got)
		}
	})
}

func TestPagesHaveEveryHitOnce(t *testing.T) {
	each(t, func(h *house) {
		day := time.Date(2019, 10, 22, 0, 0, 0, 0, time.UTC)
		for i := range 53 {
			at := day // all at one moment, as an import has them
			if i%3 == 0 {
				at = day.AddDate(0, i, 0)
			}
			h.plant(thread.Thread{Space: h.open, Title: fmt.Sprintf("Zebra %d", i), Body: strings.Repeat("zebra ", 1+i%7), CreatedAt: at})
		}
		for _, order := range []search.Order{search.Newest, search.Best} {
			seen := map[string]bool{}
			last := time.Now()
			in := search.Request{Text: "zebra", Order: order, Page: core.Page{Limit: 10}}
			for pages := 0; ; pages++ {
				f := h.found(h.ada, in)
				for _, hit := range f.Hits.Items {
					if seen[text(hit.Title)] {
						t.Errorf("%s: %s stands twice", order, text(hit.Title))
					}
					seen[text(hit.Title)] = true
					if order == search.Newest && hit.At.After(last) {
						t.Errorf("%v stands after %v", hit.At, last)
					}
					last = hit.At
				}
				if in.Page.After = f.Hits.Next; f.Hits.Next.IsZero() || pages > 10 {
					break
				}
			}
			if len(seen) != 53 {
				t.Errorf("%s: %d hits, want 53", order, len(seen))
			}
		}
	})
}

func TestExcerptsShowWhereTheWordsStand(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "A <b>title</b> & more", strings.Repeat("Long before. ", 40)+"Then the **prednisolone** came & <script>alert(1)</script> went. "+strings.Repeat("Long after. ", 40))
		hit := h.found(h.ada, search.Request{Text: "prednisolone title"}).Hits.Items[0]
		if got := marked(hit.Excerpt); !strings.Contains(got, "Then the [prednisolone] came & ") || !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, " …") {
			t.Errorf("got %q", got)
		}
		if got := marked(hit.Title); got != "A <b>[title]</b> & more" {
			t.Errorf("got %q", got)
		}
		h.plant(thread.Thread{Space: h.open, Title: "Warned zebra", Body: "A zebra died.", Warning: "death"})
		if hit := h.found(h.ada, search.Request{Text: "zebra"}).Hits.Items[0]; len(hit.Excerpt) > 0 || hit.Warning != "death" {
			t.Errorf("a warned text is shown: %+v", hit)
		}
		h.says(h.open, "薬", "薬を飲むと眠れないことがあります。")
		if hit := h.found(h.ada, search.Request{Text: "眠れない"}).Hits.Items[0]; !strings.Contains(marked(hit.Excerpt), "と[眠れない]こと") {
			t.Errorf("got %q", marked(hit.Excerpt))
		}
	})
}

func TestNamesAreFoundByTheirBeginning(t *testing.T) {
	each(t, func(h *house) {
		h.plant(thread.Thread{Space: h.open, Title: "One", Body: "x", Tags: []string{"Asma crónica"}})
		h.plant(thread.Thread{Space: h.invited, Title: "Two", Body: "x", Tags: []string{"asbestos"}})
		names := func(a core.Actor, text string) string {
			n, err := h.search.Names(ctx(), a, text)
			h.must(err)
			return fmt.Sprint(n.Spaces, n.Tags, n.Members)
		}
		if got := names(h.bo, "as"); !strings.Contains(got, "Asthma and me") || !strings.Contains(got, "[Asma crónica]") {
			t.Errorf("got %s", got)
		}
		if got := names(h.ada, "asb"); !strings.Contains(got, "asbestos") {
			t.Errorf("got %s", got)
		}
		if got := names(h.bo, "circle") + names(h.bo, "asb") + names(core.Visitor, "asthma") + names(core.Visitor, "ada"); strings.ContainsAny(strings.ReplaceAll(got, "[] [] []", ""), "abc") {
			t.Errorf("found what is hidden: %s", got)
		}
		if got := names(h.bo, "ad"); !strings.Contains(got, "ada_l") {
			t.Errorf("got %s", got)
		}
		if got := names(h.bo, "a"); got != "[] [] []" {
			t.Errorf("one letter lists %s", got)
		}
		h.exec("INSERT INTO block (member, blocked, at) VALUES ($1, $2, 1)", h.ada.Member, h.bo.Member)
		if got := names(h.bo, "ada"); strings.Contains(got, "ada_l") {
			t.Errorf("found who has blocked the reader: %s", got)
		}
	})
}

func TestSuggestionsAndSimilarThreads(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.open, "How long does the cough last after flu?", "It lasts.")
		h.says(h.open, "What to do about a dry mouth", "Water.")
		h.says(h.invited, "Cough in the circle", "Secret.")
		got, err := h.search.Suggest(ctx(), h.bo, "cou")
		h.must(err)
		if len(got) != 1 || got[0].Text != "How long does the cough last after flu?" {
			t.Errorf("got %+v", got)
		}
		hits, err := h.search.Similar(ctx(), h.bo, "My cough does not end after flu: what to do?")
		h.must(err)
		if len(hits) == 0 || text(hits[0].Title) != "How long does the cough last after flu?" {
			t.Errorf("got %+v", hits)
		}
		for _, hit := range hits {
			if hit.Space.ID == h.invited {
				t.Error("a hidden thread is shown as similar")
			}
		}
	})
}

// The index can be made from nothing, and is then what writing made of it.
func TestFillingMakesTheSameIndex(t *testing.T) {
	each(t, func(h *house) {
		for i := range 45 {
			h.plant(thread.Thread{Space: h.open, Title: fmt.Sprintf("Zebra %d", i), Body: "Stripes.", Tags: []string{"striped"}}, "A comment about zebras.")
		}
		dump := func() (out []string) {
			h.must(h.db.View(ctx(), func(tx *db.Tx) (err error) {
				out, err = db.All(tx, db.String, `SELECT CAST(post AS TEXT) FROM search_doc UNION ALL SELECT term || ' ' || CAST(docs AS TEXT) FROM search_term
					UNION ALL SELECT tag || CAST(threads AS TEXT) FROM search_tag ORDER BY 1`)
				return err
			}))
			return out
		}
		before, found := dump(), h.find(h.ada, "zebra")
		h.exec("DELETE FROM search_state")
		h.must(h.search.Begin(ctx()))
		if f := h.found(h.ada, search.Request{Text: "zebra"}); !f.Filling {
			t.Error("nothing says that the index is not whole")
		}
		h.must(h.search.Fill(ctx()))
		if after := dump(); !slices.Equal(before, after) {
			t.Errorf("%d rows before, %d after", len(before), len(after))
		}
		if again := h.find(h.ada, "zebra"); !slices.Equal(found, again) || len(again) != 20 {
			t.Errorf("got %q", again)
		}
		h.must(h.search.Pack(ctx()))
		if again := h.find(h.ada, "zebra"); !slices.Equal(found, again) {
			t.Errorf("after packing: %q", again)
		}
	})
}

// Somebody waits for an import, and nobody for the index.
func TestFillingStandsAsideWhileAnImportGoesOn(t *testing.T) {
	each(t, func(h *house) {
		for i := range 45 { // more than two steps
			h.plant(thread.Thread{Space: h.open, Title: fmt.Sprintf("Zebra %d", i), Body: "Stripes."})
		}
		h.must(h.search.Begin(ctx()))
		postpone := func() {
			h.must(h.db.Update(ctx(), func(tx *db.Tx) error { return search.Postpone(tx, h.ids.Next()) }))
		}
		h.exec("DELETE FROM search_doc")
		h.exec("DELETE FROM search_state")
		filled := func() int64 {
			h.Helper()
			var n int64
			h.must(h.db.View(ctx(), func(tx *db.Tx) (err error) {
				n, err = db.One(tx, db.Int64, "SELECT COUNT(*) FROM search_doc")
				return err
			}))
			return n
		}
		var during []int64
		h.search.OnWait(func() {
			if n := filled(); n > 0 && len(during) < 4 {
				during = append(during, n)
				postpone()
			}
		})
		h.must(h.search.Fill(ctx()))
		if !slices.Equal(during, []int64{20, 20, 20, 20}) {
			t.Errorf("while the import went on, the index grew: %v", during)
		}
		if n := filled(); n != 45 {
			t.Errorf("%d posts are in the index at the end", n)
		}
	})
}
