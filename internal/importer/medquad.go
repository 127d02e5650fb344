package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
	"dayroom/internal/platform/markup"
	"dayroom/internal/policy"
)

// MedQuAD is a collection of questions and answers from pages of the United States' National Institutes of Health and the CDC
// (Ben Abacha and Demner-Fushman, "A question-entailment approach to question answering", BMC Bioinformatics 20:511, 2019;
// CC BY 4.0). A question becomes a thread, its answer a comment in the name of the institute. The questions have no author and no
// time: they stand in the name of the collection and at the day on which it was published, so that 16,407 of them do not bury
// what the members of a space say today.

// medQuADDay is when the collection's paper was published.
var medQuADDay = time.Date(2019, 10, 22, 0, 0, 0, 0, time.UTC)

const medQuADName = "MedQuAD"

type wireMedQuAD struct {
	QID      string `json:"qid"`
	Type     string `json:"qtype"`
	Question string `json:"q"`
	Answer   string `json:"a"`
	Document string `json:"doc"`
	Source   string `json:"source"`
	URL      string `json:"url"`
}

// institutes gives the names of the sources.
var institutes = map[string]string{
	"CancerGov":         "National Cancer Institute",
	"CDC":               "Centers for Disease Control and Prevention",
	"GARD":              "Genetic and Rare Diseases Information Center",
	"GHR":               "Genetics Home Reference",
	"MPlusHealthTopics": "MedlinePlus Health Topics",
	"NHLBI":             "National Heart, Lung, and Blood Institute",
	"NIDDK":             "National Institute of Diabetes and Digestive and Kidney Diseases",
	"NIHSeniorHealth":   "NIH SeniorHealth",
	"NINDS":             "National Institute of Neurological Disorders and Stroke",
}

func instituteName(source string) string {
	if name, known := institutes[source]; known {
		return name
	}
	return source
}

// cutAt is the length at which the published file cuts answers off.
const cutAt = 2000

// parseMedQuAD reads a line of the collection. The same qid stands on several questions, so the identity is made of all that
// tells two apart.
func parseMedQuAD(line []byte, now time.Time) (record, error) {
	var w wireMedQuAD
	if err := decode(line, &w); err != nil {
		return record{}, err
	}
	for _, f := range []struct{ name, value string }{{"qid", w.QID}, {"q", w.Question}, {"a", w.Answer}, {"source", w.Source}} {
		if strings.TrimSpace(f.value) == "" {
			return record{}, fmt.Errorf("%s is missing", f.name)
		}
	}
	if err := checkLength("source", w.Source, 2, maxName); err != nil {
		return record{}, err
	}
	title, rest := medQuADTitle(w.Question)
	rec := record{
		External: medQuADKey(w), Author: person{medQuADName, medQuADName}, Time: medQuADDay, Kind: policy.Question,
		Title: title, Body: medQuADBody(w, rest), Speaker: w.Source,
	}
	if tag := strings.ToLower(markup.Line(w.Type)); tag != "" && utf8.RuneCountInString(tag) <= maxTag {
		rec.Tags = []string{tag}
	}
	speaker := person{w.Source, instituteName(w.Source)}
	for i, part := range cutText(answerText(w), markup.MaxBytes) {
		rec.Comments = append(rec.Comments, reply{Author: speaker, Time: medQuADDay.Add(time.Duration(i) * time.Second), Body: part, ReplyTo: -1})
	}
	if len(rec.Comments) == 0 {
		return rec, errors.New("a holds no words")
	}
	return rec, rec.check(now)
}

func medQuADKey(w wireMedQuAD) string {
	raw, err := json.Marshal([]string{w.Source, w.QID, w.Question, w.Answer})
	if err != nil {
		panic(err) // a list of texts can always be written
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// medQuADTitle mends the spaces and marks at a question's end. A question that is too long for a title is cut between words, and
// rest is all of it.
func medQuADTitle(q string) (title, rest string) {
	line := markup.Line(q)
	if bare := strings.TrimRight(line, " ?"); bare != line {
		line = bare + "?"
	}
	runes := []rune(line)
	if len(runes) <= maxTitle {
		return line, ""
	}
	cut := string(runes[:maxTitle-1])
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)/2 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:") + "…", line
}

func medQuADBody(w wireMedQuAD, question string) string {
	var b strings.Builder
	if question != "" {
		b.WriteString(escape(question) + "\n\n")
	}
	b.WriteString("Answered by: " + escape(instituteName(w.Source)) + ".")
	if address := plainAddress(w.URL); address != "" {
		b.WriteString(" [The page that it is from](<" + address + ">).")
	}
	b.WriteString("\n\nFrom the collection MedQuAD (CC BY 4.0). The answer is as old as the collection, 2019 or before.")
	return b.String()
}

// answerText is the answer in Markdown, with a word where the file cuts it off.
func answerText(w wireMedQuAD) string {
	text := tidy(w.Answer)
	if utf8.RuneCountInString(w.Answer) < cutAt || strings.ContainsAny(text[max(len(text)-1, 0):], ".!?") {
		return text
	}
	text += "…"
	if address := plainAddress(w.URL); address != "" {
		text += "\n\n[Read on at the source](<" + address + ">)"
	}
	return text
}

// plainAddress gives an address of the web that may stand in angle brackets, or nothing.
func plainAddress(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(raw) > 500 {
		return ""
	}
	return strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20", `\`, "%5C").Replace(u.String())
}

// organisations finds or makes the organisations in whose names the items speak.
func (r *run) organisations(tx *db.Tx, items []ready, done *outcome) error {
	var names []string
	for _, it := range items {
		name := it.rec.Speaker
		if name != "" && r.speakers[name] == 0 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		k := r.key("organisation", name)
		known, err := r.references(tx, []key{k})
		if err != nil {
			return err
		}
		if known[k] == 0 {
			if known[k], err = r.organisation(tx, name); err != nil {
				return err
			}
			if err := r.remember(tx, []reference{{k, known[k]}}); err != nil {
				return err
			}
		}
		done.speakers[name] = known[k]
	}
	return nil
}

// organisation makes an organisation that has no staff. An existing one is never used: its people did not say this here.
func (r *run) organisation(tx *db.Tx, name string) (core.ID, error) {
	base := slug(name)
	for n := 1; n < 100; n++ {
		at := base
		if n > 1 {
			at = fmt.Sprintf("%s-%d", base, n)
		}
		id := r.ids.Next()
		made, err := tx.Exec("INSERT INTO organisation (id, slug, name, kind, about, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (slug) DO NOTHING",
			id, at, instituteName(name), "source of imported answers",
			"Answers from pages of "+instituteName(name)+" were brought here with the collection MedQuAD. Nobody of it takes part on this site.",
			db.Millis(r.clock.Now()))
		if err != nil || made == 1 {
			return id, err
		}
	}
	return 0, fmt.Errorf("no free address for the organisation %s", name)
}

// slug makes a name fit for an address.
func slug(name string) string {
	out := []byte("from-")
	for _, c := range []byte(strings.ToLower(name)) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			out = append(out, c)
		}
	}
	return string(out[:min(len(out), 30)])
}
