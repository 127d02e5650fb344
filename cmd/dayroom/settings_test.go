package main

import (
	"testing"

	"dayroom/internal/app"
)

// The flags are written twice: here for the help, and in app.Options for the environment and the file.
func TestEverySettingIsAFlagAndTheOtherWayRound(t *testing.T) {
	flags := (&cli{}).settings()
	for _, o := range app.Options {
		if _, there := flags[o.Name]; !there {
			t.Errorf("the setting %s has no flag", o.Name)
		}
		delete(flags, o.Name)
	}
	for name := range flags {
		t.Errorf("the flag --%s is no setting", name)
	}
}
