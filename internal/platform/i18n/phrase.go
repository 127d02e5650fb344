package i18n

import (
	"fmt"
	"strconv"
	"strings"
)

// phrase is a text that was cut at its placeholders.
type phrase struct {
	text  string   // as written
	parts []string // the literal pieces; between part i and i+1 stands the argument slots[i]
	slots []int
}

// readPhrase cuts a text at {0}, {1}, … Braces around anything else stay as they are.
func readPhrase(text string) phrase {
	p := phrase{text: text}
	literal := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			continue
		}
		end := strings.IndexByte(text[i:], '}')
		if end < 0 {
			break
		}
		slot, err := strconv.Atoi(text[i+1 : i+end])
		if err != nil || slot < 0 {
			continue
		}
		p.parts = append(p.parts, text[literal:i])
		p.slots = append(p.slots, slot)
		i += end
		literal = i + 1
	}
	p.parts = append(p.parts, text[literal:])
	return p
}

// fill puts the arguments in. A slot without an argument stays visible as written, so that it is noticed.
func (p phrase) fill(speak Printer, args []any) string {
	if len(p.slots) == 0 || len(args) == 0 {
		return p.text
	}
	var b strings.Builder
	for i, slot := range p.slots {
		b.WriteString(p.parts[i])
		if slot < len(args) {
			b.WriteString(speak.argument(args[slot]))
		} else {
			b.WriteString("{" + strconv.Itoa(slot) + "}")
		}
	}
	b.WriteString(p.parts[len(p.slots)])
	return b.String()
}

func (p Printer) argument(arg any) string {
	switch arg := arg.(type) {
	case string:
		return arg
	case int:
		return p.Number(arg)
	case int64:
		return p.Number(int(arg))
	case fmt.Stringer:
		return arg.String()
	}
	return fmt.Sprint(arg)
}
