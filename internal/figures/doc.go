// Package figures counts what the people who run a site want to know of it: how many are here, how much is said, how soon
// somebody is answered, and whether the machine keeps up. It reads the tables of other packages and changes none of them.
//
// Two sorts. What is cheap is read when it is asked for (Read…): a few rows of an index, whatever the size of the site. What
// has to be counted (days, first replies) is counted by a job every ten minutes, kept by day, and shown with the hour of
// counting; a finished day is counted once and then stands. At a million comments a day is a few thousand entries of an index on the
// time of writing, and the month of first replies some thousand threads.
//
// What is counted as it is are visible acts: posts, answers, accounts opened. How many members were here on a day is drawn from
// what no other member sees, so 1 to 10 of them are never told apart (FewPeople). Placeholders, imported threads and what
// placeholders wrote do not count.
package figures
