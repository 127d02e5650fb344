package i18n

import (
	"slices"

	"golang.org/x/text/language"
)

// Match chooses the language of a reader: what they chose themselves (preferred, empty when they did not), else what their
// browser asks for (an Accept-Language header), among those that the site enabled. An empty list enables all that are known.
// Nothing that fits gives the first one enabled: a Portuguese charity's site greets in Portuguese, not in English.
func Match(acceptLanguage, preferred string, enabled []string) Printer {
	offered := offer(enabled)
	for _, t := range offered {
		if t.Code == preferred {
			return Printer{t}
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return Printer{offered[0]}
	}
	for _, tag := range wanted {
		base, confidence := tag.Base()
		if confidence == language.No {
			continue
		}
		for _, t := range offered {
			if t.Code == base.String() {
				return Printer{t}
			}
		}
	}
	return Printer{offered[0]}
}

// offer gives the enabled languages in the order in which they were enabled; unknown codes are passed over.
func offer(enabled []string) []*tongue {
	all := load()
	if len(enabled) == 0 {
		return slices.Clone(known)
	}
	var offered []*tongue
	for _, code := range enabled {
		if t, ok := all[code]; ok {
			offered = append(offered, t)
		}
	}
	if len(offered) == 0 {
		offered = append(offered, all[Fallback])
	}
	return offered
}

// Enabled gives the languages of a site for a menu, in the order in which they were enabled.
func Enabled(codes []string) []Language {
	var list []Language
	for _, t := range offer(codes) {
		list = append(list, t.Language)
	}
	return list
}
