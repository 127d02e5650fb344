// Package i18n holds every sentence that the product says, in each language that it speaks.
//
// A sentence has a key: dotted, lowercase and stable, from the page to the thing ("thread.reply.button"). The catalogue is a
// folder for each language with one JSON file for each area (catalogue/en/frame.json, catalogue/en/thread.json, …); the files
// of a language are merged when the program starts.
//
// # Adding a sentence
//
// Write it into the file of its area under catalogue/en, or begin a new file there; nothing has to be registered. Translate it
// in the other folders when you can: a language that lacks a key speaks English there. A key that is given twice, a key that
// English does not have, a lost placeholder and a missing plural form are found by the tests of this package.
//
// A value is either a string with the placeholders {0}, {1}, …
//
//	"thread.by": "Started by {0}, {1}"
//
// or an object of plural forms, chosen by {0}, which then is an int:
//
//	"thread.replies": {"zero": "No replies yet", "one": "{0} reply", "other": "{0} replies"}
//
// The forms are those of CLDR for the language (Arabic has six). "zero" may be given in every language and then means exactly
// none, because "No replies yet" is kinder than "0 replies".
//
// An int argument is written with the separators of the language; what is a name and not an amount (a year, a reference
// number) is passed as a string.
//
// Sentences are plain text, never HTML: a template escapes them. English is written in the second person, short and plain; it
// says what happened, what it means and what can be done.
package i18n
