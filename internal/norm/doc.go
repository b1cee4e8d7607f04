// Package norm is the reference data of the law, each entry with its source:
// the crimes of the Criminal Law with the categories policies ask about, the
// provisions that attach consequences to a conviction (附随后果), the grounds on
// which a sealed record may be queried, and the legal times.
//
// The data are embedded and read-only. What could not be checked against the
// original text says so in its mark; see data/README.md.
package norm
