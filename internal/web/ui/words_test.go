package ui

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// words are the texts of the gallery, as long as real ones.
type words struct {
	site, title, lead, hint, ask, saved, pace, caution, warning string
	relation, condition, profession, country, organisation      string
	spaces, titles, labels, reactions, bodies                   []string
}

func galleryWords(lang string) words {
	if lang == "ar" {
		return arabicWords
	}
	return englishWords
}

var englishWords = words{
	site:  "Harbour Lights Day Room",
	title: "My father wakes up coughing at three every night. What helped you get through the nights?",
	lead:  "For people living with asthma and those who care for them. Ask anything; somebody here has been through it.",
	hint:  "Say what you have tried, and since when. Leave out names, places and dates of birth.",
	ask:   "Ask the community", saved: "Your question is posted. We tell you when somebody answers.",
	pace:    "There is a pause of one minute between comments here, because many people write at once.",
	caution: "Nobody here can see or examine you. If breathing gets harder, or lips turn blue, call the emergency number now.",
	warning: "stay in intensive care", relation: "caregiver for her father", condition: "asthma",
	profession: "Respiratory physician", country: "Portugal", organisation: "Harbour Lights",
	spaces:    []string{"Living with asthma", "Carers at night", "Lung rounds: difficult cases", "Harbour Lights asthma nurses"},
	titles:    []string{"Is it normal that the new inhaler makes my voice hoarse?", "Pollen is high this week: what we advise", "What I wish I had known before my first biologic"},
	labels:    []string{"Members", "On duty", "Latest activity", "Unanswered", "Waiting for an answer"},
	reactions: []string{"Thank you", "Me too", "Strength to you"},
	bodies: []string{
		"<p>He is 71 and has had asthma since he was a child. For about three weeks he wakes up between two and four, coughs for half an hour and is exhausted the next day. We have raised the head of the bed and he takes his preventer at ten in the evening.</p><p>What I would like to know:</p><ul><li>Did it help anybody to take it <strong>earlier</strong>?</li><li>How do you tell a bad night from one where you should call?</li></ul>",
		"<p>Coughing at night for three weeks is a sign that the asthma is not controlled, and that is worth an appointment this week, not at the next check-up. Until then: write down each night and the peak flow in the morning, and bring the list.</p><blockquote><p>How do you tell a bad night from one where you should call?</p></blockquote><p>If the reliever is needed again within four hours, or he cannot speak a whole sentence, call at once. See <a href=\"https://ginasthma.example/\">the GINA summary for patients</a>.</p>",
		"<p>Thank you. We have an appointment on Thursday. I had no idea that this counts as “not controlled”; he always says it is nothing.</p>",
		"<p>For my mother it was the reflux, of all things. Nobody had asked about dinner at nine.</p>",
	},
}

