// Package disk tells how much room is left where files are kept.
package disk
