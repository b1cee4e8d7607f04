package pages

import (
	"strconv"
	"time"

	"github.com/fengcun/fengcun/internal/web/locale"
	"github.com/fengcun/fengcun/internal/web/parts"
)

// Trail is the append-only log: its newest checkpoint and its entries.
type Trail struct {
	Checkpoint Checkpoint
	Stats      []parts.Stat
	Entries    []parts.Entry
	Pager      parts.Pager
	Find       parts.Field // number of an entry whose proof is wanted
	Audit      bool        // the private records are shown
}

// Checkpoint is the log's signed head.
type Checkpoint struct {
	Origin     string
	Size       int64
	Root       string // base64, as the checkpoint prints it
	At         time.Time
	Verifier   string // the log's verifier key
	Signatures []CheckpointSignature
}

// CheckpointSignature is one signature line of a checkpoint: the log's own, or
// a witness's.
type CheckpointSignature struct {
	Name      string
	Algorithm string
	Witness   bool
	Valid     bool
}

// Name of the template.
func (Trail) Name() string { return "trail" }

// Header of the page.
func (Trail) Header() parts.Header {
	return parts.Header{
		Title: locale.T("trail.title"), Lead: locale.T("trail.lead"), Section: "/trail",
		Crumbs: []parts.Link{crumb("nav.home", "/")},
	}
}

// TrailEntry is one entry with the proof that it is in the tree.
type TrailEntry struct {
	Entry parts.Entry
	Size  int64
	Root  string
	Proof []ProofStep
	Valid bool
	// Private is the record behind the leaf, for an auditor; Broken says that
	// it is not what the leaf commits to.
	Private []parts.Item
	Broken  bool
}

// ProofStep is one hash on the way from the leaf to the root.
type ProofStep struct {
	Level int
	Left  bool // the neighbour stands to the left
	Hash  string
	Up    string // what the two give
}

// Name of the template.
func (TrailEntry) Name() string { return "trail-entry" }

// Header of the page.
func (e TrailEntry) Header() parts.Header {
	return parts.Header{
		Title: locale.T("trail.entry-title", strconv.FormatInt(e.Entry.Index, 10)), Lead: locale.T("trail.entry-lead"), Section: "/trail",
		Crumbs: []parts.Link{crumb("nav.home", "/"), crumb("nav.trail", "/trail")},
	}
}