var arabicWords = words{
	site:  "غرفة منارة الميناء",
	title: "يستيقظ والدي كل ليلة في الثالثة وهو يسعل. ما الذي ساعدكم على تجاوز الليل؟",
	lead:  "لمن يعيشون مع الربو ولمن يعتنون بهم. اسأل عن أي شيء، فهنا من مرّ بما تمرّ به.",
	hint:  "اذكر ما جرّبته ومنذ متى. لا تكتب أسماء ولا أماكن ولا تواريخ ميلاد.",
	ask:   "اسأل المجتمع", saved: "نُشر سؤالك. سنخبرك حين يجيب أحد.",
	pace:    "بين كل تعليق وآخر دقيقة هنا، لأن كثيرين يكتبون في الوقت نفسه.",
	caution: "لا أحد هنا يستطيع أن يراك أو يفحصك. إذا صار التنفس أصعب أو ازرقّت الشفتان فاتصل بالطوارئ الآن.",
	warning: "الإقامة في العناية المركزة", relation: "ترعى والدها", condition: "الربو",
	profession: "طبيبة أمراض صدرية", country: "البرتغال", organisation: "منارة الميناء",
	spaces:    []string{"العيش مع الربو", "مقدّمو الرعاية ليلًا", "جولات الرئة: حالات صعبة", "ممرضات الربو في المنارة"},
	titles:    []string{"هل من الطبيعي أن يبحّ صوتي مع البخاخ الجديد؟", "حبوب اللقاح كثيرة هذا الأسبوع: ما ننصح به", "ما تمنيت لو عرفته قبل أول دواء حيوي"},
	labels:    []string{"الأعضاء", "المناوب الآن", "أحدث نشاط", "بلا جواب", "تنتظر جوابًا"},
	reactions: []string{"شكرًا", "وأنا أيضًا", "قلبي معك"},
	bodies: []string{
		"<p>عمره 71 سنة ومعه الربو منذ طفولته. منذ ثلاثة أسابيع يستيقظ بين الثانية والرابعة ويسعل نصف ساعة ثم يكون مرهقًا في اليوم التالي. رفعنا رأس السرير، ويأخذ بخاخ الوقاية (Budesonide 200) في العاشرة مساءً.</p><ul><li>هل أفاد أحدًا أن يأخذه <strong>أبكر</strong>؟</li><li>كيف تميّزون ليلة صعبة من ليلة يجب فيها الاتصال؟</li></ul>",
		"<p>السعال الليلي ثلاثة أسابيع علامة على أن الربو غير مضبوط، وهذا يستحق موعدًا هذا الأسبوع.</p><blockquote><p>كيف تميّزون ليلة صعبة؟</p></blockquote><p>إذا احتاج البخاخ المسعف مرة أخرى خلال أربع ساعات فاتصلوا فورًا.</p>",
		"<p>شكرًا لك. لدينا موعد يوم الخميس.</p>",
		"<p>عند أمي كان السبب هو الارتجاع. لم يسأل أحد عن العشاء في التاسعة.</p>",
	},
}

// inspect parses a page again and tells what a strict reader would complain about.
func inspect(page string) []string {
	var problems []string
	var open []string
	ids := map[string]bool{}
	void := map[string]bool{"meta": true, "link": true, "input": true, "img": true, "br": true, "hr": true}
	tokens := html.NewTokenizer(strings.NewReader(page))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		token := tokens.Token()
		switch kind {
		case html.StartTagToken:
			if !void[token.Data] {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				problems = append(problems, fmt.Sprintf("</%s> closes %v", token.Data, open))
				return problems
			}
			open = open[:len(open)-1]
		}
		for _, a := range token.Attr {
			problems = append(problems, complain(token.Data, a, ids)...)
		}
	}
	for id := range wanted(page) {
		if !ids[id] {
			problems = append(problems, "nothing has the id "+id)
		}
	}
	return problems
}

func complain(tag string, a html.Attribute, ids map[string]bool) []string {
	switch {
	case a.Key == "style":
		return []string{"a style attribute on " + tag}
	case strings.HasPrefix(a.Key, "on"):
		return []string{"an inline script on " + tag}
	case a.Key == "id" && ids[a.Val]:
		return []string{"two elements have the id " + a.Val}
	case a.Key == "id":
		ids[a.Val] = true
	}
	return nil
}

// wanted collects the ids that labels and descriptions point at.
func wanted(page string) map[string]bool {
	ids := map[string]bool{}
	tokens := html.NewTokenizer(strings.NewReader(page))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		for _, a := range tokens.Token().Attr {
			switch a.Key {
			case "for", "aria-describedby", "aria-labelledby", "data-status-id", "data-count-id":
				for id := range strings.FieldsSeq(a.Val) {
					ids[id] = true
				}
			}
		}
	}
	return ids
}

func gzipped(text string) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Len()
}

// varied changes the words of a text, so that fifty comments do not compress to one.
func varied(text string, seed int) string {
	parts := strings.Split(text, " ")
	for i := range parts {
		if (i*7+seed*13)%3 == 0 && !strings.ContainsAny(parts[i], "<>=\"") {
			parts[i] = fmt.Sprintf("%s%c%c", parts[i], 'a'+(i*seed)%26, 'a'+(i+seed*5)%26)
		}
	}
	return strings.Join(parts, " ")
}
