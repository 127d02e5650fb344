package importer

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dayroom/internal/policy"
	"dayroom/internal/space"
)

var now = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

// with is a good line with one thing changed.
func with(old, replacement string) string {
	const good = `{"external":"t","author":{"external":"a","name":"Ann"},"time":"2024-03-01T08:00:00Z","kind":"discussion","title":"Stairs","body":"Slowly.","tags":["a"],"comments":[{"external":"c","author":{"name":"Bo"},"time":1709280000000,"body":"Yes."}]}`
	return strings.Replace(good, old, replacement, 1)
}

func TestABadLineIsRefusedWithAReasonToActOn(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"external":`, "the JSON is cut off"},
		{`nonsense`, "bad JSON at byte 2"},
		{`[1]`, "the line is a JSON array, and should be an object"},
		{`{} {}`, "there is something after the JSON object"},
		{"{\"external\":\"\xff\"}", "the line is not UTF-8"},
		{with("Slowly.", `\ud800 half`), "half of a character"},
		{with("Slowly.", `\\ud800 \udc00`), "half of a character"},
		{with("Slowly.", `\u0000`), "body holds a NUL character"},
		{with(`"comments"`, `"coments"`), `unknown field "coments"`},
		{with(`"external":"t",`, ``), "external is missing"},
		{with(`"external":"t"`, `"external":"`+strings.Repeat("x", 201)+`"`), "external is 201 bytes long, and at most 200"},
		{with(`"author":{"external":"a","name":"Ann"},`, ``), "author is missing"},
		{with(`"name":"Ann"`, `"name":" "`), "author.name is missing"},
		{with(`"name":"Ann"`, `"name":"ann@example.org"`), "looks like a mail address"},
		{with(`{"external":"a","name":"Ann"}`, `"Ann"`), "author is a JSON string, and should be an object"},
		{with(`"time":"2024-03-01T08:00:00Z",`, ``), "time is missing"},
		{with(`2024-03-01T08:00:00Z`, `yesterday`), `time "yesterday" is not RFC 3339`},
		{with(`2024-03-01T08:00:00Z`, `2024-03-01 08:00`), "is not RFC 3339"},
		{with(`"2024-03-01T08:00:00Z"`, `1709280000`), "time 1709280000 looks like seconds"},
		{with(`"2024-03-01T08:00:00Z"`, `1.5`), "neither RFC 3339 text nor a whole number"},
		{with(`2024-03-01T08:00:00Z`, `2026-11-03T09:00:01Z`), "lies in the future"},
		{with(`2024-03-01T08:00:00Z`, `0001-01-01T00:00:01Z`), "too long ago"},
		{with(`discussion`, `rant`), `kind "rant" is none of [discussion question experience announcement]`},
		{with(`discussion`, `announcement`), "in a channel only"},
		{with(`Stairs`, `?`), "title is 1 characters long, and at least 3"},
		{with(`Stairs`, strings.Repeat("é", 141)), "title is 141 characters long, and at most 140"},
		{with(`Slowly.`, `  `), "body is missing"},
		{with(`Slowly.`, strings.Repeat("x", 16385)), "body is 16385 bytes long, and at most 16384"},
		{with(`Slowly.`, strings.Repeat("[", 2000)), "body"},
		{with(`["a"]`, `"a"`), "tags is a JSON string, and should be a list"},
		{with(`["a"]`, `["a","b","c","d","e","f","g"]`), "7 tags, and at most 6"},
		{with(`["a"]`, `[" "]`), "a tag is missing"},
		{with(`"Yes."`, `""`), "comment 1: body is missing"},
		{with(`"body":"Yes."`, `"body":"Yes.","reply_to":"d"`), `comment 1: reply_to "d" names no earlier comment`},
		{with(`"body":"Yes."}`, `"body":"Yes."},{"external":"c","author":{"name":"Bo"},"time":1709280000000,"body":"x"}`), `comment 2: external "c" is an earlier comment's already`},
	} {
		if got := refusal(c.line); !strings.Contains(got, c.want) {
			t.Errorf("%.60s…: refused for %q, want %q", c.line, got, c.want)
		}
	}
	if got := refusal(with("", "")); got != "" {
		t.Errorf("the good line is refused: %s", got)
	}
}

