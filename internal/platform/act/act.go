// Package act keeps the record of what people did to the site itself: settings, roles, credentials, organisations, backups, jobs.
// What moderators do about posts and members is in the log of decisions instead.
//
// An act is written in the transaction of the change, so that there is no change without its act and no act without its change.
// It says who, what, when, and the state before and after. It never holds a secret nor a member's words: members are named by
// their id, and their handle is looked up when the record is read.
package act

import (
	"time"

	"dayroom/internal/core"
	"dayroom/internal/platform/db"
)

// Act is one of them.
type Act struct {
	No    int64 // counts up in the order of commits
	At    time.Time
	Actor core.ID // zero: the server itself, or somebody at its terminal
	// Kind is the noun and what was done to it: "settings.changed". A sentence of the catalogue has it after "act.".
	Kind    string
	Subject core.ID // the member that it was done to, or zero
	Target  string  // what else it was done to, in a name that is no secret: an organisation, a kind of job, a field
	Was     string
	Becomes string
}

// maxText bounds what is kept of a value, in bytes: the record tells what changed, it is no copy of it.
const maxText = 500

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	cut := maxText
	for cut > 0 && s[cut]&0xC0 == 0x80 { // not within a character
		cut--
	}
	return s[:cut] + "…"
}

// Append writes acts in the order given, as a part of the change that they tell.
func Append(tx *db.Tx, acts ...Act) error {
	for _, a := range acts {
		no, err := db.One(tx, db.Int64, "UPDATE counter SET value = value + 1 WHERE name = 'act' RETURNING value")
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO admin_act (no, at, actor, kind, subject, target, was, becomes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			no, db.Millis(a.At), a.Actor, a.Kind, a.Subject, clip(a.Target), clip(a.Was), clip(a.Becomes))
		if err != nil {
			return err
		}
	}
	return nil
}

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "admin_act", Owner: "actor", Export: "none", Erase: db.Retain, Keep: "2 years; ids, kinds and settings, no member's words"},
}
