package ui

import (
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// Tone is how a strip speaks. Each has a tint, an icon and a word.
type Tone string

// The tones.
const (
	Calm      Tone = "calm"    // good to know
	Caution   Tone = "caution" // take care
	Important Tone = "danger"  // read this first
	Good      Tone = "good"    // it worked
)

func (t Tone) or() Tone {
	if t == "" {
		return Calm
	}
	return t
}

func (t Tone) icon() Icon {
	switch t {
	case Caution:
		return IconCaution
	case Important:
		return IconDanger
	case Good:
		return IconHelped
	}
	return IconCalm
}

// Person is who wrote something, as others see it.
type Person struct {
	Handle string
	Href   string // the profile, for those who may see it; empty is no link
	Gone   bool   // has left: no handle is shown

	Relation   string   // "caregiver for her father"
	Conditions []string // "asthma"
	Verified   string   // the profession, verified: "Cardiologist"
	Country    string   // of the credential, in the reader's language: "Portugal"
	StaffOf    string   // the organisation's name
	Office     Office
	Newcomer   bool
	Author     bool // started this thread
}

// Office is what somebody does here beside writing.
type Office string

// The offices.
const (
	NoOffice  Office = ""
	Steward   Office = "steward"
	Moderator Office = "moderator"
	Admin     Office = "admin"
)

// trail is the words after a name about relation and conditions: "caregiver for her father · asthma".
func (p Person) trail() string {
	trail := p.Relation
	for _, condition := range p.Conditions {
		if trail != "" {
			trail += " · "
		}
		trail += condition
	}
	return trail
}

func (p Person) credential(v Voice) string {
	if p.Country == "" {
		return v.T("who.verified.bare", p.Verified)
	}
	return v.T("who.verified", p.Verified, p.Country)
}

func kindIcon(kind string) Icon {
	switch kind {
	case "rounds":
		return IconRounds
	case "channel":
		return IconChannel
	}
	return IconCommunity
}

// Tab is one of several views of the same thing.
type Tab struct {
	Label   string
	Href    string
	Current bool
	Count   int // 0 shows none
}

// Term is a line of a DefinitionList. A Value that is more than text is a component; it wins over Text.
type Term struct {
	Name  string
	Text  string
	Value templ.Component
}

// TableData is a table of texts. The first cell of a row is its heading.
type TableData struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// PollView is a poll with the reader's place in it. Without a VoteURL only the results are shown.
type PollView struct {
	Question string
	ID       string // unique in the page
	Options  []PollOption
	People   int    // who answered
	VoteURL  string // posts "option" with the values
	Many     bool   // more than one answer may be given
	Hidden   bool   // the results are shown only after answering
	Closed   bool
	Caveat   string // who is missing; empty says the general one
}

// PollOption is one answer.
type PollOption struct {
	Value, Label string
	Count        int
	Mine         bool
}

func (p PollView) percent(o PollOption) int {
	if p.People == 0 {
		return 0
	}
	return (o.Count*100 + p.People/2) / p.People
}

func (p PollView) field() Field {
	f := Field{Name: "option", Label: p.Question}
	for _, o := range p.Options {
		f.Options = append(f.Options, Option{Value: o.Value, Label: o.Label, Checked: o.Mine})
		if o.Mine {
			f.Value = o.Value
		}
	}
	return f
}

// Report is a form to tell the moderators about something.
type Report struct {
	Action  string // posts "reason" and "note", and what is in Hidden
	Reasons []Option
	Hidden  []Hidden
	Chosen  string
	Note    string
}

// ErrorView is a page that says what went wrong.
type ErrorView struct {
	Code    string // a core.Code: chooses the title
	Message string // in the reader's language
	Back    Link   // somewhere to go on; empty leads home
}

// Step is one step of a longer form.
type Step struct {
	Label string
	Href  string // back to a step that was filled in; empty is no link
}

func percentWidth(percent int) string { return strconv.Itoa(percent) + "%" }

// machine is a moment for machines.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