func refusal(line string) string {
	r := run{parse: parseLine, space: space.Space{Kind: policy.Community}}
	out := r.parseLines([]numbered{{n: 1, text: []byte(line)}}, now)
	r.render(out)
	return out[0].reason
}

func TestPairsOfEscapesAreCharacters(t *testing.T) {
	rec, err := parseLine([]byte(with("Slowly.", `\ud83d\ude00 \\ud800`)), now)
	if err != nil || rec.Body != "😀 \\ud800" {
		t.Errorf("%q %v", rec.Body, err)
	}
}

func TestALongLineIsPassedOverWithoutBeingKept(t *testing.T) {
	long := int64(300 << 20)
	src, err := open(io.MultiReader(strings.NewReader("first\n"), io.LimitReader(endless{}, long), strings.NewReader("\nlast")))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		line, n, tooLong, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if tooLong != (n == 2) {
			t.Errorf("line %d: too long is %v", n, tooLong)
		}
		got = append(got, string(line))
	}
	if strings.Join(got, "|") != "first||last" || cap(src.line) > 2*maxLine || src.read() != long+11 {
		t.Errorf("%d lines, %d bytes kept, %d read", len(got), cap(src.line), src.read())
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestALineMayHaveAMegabyte(t *testing.T) {
	text := strings.Repeat("y", maxLine) + "\r\n" + strings.Repeat("z", maxLine+1) + "\nend"
	src, err := open(strings.NewReader("\ufeff" + text))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true, false} {
		line, _, tooLong, err := src.next()
		if err != nil || tooLong != want || i == 0 && len(line) != maxLine {
			t.Errorf("line %d: %d bytes, too long %v, %v", i+1, len(line), tooLong, err)
		}
	}
}

// Whatever stands in a line, it is refused with a reason or made into texts that can be stored.
func FuzzLine(f *testing.F) {
	f.Add([]byte(with("", "")))
	f.Add([]byte(`{"qid":"1","qtype":"information","q":"What is (are) Gout ?","a":"Key Points\n   - It hurts.   - A lot.\n\n  See 1) here","doc":"1","source":"CDC","url":"https://www.cdc.gov/"}`))
	f.Add([]byte(with("Slowly.", `\ud83d\ude00`)))
	f.Add([]byte(with(`"c","author"`, `"c","reply_to":"c","author"`)))
	f.Fuzz(func(t *testing.T, line []byte) {
		for name, parse := range map[string]func([]byte, time.Time) (record, error){"jsonl": parseLine, "medquad": parseMedQuAD} {
			r := run{parse: parse, space: space.Space{Kind: policy.Channel}}
			got := r.parseLines([]numbered{{n: 7, text: bytes.Clone(line)}}, now)
			r.render(got)
			if len(line) == 0 {
				continue
			}
			if len(got) != 1 || got[0].line != 7 {
				t.Fatalf("%s: %v", name, got)
			}
			if got[0].reason != "" {
				continue
			}
			p := got[0].plant
			texts := []string{p.Thread.Title, p.Thread.Body, p.Thread.HTML, p.Thread.Excerpt, got[0].rec.Author.Name}
			for i, c := range p.Comments {
				texts = append(texts, c.Body, c.HTML, got[0].rec.Comments[i].Author.Name)
				if c.ReplyTo >= i || c.HTML == "" {
					t.Errorf("%s: comment %d answers %d", name, i, c.ReplyTo)
				}
			}
			for _, s := range texts {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || s == "" {
					t.Errorf("%s: cannot be stored: %q", name, s)
				}
			}
			if p.Thread.CreatedAt.After(now) {
				t.Errorf("%s: made in the future", name)
			}
		}
	})
}
