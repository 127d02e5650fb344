package importer

import (
	"strings"
	"testing"

	"dayroom/internal/platform/markup"
)

func TestOddSpacesBecomeParagraphsAndLists(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one paragraph", "A rare disorder. It is mild.", "A rare disorder. It is mild."},
		{"double spaces between paragraphs", "It is mild.  The cause is not known.", "It is mild.\n\nThe cause is not known."},
		{"a broken line goes on", "in other parts\n      of the body", "in other parts of the body"},
		{"a list after a colon", "Signs are:         - Fever.    -  Weight loss.    - Pain", "Signs are:\n\n- Fever.\n- Weight loss.\n- Pain"},
		{"key points", "Key Points\n                    - One thing.    - Another thing.\n                \n                \n   Then a paragraph.",
			"**Key Points**\n\n- One thing.\n- Another thing.\n\nThen a paragraph."},
		{"dashes after single spaces", "They can put people at risk. - high blood pressure  - gout", "They can put people at risk.\n\n- high blood pressure\n- gout"},
		{"a list that stands twice", "Symptoms are -  a cough   - wheezing.  a cough wheezing. These come early.", "Symptoms are\n\n- a cough\n- wheezing.\n\nThese come early."},
		{"items without dashes", "These include:\n     \nSmoking\n    \nHigh pressure\n    \nIt grows over time.", "These include:\n\n- Smoking\n- High pressure\n\nIt grows over time."},
		{"a heading", "It hurts.\n   \nPhysical Exam\n    \nYour doctor will look.", "It hurts.\n\n**Physical Exam**\n\nYour doctor will look."},
		{"a hyphen is none", "a long-term illness - and a rare one - goes on", "a long-term illness - and a rare one - goes on"},
		{"marks are shown as they are", "take 2*3 [see] <b> _x_ & y~z", `take 2\*3 \[see\] \<b\> \_x\_ \& y\~z`},
		{"a number is no list", "1. of May", `1\. of May`},
		{"a table of signs", "How often? " + tableHead + "Dilated heart 5% Short neck - Fits 2/6 Cut o", "How often?\n\nSigns and symptoms, and about how many patients have each:\n\n- Dilated heart: 5%\n- Short neck\n- Fits: 2/6\n- Cut o"},
		{"nothing", " \n ", ""},
	} {
		if got := tidy(c.text); got != c.want {
			t.Errorf("%s: got\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

func TestQuestionsBecomeTitles(t *testing.T) {
	long := "What " + strings.Repeat("very ", 40) + "long ?"
	for q, want := range map[string]string{
		"What is (are)  Gout ?":           "What is (are) Gout?",
		"Who is at risk for Gout? ?":      "Who is at risk for Gout?",
		"Do you have information about X": "Do you have information about X",
		"What is (are)  ?":                "What is (are)?",
	} {
		if got, rest := medQuADTitle(q); got != want || rest != "" {
			t.Errorf("%q: %q %q", q, got, rest)
		}
	}
	title, rest := medQuADTitle(long)
	if len([]rune(title)) > maxTitle || !strings.HasSuffix(title, "very…") || rest != strings.TrimSuffix(long, " ?")+"?" {
		t.Errorf("%q %q", title, rest)
	}
}

func TestALongAnswerIsCutBetweenParagraphs(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat(strings.Repeat("Wörter ", 100)+".\n\n", 60))
	parts := cutText(text, markup.MaxBytes)
	if len(parts) < 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, p := range parts {
		if len(p) > markup.MaxBytes || !strings.HasSuffix(p, " .") || !strings.HasPrefix(p, "Wörter") {
			t.Errorf("part %d: %d bytes, from %q to %q", i, len(p), p[:10], p[len(p)-10:])
		}
	}
	if strings.Join(parts, "\n\n") != text {
		t.Error("something was lost")
	}
}

func TestAnAnswerWithoutAnyGapIsCutToo(t *testing.T) {
	for _, text := range []string{strings.Repeat("ö", 5000), strings.Repeat(`\*`, 5000), "x" + strings.Repeat(`\*`, 5000)} {
		parts := cutText(text, 1001)
		if strings.Join(parts, "") != text {
			t.Errorf("%.10s: something was lost", text)
		}
		for _, p := range parts {
			if len(p) > 1001 || strings.HasPrefix(p, "*") {
				t.Errorf("%.10s: %d bytes, begins %.4q", text, len(p), p)
			}
		}
	}
}
