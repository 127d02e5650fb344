package backup

import "dayroom/internal/platform/db"

// Tables declares what this package keeps.
var Tables = []db.Table{
	{Name: "backup_run", Owner: "starter", Export: "none", Erase: db.Retain, Keep: "the newest 400; figures and names of files"},
}
