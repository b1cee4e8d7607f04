// Package indistinct holds the tests that the platform tells nobody of a
// sealed record who may not know of it. Two worlds are played from one random
// history, one of them with a sealed record more; every answer that a role
// without a right to the record can get is then compared byte by byte, and how
// long the answers take is compared by Welch's t-test.
// docs/indistinguishable.md says what is compared, how, and what it shows.
package indistinct
