// Package backup writes a whole site into one file while it is in use, and brings it back, into either engine.
//
// The file is a zip archive (PKWARE APPNOTE 6.3) that any program can look into. It holds a manifest, each table as JSON Lines,
// and the images; docs/BACKUP.md describes it. Everything in it comes from one snapshot of the database. The key store is not in
// it: that is what makes a backup forget a member whose key was destroyed since.
//
// Two kinds of hashes guard it. The last 64 bytes of the file are the SHA-256 of all bytes before them, so that a single changed
// bit or a missing end is found before anything is believed; and the manifest has the length and the SHA-256 of every part, so
// that what is read later is still what was checked. They find accidents; they are no signature.
//
// Restoring never writes over anything. On SQLite a site is put together beside its place and moved there in the end, so it is
// there whole or not at all; on PostgreSQL a mark keeps the server from starting on half a site. What the erasure ledger of the
// key store tells to have been erased since is erased again before that.
package backup
