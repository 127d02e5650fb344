// Package plans has only tests. They hold how the databases carry out the statements behind the pages that are measured in
// docs/PERFORMANCE.md: which index each table is read by, on a site of a hundred thousand threads and a million comments.
//
// What PostgreSQL does depends on how much there is and how it is spread, so its site really is that large; filling it by statements takes
// about a minute. SQLite is never asked to gather statistics, and without them its plans are the same for ten rows and ten million: a test
// makes sure that there are none.
package plans
