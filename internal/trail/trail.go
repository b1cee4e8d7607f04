// Package trail is the append-only Merkle log of every change of status and
// every query.
//
// An Entry is the private record of one act. Commit salts and hashes it to a
// Leaf; only leaves stand on the public log, so that its readers can prove that
// something was recorded and that nothing was removed, and learn nothing else.
// The commitment itself is sealed to the auditor's key, by Epoch.
//
// The log is made of pure values: a Head holds the right edge of the tree and
// Append gives the Head after a batch with the hashes to store. The caller
// keeps entries, hashes and head in the SQL transaction of the act recorded; if
// that rolls back, so does the log.
//
// The tree is RFC 6962 with SHA-256, checkpoints are signed notes, and tiles
// and entry bundles are laid out as C2SP tlog-tiles says, under both suites, so
// that public tools and witnesses read it.
package trail

import "golang.org/x/mod/sumdb/tlog"

// Hash is a node of the tree.
type Hash = tlog.Hash

// HashReader reads stored hashes by their index: see Batch.
type HashReader = tlog.HashReader

// LeafSize is the length of every entry on the public log, in bytes.
const LeafSize = 32

// Leaf is what stands on the public log: a salted commitment to an Entry.
type Leaf [LeafSize]byte

// Hash is the leaf's hash in the tree (RFC 6962, section 2.1).
func (l Leaf) Hash() Hash { return tlog.RecordHash(l[:]) }
