// Package torture has the tests that treat a running server badly and then look whether anything that it promised is lost: the
// real binary, real files, SIGKILL in the middle of writing, a disk that is full.
package torture
