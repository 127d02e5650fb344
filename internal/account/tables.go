package account

import "dayroom/internal/platform/db"

// Tables declares what this package keeps. The member's row stays as a tombstone with nothing of the person in it.
var Tables = []db.Table{
	{Name: "profile", Owner: "member", Export: "all", Erase: db.Delete, Keep: "while the account exists"},
	{Name: "handle_past", Owner: "member", Export: "all", Erase: db.Delete, Keep: "90 days after the handle was given up, then until somebody takes it"},
	{Name: "sign_in", Owner: "member", Export: "device words and times", Erase: db.Delete, Keep: "30 days after its last use"},
	{Name: "api_token", Owner: "member", Export: "names, scopes and times", Erase: db.Delete, Keep: "until it ends, a year at most; a hash only"},
	{Name: "passkey", Owner: "member", Export: "names and times", Erase: db.Delete, Keep: "until removed"},
	{Name: "challenge", Owner: "member", Sealed: []string{"data"}, Export: "none", Erase: db.Delete,
		Keep: "5 minutes to 24 hours, what is left of a sign-in that a ban ended 30 days; data is sealed where it is the member's, else a passkey ceremony's"},
	{Name: "recovery_code", Owner: "member", Export: "none", Erase: db.Delete, Keep: "until replaced; hashes only"},
	{Name: "invite", Owner: "maker", Export: "all but the code", Erase: db.Delete, Keep: "30 days after it ended"},
	{Name: "block", Owner: "member", Export: "all", Erase: db.Delete, Keep: "until lifted"},
	{Name: "member", Owner: "id", Sealed: []string{"mail_sealed", "totp_sealed"}, Export: "all but hashes", Erase: db.Overwrite,
		EraseSet: `handle = 'gone_' || id, handle_key = 'gone_' || id, role = '', standing = 'gone', standing_until = 0, password = '',
			mail_sealed = NULL, mail_index = NULL, mail_verified = FALSE, totp_sealed = NULL, totp_step = 0, adult = FALSE, note = '',
			seen_at = 0, keep_read_positions = FALSE`,
		Keep: "while the account exists; a tombstone stays for the conversation's sake"},
}
